"""The arithmetic that input noise and parameter noise share, compiled once for any noise scale.

The first layer is linear, so with `P = X W1ᵀ` and `Q` the noise that reaches the first layer's
pre-activation per unit of σ (`Ξ W1ᵀ` for input noise, `X N1ᵀ` for parameter noise), every noise
scale needs only `relu(P + σ Q)`: the first matrix product is made once, not once a noise scale.

The second layers of the conditions share most of their rows (`shared_neurons.py`) and there are two
ways to go on, of which the one with fewer products is taken. *Products first*: all rows of weights
and of noise are multiplied with the activations, and each condition adds the pairs it needs.
*Weights first*: the rows of every distinct pair are added, then multiplied; half the work for a
single condition.

Noise scales run inside one compiled loop, a few at a time: its buffers are allocated once, where a
call for each noise scale would spend up to a fifth of the time on fresh memory (measured).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Int32, Int64, Integer

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.buckets import bucket, column_bucket, pad_to
from dissociation.core.data.datasets import CLASSES
from dissociation.core.measures.shared_neurons import Block, SharedNeurons
from dissociation.core.networks.network import TOO_LARGE
from dissociation.core.pauses import AT_ONCE, pause, pieces_of
from dissociation.core.validation import NotFinite

#: Label of padding images; no prediction is ever wrong about them.
PADDING = -1
#: Count of wrong predictions where there are no predictions.
NO_NUMBER = -1
#: Noise scales a stream can have, the clean one included.
MAX_SIGMAS = 256


class Blocks(NamedTuple):
    """Blocks of neurons on the device, padded; `count` of them are real.

    - `signal`: `(blocks,)` first row, or `(blocks, size)` rows where they do not lie in a row.
    - `noise`: `(blocks,)` first row; `condition`: `(blocks,)`; `ratio`: `(blocks, size)`.
    - `readout`, `readout_noise`: `(blocks, outputs, size)`.
    """

    count: Int32[Any, ""]
    signal: Int32[Any, " blocks *size"]
    noise: Int32[Any, " blocks"]
    condition: Int32[Any, " blocks"]
    ratio: Float32[Any, "blocks size"]
    readout: Float32[Any, "blocks outputs size"]
    readout_noise: Float32[Any, "blocks outputs size"]


class Shared(NamedTuple):
    """Conditions of one seed with equal first layers (and equal noise on them), on the device.

    - `w1`, `n1`: `(in, hidden1)`, `n1` is `None` without parameter noise.
    - `rows`: `(rows, hidden1)` of signal, then of noise.
    - `in_a_row`, `scattered`: the blocks by where their signal rows lie; with weights first, the
      distinct blocks, all `scattered`, and `in_a_row` is `None`.
    - `members`: which conditions, in order.
    """

    w1: Float32[Any, "inputs hidden1"]
    n1: Float32[Any, "inputs hidden1"] | None
    rows: Float32[Any, "rows hidden1"]
    in_a_row: Blocks | None
    scattered: Blocks
    members: tuple[int, ...]


class Chunk(NamedTuple):
    """A chunk of images and the noise scales it is measured at, on the device.

    - `p`, `q`: `(n, hidden1)` pre-activation and its noise per unit of σ.
    - `sigmas`: of [`sigmas_on_device`][]; `span`: from which to which (not included).
    - `labels`: `(n,)` int32, `PADDING` for padding.
    """

    p: Float32[Any, "n hidden1"]
    q: Float32[Any, "n hidden1"]
    sigmas: Float32[Any, " scales"]
    span: Int32[Any, " 2"]
    labels: Int32[Any, " n"]


@jit()
def pre_activation(
    x: Float32[Any, "n inputs"], weight: Float32[Any, "inputs hidden"]
) -> Float32[Any, "n hidden"]:
    """`(n, in) @ (in, hidden) -> (n, hidden)`."""
    return x @ weight


def _wrong(
    logits: Float32[Any, "conditions n outputs"], labels: Int32[Any, " n"]
) -> Int32[Any, " conditions"]:
    """Wrong predictions of each condition from logits `(conditions, n, outputs)`.

    [`NO_NUMBER`][] if any logit is not finite: the largest of those says nothing.
    """
    labels = labels[None, :]
    wrong = (jnp.argmax(logits, axis=-1) != labels) & (labels != PADDING)
    finite = jnp.isfinite(logits).all((1, 2))
    return jnp.where(finite, wrong.sum(1, dtype=jnp.int32), NO_NUMBER)


def _over_sigmas(
    chunk: Chunk, logits_of: Any, conditions: int
) -> Int32[Any, "scales {conditions}"]:
    """Wrong predictions at each scale, from logits of the first layer's activations and σ."""

    def at(index: Any, counts: Any) -> Any:
        sigma = chunk.sigmas[index]
        h1 = jax.lax.optimization_barrier(jax.nn.relu(chunk.p + sigma * chunk.q))
        return counts.at[index].set(_wrong(logits_of(h1, sigma), chunk.labels))

    counts = jnp.zeros((MAX_SIGMAS, conditions), jnp.int32)
    return jax.lax.fori_loop(chunk.span[0], chunk.span[1], at, counts)


# The barriers below keep XLA from merging element-wise work into its products, which slows those.


@jit(static_argnames=("conditions",))
def _products_first(
    rows: Float32[Any, "rows hidden1"],
    in_a_row: Blocks,
    scattered: Blocks,
    chunk: Chunk,
    *,
    conditions: int,
) -> Int32[Any, "scales {conditions}"]:
    block = jax.lax.optimization_barrier
    shape = (len(chunk.p), in_a_row.ratio.shape[1])

    def logits_of(h1: Any, sigma: Any) -> Any:
        products = block(h1 @ rows.T)

        def side_by_side(start: Any) -> Any:
            return jax.lax.dynamic_slice(products, (0, start), shape)

        def picked(index: Any) -> Any:
            return products.at[:, index].get(mode="promise_in_bounds")

        def read(blocks: Any, signal_of: Any) -> Any:
            def one(k: Any, logits: Any) -> Any:
                preactivation_noise = blocks.ratio[k][None, :] * side_by_side(blocks.noise[k])
                h2 = block(jax.nn.relu(signal_of(blocks.signal[k]) + sigma * preactivation_noise))
                readout = blocks.readout[k] + sigma * blocks.readout_noise[k]
                return logits.at[blocks.condition[k]].add(h2 @ readout.T)

            return one

        logits = jnp.zeros((conditions, len(h1), in_a_row.readout.shape[1]))
        logits = jax.lax.fori_loop(0, in_a_row.count, read(in_a_row, side_by_side), logits)
        return jax.lax.fori_loop(0, scattered.count, read(scattered, picked), logits)

    return _over_sigmas(chunk, logits_of, conditions)


@jit(static_argnames=("conditions",))
def _weights_first(
    rows: Float32[Any, "rows hidden1"], blocks: Blocks, chunk: Chunk, *, conditions: int
) -> Int32[Any, "scales {conditions}"]:
    block = jax.lax.optimization_barrier
    shape = (blocks.ratio.shape[1], rows.shape[1])

    def logits_of(h1: Any, sigma: Any) -> Any:
        def one(k: Any, logits: Any) -> Any:
            weight_noise = jax.lax.dynamic_slice(rows, (blocks.noise[k], 0), shape)
            signal = rows.at[blocks.signal[k]].get(mode="promise_in_bounds")
            weight = block(signal + (sigma * blocks.ratio[k])[:, None] * weight_noise)
            h2 = block(jax.nn.relu(block(h1 @ weight.T)))
            readout = blocks.readout[k] + sigma * blocks.readout_noise[k]
            return logits + h2 @ readout.T

        start = jnp.zeros((len(h1), blocks.readout.shape[1]))
        logits = jax.lax.fori_loop(0, blocks.count, one, start)
        return logits.reshape(len(h1), conditions, -1).swapaxes(0, 1)

    return _over_sigmas(chunk, logits_of, conditions)


def share(
    w1: Float32[np.ndarray, "hidden1 inputs"],
    n1: Float32[np.ndarray, "hidden1 inputs"] | None,
    layer: SharedNeurons,
    members: Sequence[int],
) -> Shared:
    """Puts conditions on the device, padded to the few shapes that are ever compiled.

    **Arguments:**

    - `w1`: `(hidden1, in)` of all members; `n1`: its noise per unit of σ, if there is any.
    - `layer`: their second layers; `members`: their numbers.
    """
    hidden, depth = bucket(len(w1)), layer.signals.shape[1]
    noises = layer.noises.reshape(-1, depth)
    size = column_bucket(layer.noises.shape[1])
    rows = np.concatenate([layer.signals, noises])
    # The last block may reach beyond the last row: nobody reads there, but it must be there.
    starts = [int(block.signal[0]) for block in layer.blocks if block.in_a_row]
    real = max(*starts, 0, len(rows) - layer.noises.shape[1]) + size
    pause()
    rows = pad_to(rows, column_bucket(bucket(real)), hidden)
    pause()
    distinct = {block.activations: block for block in layer.blocks}
    weights_first = len(noises) > 0 and len(distinct) * size < real
    if weights_first:
        in_a_row, scattered = None, _blocks(layer, _merged(layer), size)
    else:
        lying = [block for block in layer.blocks if block.in_a_row]
        in_a_row = _blocks(layer, lying, size, in_a_row=True)
        scattered = _blocks(layer, [b for b in layer.blocks if not b.in_a_row], size)
    return Shared(
        jax.device_put(pad_to(w1, hidden).T),
        None if n1 is None else jax.device_put(pad_to(n1, hidden).T),
        jax.device_put(rows),
        in_a_row,
        scattered,
        tuple(members),
    )


def _merged(layer: SharedNeurons) -> list[Block]:
    """One block for all with the same activations, the conditions' readouts one below another."""
    together: dict[tuple, list[Block]] = {}
    for block in layer.blocks:
        together.setdefault(block.activations, []).append(block)
    merged = []
    for blocks in together.values():
        readout = np.zeros((layer.conditions, *blocks[0].readout.shape), np.float32)
        noise = np.zeros_like(readout)
        for block in blocks:
            readout[block.condition] += block.readout
            noise[block.condition] += block.readout_noise
        wide = (-1, readout.shape[-1])
        merged.append(
            dataclasses.replace(
                blocks[0], readout=readout.reshape(wide), readout_noise=noise.reshape(wide)
            )
        )
    return merged


def _blocks(
    layer: SharedNeurons, blocks: Sequence[Block], size: int, *, in_a_row: bool = False
) -> Blocks:
    # Where no neuron has a say there is no block to ask.
    outputs = next((b.readout.shape[0] for b in (*blocks, *layer.blocks)), CLASSES)
    room = max(8, -(-len(blocks) // 8) * 8)

    def stacked(rows: list[np.ndarray], shape: tuple[int, ...], kind: type) -> Any:
        padded = [pad_to(row, *shape) for row in rows]
        padded += [np.zeros(shape, kind)] * (room - len(rows))
        return jax.device_put(np.stack(padded).astype(kind))

    signals = len(layer.signals)
    first_noise = [np.array(signals + b.noise * layer.noises.shape[1]) for b in blocks]
    signal = [b.signal[0] if in_a_row else np.minimum(b.signal, signals - 1) for b in blocks]
    return Blocks(
        jnp.int32(len(blocks)),
        stacked([np.asarray(s) for s in signal], () if in_a_row else (size,), np.int32),
        stacked(first_noise if len(layer.noises) else [], (), np.int32),
        stacked([np.array(b.condition) for b in blocks], (), np.int32),
        stacked([b.ratio for b in blocks], (size,), np.float32),
        stacked([b.readout for b in blocks], (outputs, size), np.float32),
        stacked([b.readout_noise for b in blocks], (outputs, size), np.float32),
    )


def sigmas_on_device(sigmas: Float[np.ndarray, " scales"]) -> Float32[Any, " padded"]:
    """`(MAX_SIGMAS,)` float32, padded."""
    return jax.device_put(pad_to(np.asarray(sigmas, np.float32), MAX_SIGMAS))


def count_errors(
    shared: Shared,
    p: Float32[Any, "n hidden1"],
    q: Float32[Any, "n hidden1"],
    sigmas: Float32[Any, " scales"],
    span: tuple[int, int],
    labels: Int32[Any, " n"],
) -> Int64[np.ndarray, "conditions span"]:
    """Wrong predictions of each condition at some of the noise scales.

    **Arguments:**

    - `shared`: the conditions; the others are the parts of a [`Chunk`][], `span` on the host.

    **Returns:** `(conditions, sigmas in the span)` int64. **Raises:** `NotFinite` if a logit is not
    finite.
    """
    rows = len(shared.rows) if shared.in_a_row is not None else shared.scattered.ratio.size
    each = 2.0 * len(p) * rows * shared.rows.shape[1]
    scales, pieces = max(1, int(AT_ONCE / each)), pieces_of(len(p), each)
    counts = np.zeros((len(shared.members), span[1] - span[0]), np.int64)
    for piece in range(pieces):
        part = slice(piece * len(p) // pieces, (piece + 1) * len(p) // pieces)
        images = (p, q, labels) if pieces == 1 else (p[part], q[part], labels[part])
        for start in range(*span, scales):
            some = start, min(start + scales, span[1])
            found = _counted(shared, *images, sigmas, some)
            counts[:, some[0] - span[0] : some[1] - span[0]] += found
    return counts


def _counted(
    shared: Shared,
    p: Float32[Any, "n hidden1"],
    q: Float32[Any, "n hidden1"],
    labels: Int32[Any, " n"],
    sigmas: Float32[Any, " scales"],
    span: tuple[int, int],
) -> Integer[np.ndarray, "conditions span"]:
    chunk = Chunk(p, q, sigmas, jax.device_put(np.array(span, np.int32)), labels)
    conditions = len(shared.members)
    if shared.in_a_row is None:
        counts = _weights_first(shared.rows, shared.scattered, chunk, conditions=conditions)
    else:
        counts = _products_first(
            shared.rows, shared.in_a_row, shared.scattered, chunk, conditions=conditions
        )
    found = np.asarray(counts)[span[0] : span[1]].T.astype(np.int64)
    if (found == NO_NUMBER).any():
        raise NotFinite(TOO_LARGE)
    return found
