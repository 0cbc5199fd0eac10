"""Which scheduler the lab's work is sent to, if any."""

from __future__ import annotations

import importlib.util
import os
from urllib.parse import urlsplit

from dissociation.errors import InvalidValue

SCHEDULER_VARIABLE = "DISSOCIATION_SCHEDULER"
SCHEMES = ("tcp", "tls")
REQUIREMENTS = "requirements-cluster.txt"


def scheduler_address() -> str | None:
    """The address of the scheduler, or `None` if the lab computes by itself.

    **Raises:** `InvalidValue` if it is no address, or what is needed to reach it is not installed.
    """
    text = os.environ.get(SCHEDULER_VARIABLE, "").strip()
    if not text:
        return None
    if not _is_address(text):
        allowed = "give tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler"
        raise InvalidValue(SCHEDULER_VARIABLE, text, allowed)
    if importlib.util.find_spec("distributed") is None:
        allowed = f"first install what it needs: python -m pip install -r {REQUIREMENTS}"
        raise InvalidValue(SCHEDULER_VARIABLE, text, allowed)
    return text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    return parts.scheme in SCHEMES and bool(parts.hostname) and bool(port) and plain
