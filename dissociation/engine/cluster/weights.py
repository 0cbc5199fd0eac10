"""Networks that were sent to the cluster: each once, by the digest of its weights."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

from dissociation.engine.cluster import units

#: Networks that stay on the cluster when no unit wants them any more.
KEPT = 24


class SentWeights:
    """The networks one connection has sent.

    They are tasks like others, whose work is to be there: should the last worker that holds one
    die, the scheduler has another do it again.
    """

    def __init__(self, client: Any):
        self._client = client
        self._sent: collections.OrderedDict[str, Any] = collections.OrderedDict()

    def send(self, digest: str, pack: Callable[[], bytes]) -> Any:
        """The future of a network's bytes, packed and sent if it is not there already."""
        held = self._sent.get(digest)
        if held is None or held.status in ("cancelled", "error", "lost"):
            key = f"dissociation_weights-{digest}"
            held = self._client.submit(units.hold, pack(), key=key)
        self._sent[digest] = held
        self._sent.move_to_end(digest)
        while len(self._sent) > KEPT:
            self._sent.popitem(last=False)
        return held
