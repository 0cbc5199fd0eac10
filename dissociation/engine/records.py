"""How networks and their histories are written into the store and read back, validated."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from dissociation.core.data.datasets import CLASSES, PIXELS
from dissociation.core.networks.network import Network, weights_digest
from dissociation.core.networks.training import LIVE_ERROR
from dissociation.core.validation import check_finite
from dissociation.engine.store import DamagedEntry, pack, unpack


@dataclass(frozen=True)
class History:
    """How one network was trained.

    - `epochs`, `losses`, `errors`, `images`: one value for each published state.
    - `weights`: digest of the final weights, empty while training.
    - `seconds`: compute time.
    - `silent`: on how many test images no neuron of hidden layer 1, and of hidden layer 2, is
      active, if the network errs on most; else 0.
    """

    epochs: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()
    errors: tuple[float, ...] = ()
    images: tuple[int, ...] = ()
    weights: str = ""
    seconds: float = 0.0
    silent: tuple[int, int] = (0, 0)

    def then(self, epoch: float, loss: float, error: float, images: int, seconds: float) -> History:
        """With one more state, published after `seconds` in all."""
        return History(
            (*self.epochs, epoch),
            (*self.losses, loss),
            (*self.errors, error),
            (*self.images, images),
            seconds=seconds,
        )


def pack_network(network: Network) -> bytes:
    """A network as npz bytes."""
    return pack({name: np.asarray(w) for name, w in network._asdict().items()}, {})


def unpack_network(raw: bytes, weights: str) -> Network:
    """The network back. **Raises:** `DamagedEntry` unless its digest is `weights`."""
    arrays, _ = unpack(raw)
    if set(arrays) != set(Network._fields):
        raise DamagedEntry("not a network")
    network = Network(**arrays)
    shapes_fit = (
        all(weight.ndim == 2 and weight.dtype == np.float32 for weight in network)
        and network.w1.shape[1] == PIXELS
        and network.w2.shape[1] == network.w1.shape[0]
        and network.w3.shape == (CLASSES, network.w2.shape[0])
    )
    if not shapes_fit or weights_digest(network) != weights:
        raise DamagedEntry("another network")
    return network


def pack_history(history: History) -> bytes:
    """A training history as npz bytes."""
    return pack({}, dataclasses.asdict(history))


def unpack_history(raw: bytes) -> History:
    """The history back. **Raises:** `DamagedEntry`."""
    _, meta = unpack(raw)
    try:
        lists = ("epochs", "losses", "errors", "images")
        values = {name: tuple(meta[name]) for name in lists}
        check_finite("another training", *values.values())
        if "silent" not in meta and values["errors"][-1] > LIVE_ERROR:
            raise DamagedEntry("from before it was noted whether a network is dead")
        first, second = meta.get("silent", (0, 0))
        weights, seconds = str(meta["weights"]), float(meta["seconds"])
        return History(**values, weights=weights, seconds=seconds, silent=(first, second))
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedEntry("not a history") from error
