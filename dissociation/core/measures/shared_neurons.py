"""The second layers of several networks as neurons of few rows, so that each is multiplied once.

Networks of equal function share most rows of their second layer (`shared_rows.py`), and all
conditions of a seed share their noise draws: row `j` of a wider layer gets what row `j` of a
narrower one gets. A neuron of a condition is thus a signal row `i`, a noise row `j` and their
ratio, `relu(S_i + σ ratio N_j)`, with its factor moved into the readout. Neurons are read in blocks
of `size`; the noise rows of a block lie side by side, its signal rows mostly do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from dissociation.core.buckets import pad_to
from dissociation.core.networks.shared_rows import SharedRows, shared_rows
from dissociation.core.pauses import pause

#: Neurons a block at most: enough columns for a fast product (measured), few to pad.
LARGEST = 512


@dataclass(frozen=True)
class Block:
    """Some neurons of one condition.

    - `condition`: its number; `noise`: number of the block of noise rows.
    - `signal`: `(size,)` int32 signal rows; `ratio`: `(size,)` noise per unit of signal.
    - `readout`, `readout_noise`: `(outputs, size)` weights on `relu(signal + σ ratio noise)`, zero
      for neurons that only fill the block.
    """

    condition: int
    signal: Int32[np.ndarray, " size"]
    noise: int
    ratio: Float32[np.ndarray, " size"]
    readout: Float32[np.ndarray, "outputs size"]
    readout_noise: Float32[np.ndarray, "outputs size"]

    @property
    def in_a_row(self) -> bool:
        """Whether the signal rows lie side by side."""
        return bool(np.array_equal(self.signal, self.signal[0] + np.arange(len(self.signal))))

    @property
    def activations(self) -> tuple[bytes, int, bytes]:
        """Blocks with equal ones have equal activations."""
        return self.signal.tobytes(), self.noise, self.ratio.tobytes()


@dataclass(frozen=True)
class SharedNeurons:
    """Everything the conditions of one seed need of their second layers.

    - `signals`: `(distinct, d)` float32; `noises`: `(blocks, size, d)`, none without noise.
    - `blocks`: in no particular order; their sum is a condition's logits.
    - `conditions`: how many there are.
    """

    signals: Float32[np.ndarray, "distinct d"]
    noises: Float32[np.ndarray, "blocks size d"]
    blocks: tuple[Block, ...]
    conditions: int


def shared_neurons(
    weights: Sequence[Float32[np.ndarray, "_ d"]],
    readouts: Sequence[Float32[np.ndarray, "outputs _"]],
    noise: Float32[np.ndarray, "rows d"] | None = None,
    readout_noise: Sequence[Float32[np.ndarray, "outputs _"]] | None = None,
    *,
    relative: bool = False,
) -> SharedNeurons:
    """Finds what the second layers of conditions with a common first layer share.

    **Arguments:**

    - `weights`: `(hidden_c, d)`, `readouts`: `(outputs, hidden_c)`, one each a condition.
    - `noise`: `(at least the largest hidden_c, d)` draws per unit of σ, or `None` for no noise.
    - `readout_noise`: as `readouts`, or `None` for no noise.
    - `relative`: the noise of a row is the draw times the magnitudes of its weights.
    """
    shared = shared_rows(weights)
    if readout_noise is None:
        readout_noise = [np.zeros_like(readout) for readout in readouts]
    if noise is None:
        return _without_noise(shared, readouts, readout_noise)
    return _with_noise(shared, readouts, readout_noise, noise, relative)


def _block_size(width: int) -> int:
    return -(-width // -(-width // LARGEST))


def _starts(width: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, width)) for start in range(0, width, size)]


def _without_noise(
    shared: SharedRows,
    readouts: Sequence[Float32[np.ndarray, "outputs _"]],
    noises: Sequence[Float32[np.ndarray, "outputs _"]],
) -> SharedNeurons:
    """Every distinct row is one neuron: copies of it add up in the readout."""
    count, depth = shared.rows.shape
    size = _block_size(count)
    blocks = []
    for condition, pick in enumerate(shared.selections):
        summed, summed_noise = (
            _summed(whole[condition], pick.index, pick.factor, count)
            for whole in (readouts, noises)
        )
        for part in _starts(count, size):
            w3, n3 = _filled(summed[:, part], size), _filled(summed_noise[:, part], size)
            if w3.any() or n3.any():
                rows = np.arange(part.start, part.start + size, dtype=np.int32)
                blocks.append(Block(condition, rows, 0, np.zeros(size, np.float32), w3, n3))
    noiseless = np.zeros((0, size, depth), np.float32)
    return SharedNeurons(shared.rows, noiseless, tuple(blocks), len(readouts))


def _summed(
    readout: Float32[np.ndarray, "outputs hidden"],
    index: Int32[np.ndarray, " hidden"],
    factor: Float32[np.ndarray, " hidden"],
    size: int,
) -> Float32[np.ndarray, "outputs {size}"]:
    summed = np.zeros((size, len(readout)))
    np.add.at(summed, index, (readout * factor).T)
    return summed.T.astype(np.float32)


def _with_noise(
    shared: SharedRows,
    readouts: Sequence[Float32[np.ndarray, "outputs _"]],
    readout_noises: Sequence[Float32[np.ndarray, "outputs _"]],
    noise: Float32[np.ndarray, "rows d"],
    relative: bool,
) -> SharedNeurons:
    size = _block_size(min(len(pick.index) for pick in shared.selections))
    noise_blocks: dict[tuple[int, bytes], int] = {}
    noises: list[np.ndarray] = []
    blocks = []
    for condition, pick in enumerate(shared.selections):
        # A row of zeros is a multiple of nothing; its noise counts as it is.
        factor = np.where(pick.factor > 0, pick.factor, 1).astype(np.float32)
        ratio = np.ones_like(factor) if relative else 1 / factor
        for number, part in enumerate(_starts(len(factor), size)):
            pause()
            signal = _continued(pick.index[part], size)
            key = (number, signal.tobytes() if relative else b"")
            if key not in noise_blocks:
                noise_blocks[key] = len(noises)
                drawn = pad_to(noise[number * size : (number + 1) * size], size)
                if relative:
                    drawn = drawn * np.abs(shared.rows[np.minimum(signal, len(shared.rows) - 1)])
                noises.append(drawn)
            blocks.append(
                Block(
                    condition,
                    signal,
                    noise_blocks[key],
                    _filled(ratio[part], size),
                    _filled(readouts[condition][:, part] * factor[part], size),
                    _filled(readout_noises[condition][:, part] * factor[part], size),
                )
            )
    return SharedNeurons(shared.rows, np.stack(noises), tuple(blocks), len(readouts))


def _continued(index: Int32[np.ndarray, " n"], size: int) -> Int32[np.ndarray, " {size}"]:
    """Row numbers filled up to `size` such that rows in a row stay so; nobody reads the filling."""
    more = index[-1] + 1 + np.arange(size - len(index), dtype=np.int32)
    return np.concatenate([index, more])


def _filled(
    values: Float32[np.ndarray, "*rest n"], size: int
) -> Float32[np.ndarray, "*rest {size}"]:
    return pad_to(values, *values.shape[:-1], size)
