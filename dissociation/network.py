"""The network of the paper's MNIST experiment: a bias-free ReLU MLP, 784-width-width-10.

`h1 = relu(W1 x)`, `h2 = relu(W2 h1)`, `logits = W3 h2` (Braun, Grant & Saxe 2025, Fig. 4).
A network is nothing but its three weight matrices; manipulations may widen its hidden layers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from dissociation._lazy import jax, jit, jnp
from dissociation.buckets import BLOCK, blocks, pad_to
from dissociation.datasets import CLASSES, PIXELS
from dissociation.pauses import pause

#: The key of the notebook: seed `k` of an ensemble is initialised from `split(PRNGKey(37), n)[k]`.
NOTEBOOK_KEY = 37
CHUNK = 1_000


class Network(NamedTuple):
    """Weights of one network, float32; also a JAX pytree.

    - `w1`: `(hidden1, 784)`, `w2`: `(hidden2, hidden1)`, `w3`: `(10, hidden2)`.
    """

    w1: Any
    w2: Any
    w3: Any

    @property
    def widths(self) -> tuple[int, int]:
        """Number of neurons in the two hidden layers."""
        return self.w1.shape[0], self.w2.shape[0]


def seed_key(seed: int, key: Any = None) -> Any:
    """The JAX key of seed `seed`: `split(key, n)[seed]`, which is the same for every `n > seed`.

    **Arguments:**

    - `seed`: which member of the ensemble.
    - `key`: key of the whole ensemble; by default the notebook's `PRNGKey(37)`.
    """
    if key is None:
        key = jax.random.PRNGKey(NOTEBOOK_KEY)
    return jax.random.split(key, seed + 1)[seed]


def initial_mlp(key: Any, width: int = 1024) -> Any:
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


def initial_network(key: Any, width: int = 1024) -> Network:
    """An untrained network, initialised as `eqx.nn.MLP` is: uniform in ±1/√(fan in).

    **Arguments:**

    - `key`: a JAX key.
    - `width`: neurons in each hidden layer.
    """
    return from_mlp(initial_mlp(key, width))


def from_mlp(mlp: Any) -> Network:
    """The weights of an `eqx.nn.MLP` of two bias-free hidden layers."""
    return Network(*(layer.weight for layer in mlp.layers))


def to_mlp(network: Network) -> Any:
    """The same network as an `eqx.nn.MLP`; its hidden layers may differ in width."""
    import equinox as eqx

    weights = tuple(jnp.asarray(weight) for weight in network)
    width = weights[0].shape[-2]
    template = eqx.filter_eval_shape(lambda key: initial_mlp(key, width), jax.random.PRNGKey(0))
    return eqx.tree_at(lambda mlp: tuple(layer.weight for layer in mlp.layers), template, weights)


def ensemble(networks: Sequence[Network]) -> Any:
    """Networks of equal widths as one `eqx.nn.MLP` pytree with a leading seed axis."""
    stacked = (
        jnp.stack([jnp.asarray(weight) for weight in weights])
        for weights in zip(*networks, strict=True)
    )
    return to_mlp(Network(*stacked))


def padded_chunks(images: np.ndarray, size: int = CHUNK) -> Iterator[tuple[np.ndarray, int]]:
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
def _weighted(inputs: Any, weights: Any, *, rectified: bool) -> Any:
    return (jax.nn.relu(inputs) if rectified else inputs) @ weights.T


@jit()
def _weighted_more(total: Any, inputs: Any, weights: Any) -> Any:
    return total + jax.nn.relu(inputs) @ weights.T


class _OnDevice(NamedTuple):
    """Weights in blocks of neurons: `[of those that read][of those that send]`."""

    first: list[Any]
    second: list[list[Any]]
    third: list[Any]

    def hidden(self, images: Any, layer: int) -> list[Any]:
        """Pre-activations of a hidden layer in blocks."""
        first = [_weighted(images, block, rectified=False) for block in self.first]
        return first if layer == 1 else [_all(first, read) for read in self.second]


def _all(inputs: list[Any], read: list[Any]) -> Any:
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


def logits(network: Network, images: np.ndarray) -> np.ndarray:
    """`(n, 10)` float32 logits of `(n, 784)` images, in chunks of bounded memory."""
    weights = _on_device(network)
    parts = [
        np.asarray(_all(weights.hidden(chunk, 2), weights.third))[:real]
        for chunk, real in padded_chunks(images)
    ]
    return np.concatenate(parts)


def features(network: Network, images: np.ndarray) -> np.ndarray:
    """`(n, hidden2)` float32 post-activations of the second hidden layer."""
    return hidden_and_logits(network, images, 2)[0]


def hidden_and_logits(
    network: Network, images: np.ndarray, layer: int
) -> tuple[np.ndarray, np.ndarray]:
    """`(n, hidden)` post-activations of hidden layer 1 or 2, and `(n, 10)` logits, float32."""
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
    return hidden, outputs


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
