"""The network of the paper's MNIST experiment: a bias-free ReLU MLP, 784-width-width-10.

`h1 = relu(W1 x)`, `h2 = relu(W2 h1)`, `logits = W3 h2` (Braun, Grant & Saxe 2025, Fig. 4).
A network is nothing but its three weight matrices; manipulations may widen its hidden layers.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Float32

from dissociation.core._lazy import jax, jit
from dissociation.core.buckets import BLOCK, blocks, pad_to
from dissociation.core.data.datasets import CLASSES, PIXELS
from dissociation.core.draws import Key
from dissociation.core.pauses import pause
from dissociation.core.validation import InvalidValue, check_finite

#: The key of the notebook: seed `k` of an ensemble is initialised from `split(PRNGKey(37), n)[k]`.
NOTEBOOK_KEY = 37
CHUNK = 1_000
#: What is said of a network whose activations or logits overflow.
TOO_LARGE = (
    "A network's activations or logits are too large for float32 (3.4e38), or its weights are not "
    "numbers; try weaker rewrites, or fewer of them."
)


class Network(NamedTuple):
    """Weights of one network, float32; also a JAX pytree.

    - `w1`: `(hidden1, 784)`, `w2`: `(hidden2, hidden1)`, `w3`: `(10, hidden2)`.
    """

    w1: Float32[Any, "hidden1 784"]
    w2: Float32[Any, "hidden2 hidden1"]
    w3: Float32[Any, "10 hidden2"]

    @property
    def widths(self) -> tuple[int, int]:
        """Number of neurons in the two hidden layers."""
        return self.w1.shape[0], self.w2.shape[0]


def seed_key(seed: int, key: Key | None = None) -> Key:
    """The JAX key of seed `seed`: `split(key, n)[seed]`, which is the same for every `n > seed`.

    **Arguments:**

    - `seed`: which member of the ensemble.
    - `key`: key of the whole ensemble; by default the notebook's `PRNGKey(37)`.
    """
    if key is None:
        key = jax.random.PRNGKey(NOTEBOOK_KEY)
    return jax.random.split(key, seed + 1)[seed]


def initial_mlp(key: Key, width: int = 1024) -> Any:
    """An untrained `eqx.nn.MLP` of the notebook's architecture.

    **Arguments:**

    - `key`: a JAX key.
    - `width`: neurons in each hidden layer.
    """
    import equinox as eqx

    return eqx.nn.MLP(
        PIXELS,
        CLASSES,
        width_size=width,
        depth=2,
        activation=jax.nn.relu,
        use_bias=False,
        use_final_bias=False,
        key=key,
    )


def initial_network(key: Key, width: int = 1024) -> Network:
    """An untrained network, initialised as `eqx.nn.MLP` is: uniform in ±1/√(fan in).

    **Arguments:**

    - `key`: a JAX key.
    - `width`: neurons in each hidden layer.
    """
    return Network(*(layer.weight for layer in initial_mlp(key, width).layers))


def check_network(network: Any, *, stacked: bool = False) -> Network:
    """The network with float32 weights, if its three matrices belong together.

    **Arguments:**

    - `network`: three matrices; their values are not looked at while JAX traces.
    - `stacked`: whether they may have further axes in front, as in an ensemble.

    **Raises:** `InvalidValue` that names the matrix with another shape, or with values that are no
    finite float32 numbers.
    """
    if not isinstance(network, (tuple, list)) or len(network) != 3:
        raise InvalidValue("network", type(network).__name__, "give a Network of three matrices")
    weights = [_float32(*named) for named in zip(Network._fields, network, strict=True)]
    rows: Any = PIXELS
    for number, weight in enumerate(weights):
        wanted = f"(hidden{number + 1}, {rows})" if number < 2 else f"({CLASSES}, {rows})"
        shape = weight.shape
        fits = (len(shape) == 2 or (stacked and len(shape) > 2)) and shape[-1] == rows
        if not fits or shape[-2] == 0 or (number == 2 and shape[-2] != CLASSES):
            raise InvalidValue(f"shape of w{number + 1}", shape, f"a network here has {wanted}")
        rows = shape[-2]
    if isinstance(network, Network) and all(map(operator.is_, weights, network)):
        return network
    return Network(*weights)


def _float32(name: str, weight: Any) -> Float32[Any, " ..."]:
    if isinstance(weight, jax.core.Tracer):
        return weight
    array = np.asarray(weight)
    if array.dtype.kind in "cmMOSU":
        raise InvalidValue(f"type of {name}", str(array.dtype), "give real numbers")
    with np.errstate(over="ignore"):
        single = array.astype(np.float32, copy=False)
    finite = np.isfinite(single)
    if not finite.all():
        raise InvalidValue(name, float(array[~finite][0]), "give finite float32 weights")
    return weight if single is array else single


def padded_chunks(
    images: Float[np.ndarray, "n d"], size: int = CHUNK
) -> Iterator[tuple[Float[np.ndarray, "{size} d"], int]]:
    """Rows in chunks of one shape `(size, d)`: the last is padded with zeros.

    **Returns:** pairs of the chunk and how many of its rows are real. One shape for every number
    of images means one compilation.
    """
    for start in range(0, len(images), size):
        chunk = images[start : start + size]
        real = len(chunk)
        if real < size:
            chunk = np.concatenate([chunk, np.zeros((size - real, chunk.shape[1]), chunk.dtype)])
        yield chunk, real


@jit(static_argnames=("rectified",))
def _weighted(
    inputs: Float32[Any, "n inputs"], weights: Float32[Any, "hidden inputs"], *, rectified: bool
) -> Float32[Any, "n hidden"]:
    return (jax.nn.relu(inputs) if rectified else inputs) @ weights.T


@jit()
def _weighted_more(
    total: Float32[Any, "n hidden"],
    inputs: Float32[Any, "n inputs"],
    weights: Float32[Any, "hidden inputs"],
) -> Float32[Any, "n hidden"]:
    return total + jax.nn.relu(inputs) @ weights.T


class _OnDevice(NamedTuple):
    """Weights in blocks of neurons: `[of those that read][of those that send]`."""

    first: list[Float32[Any, "block 784"]]
    second: list[list[Float32[Any, "reads sends"]]]
    third: list[Float32[Any, "10 block"]]

    def hidden(self, images: Float32[Any, "n 784"], layer: int) -> list[Float32[Any, "n _"]]:
        """Pre-activations of a hidden layer in blocks."""
        first = [_weighted(images, block, rectified=False) for block in self.first]
        return first if layer == 1 else [_all(first, read) for read in self.second]


def _all(
    inputs: list[Float32[Any, "n _"]], read: list[Float32[Any, "reads _"]]
) -> Float32[Any, "n reads"]:
    """What a block of neurons receives from all of a layer, given in pre-activations."""
    total = _weighted(inputs[0], read[0], rectified=True)
    for sent, block in zip(inputs[1:], read[1:], strict=True):
        total = _weighted_more(total, sent, block)
    return total


def _on_device(network: Network) -> _OnDevice:
    w1, w2, w3 = (np.asarray(weight) for weight in network)

    def put(part: np.ndarray, rows: int, columns: int) -> Any:
        return jax.device_put(np.ascontiguousarray(pad_to(part, rows, columns)))

    one, two = blocks(len(w1)), blocks(len(w2))
    return _OnDevice(
        [put(w1[a:b], size, w1.shape[1]) for a, b, size in one],
        [[put(w2[c:d, a:b], rows, size) for a, b, size in one] for c, d, rows in two],
        [put(w3[:, a:b], len(w3), size) for a, b, size in two],
    )


def logits(network: Network, images: Float[np.ndarray, "n 784"]) -> Float32[np.ndarray, "n 10"]:
    """`(n, 10)` float32 logits of `(n, 784)` images, in chunks of bounded memory.

    **Raises:** `InvalidValue` as [`check_network`][]; `NotFinite` if any logit is not finite.
    """
    return forward(check_network(network), images)


def forward(network: Network, images: Float[np.ndarray, "n 784"]) -> Float32[np.ndarray, "n 10"]:
    """What [`logits`][] gives, of weights that are not looked at. **Raises:** `NotFinite`."""
    weights = _on_device(network)
    parts = [
        np.asarray(_all(weights.hidden(chunk, 2), weights.third))[:real]
        for chunk, real in padded_chunks(images)
    ]
    found = np.concatenate(parts)
    check_finite(TOO_LARGE, found)
    return found


def features(
    network: Network, images: Float[np.ndarray, "n 784"]
) -> Float32[np.ndarray, "n hidden2"]:
    """`(n, hidden2)` float32 post-activations of the second hidden layer."""
    return hidden_and_logits(network, images, 2)[0]


def hidden_and_logits(
    network: Network, images: Float[np.ndarray, "n 784"], layer: int
) -> tuple[Float32[np.ndarray, "n hidden"], Float32[np.ndarray, "n 10"]]:
    """`(n, hidden)` post-activations of hidden layer 1 or 2, and `(n, 10)` logits, float32.

    **Raises:** `NotFinite` if any is not finite.
    """
    weights, width = _on_device(network), network.widths[layer - 1]
    # Filled chunk by chunk: a list of chunks would need the memory twice.
    hidden = np.empty((len(images), width), np.float32)
    outputs = np.empty((len(images), CLASSES), np.float32)
    for number, (chunk, real) in enumerate(padded_chunks(images)):
        rows = slice(number * CHUNK, number * CHUNK + real)
        found = weights.hidden(chunk, layer)
        for (start, stop, _), block in zip(blocks(width), found, strict=True):
            seen = np.asarray(block)[:real, : stop - start]
            np.maximum(seen, 0, out=hidden[rows, start:stop])
        second = found if layer == 2 else [_all(found, read) for read in weights.second]
        outputs[rows] = np.asarray(_all(second, weights.third))[:real]
    check_finite(TOO_LARGE, hidden, outputs)
    return hidden, outputs


def silent_images(network: Network, images: Float[np.ndarray, "n 784"]) -> tuple[int, int]:
    """On how many of `(n, 784)` images no neuron of hidden layer 1, and of layer 2, is active.

    Whatever follows is 0 on them, the logits, too: the network gives all of them one answer.
    """
    silent = [0, 0]
    for start in range(0, len(images), CHUNK):
        for layer in (1, 2):
            hidden, _ = hidden_and_logits(network, images[start : start + CHUNK], layer)
            silent[layer - 1] += int(np.sum(~hidden.any(1)))
    return silent[0], silent[1]


def weights_digest(network: Network) -> str:
    """SHA-256 over shapes and float32 bytes of the weights."""
    digest = hashlib.sha256()
    for weight in network:
        array = np.ascontiguousarray(weight, np.float32)
        digest.update(repr(array.shape).encode())
        for start in range(0, len(array), BLOCK):
            pause()
            digest.update(array[start : start + BLOCK].data)
    return digest.hexdigest()
