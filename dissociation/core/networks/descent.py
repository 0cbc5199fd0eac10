"""Steps of stochastic gradient descent, a few at a time, so that others have their turn.

How many a call takes changes no number. Where a single step would take long, its batch is worked on
in pieces whose gradients are added; the last digits of the weights may then depend on how many.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Int32, Integer, UInt8

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.data.datasets import CLASSES, PIXELS
from dissociation.core.networks.network import Network
from dissociation.core.pauses import AT_ONCE, pause


def _operations(width: int, images: int) -> float:
    """Operations of a step: forwards, and twice as many backwards but for the images."""
    return 2.0 * images * (2 * PIXELS * width + 3 * width * width + 3 * width * CLASSES)


def pieces_of_batch(width: int, batch: int) -> int:
    """How many pieces of a batch are worked on one after the other; 1 but for the largest."""
    return math.ceil(_operations(width, batch) / AT_ONCE)


def _loss(
    network: Network, images: Float32[Any, "n 784"], labels: Integer[Any, " n"]
) -> Float32[Any, ""]:
    import optax

    h1 = jax.nn.relu(images @ network.w1.T)
    h2 = jax.nn.relu(h1 @ network.w2.T)
    return optax.softmax_cross_entropy_with_integer_labels(h2 @ network.w3.T, labels).mean()


_whole_loss = jit()(_loss)


def optimizer(rates: Float32[Any, " 3"]) -> Any:
    """Plain descent at `(first rate, last rate, steps)`."""
    import optax

    first, last, steps = rates[0], rates[1], rates[2]
    # A schedule of our own, because optax's checks its arguments and so cannot take traced ones;
    # traced, a new learning rate needs no new compilation.
    return optax.sgd(
        lambda step: first + (last - first) * jnp.minimum(step.astype(jnp.float32) / steps, 1.0)
    )


class Trained(NamedTuple):
    """What is carried from step to step: weights, the optimiser's state, and a sum of losses."""

    network: Network
    state: Any
    total: Float32[Any, ""]


class Data(NamedTuple):
    """Images as bytes, their labels, and which of them make each batch: `(steps, batch)`."""

    pixels: UInt8[Any, "n 784"]
    labels: Integer[Any, " n"]
    batches: Integer[Any, "steps batch"]


def _step(
    so_far: Trained, loss: Float32[Any, ""], gradient: Network, rates: Float32[Any, " 3"]
) -> Trained:
    import optax

    updates, state = optimizer(rates).update(gradient, so_far.state)
    return Trained(optax.apply_updates(so_far.network, updates), state, so_far.total + loss)


@jit(donate_argnames=("so_far",))
def _train_steps(
    so_far: Trained, data: Data, part: Int32[Any, " 2"], rates: Float32[Any, " 3"]
) -> Trained:
    def step(index: Any, carry: Any) -> Any:
        rows = data.batches[index]
        images = data.pixels[rows].astype(jnp.float32) / 255.0
        found = jax.value_and_grad(_loss)(carry.network, images, data.labels[rows])
        return _step(carry, *found, rates)

    # Traced bounds: parts of unequal length share one compiled loop.
    return jax.lax.fori_loop(part[0], part[1], step, so_far)


@jit(donate_argnames=("loss", "gradient"))
def _piece(
    network: Network,
    loss: Float32[Any, ""],
    gradient: Network,
    data: Data,
    rows: Integer[Any, " rows"],
) -> Any:
    """Loss and gradient with those of some images of a batch added."""

    def share(network: Any) -> Any:
        images = data.pixels[rows].astype(jnp.float32) / 255.0
        whole = float(data.batches.shape[1])
        return _loss(network, images, data.labels[rows]) * (len(rows) / whole)

    more, slope = jax.value_and_grad(share)(network)
    return loss + more, jax.tree.map(jnp.add, gradient, slope)


@jit(donate_argnames=("so_far",))
def _finish(
    so_far: Trained, loss: Float32[Any, ""], gradient: Network, rates: Float32[Any, " 3"]
) -> Trained:
    return _step(so_far, loss, gradient, rates)


def _in_pieces(
    so_far: Trained, data: Data, index: int, rates: Float32[Any, " 3"], pieces: int
) -> Trained:
    """One step of which even a single one would take long."""
    gradient = Network(*map(jnp.zeros_like, so_far.network))
    loss = jnp.float32(0)
    for rows in np.array_split(np.asarray(data.batches[index]), pieces):
        loss, gradient = _piece(so_far.network, loss, gradient, data, rows)
    return _finish(so_far, loss, gradient, rates)


def later(
    so_far: Trained, data: Data, part: slice, rates: Float32[Any, " 3"]
) -> tuple[Trained, float]:
    """Some steps later, with the mean loss over them; others may have their turn in between.

    **Arguments:**

    - `so_far`: not to be used any more; `part`: from which step to which; `rates`: see
        [`optimizer`][].
    """
    so_far = so_far._replace(total=jnp.float32(0))
    width, batch = len(so_far.network.w1), data.batches.shape[1]
    # A third, since another's compilation may have one of two cores.
    at_once = max(1, int(AT_ONCE / 3 / _operations(width, batch)))
    pieces = pieces_of_batch(width, batch)
    for start in range(part.start, part.stop, at_once):
        if pieces > 1:
            so_far = _in_pieces(so_far, data, start, rates, pieces)
        else:
            bounds = np.array([start, min(start + at_once, part.stop)], np.int32)
            so_far = _train_steps(so_far, data, bounds, rates)
    return so_far, float(np.asarray(so_far.total) / np.float32(part.stop - part.start))


def first_loss(
    network: Network, pixels: UInt8[Any, "n 784"], labels: Integer[Any, " n"], batch: int
) -> float:
    """Mean loss of a network on the first images, of which there are `batch`."""
    loss = 0.0
    for rows in np.array_split(np.arange(batch), pieces_of_batch(len(network.w1), batch)):
        pause()
        some = slice(rows[0], rows[-1] + 1)
        images = pixels[some].astype(jnp.float32) / 255.0
        loss += float(_whole_loss(network, images, labels[some])) * (len(rows) / batch)
    return loss
