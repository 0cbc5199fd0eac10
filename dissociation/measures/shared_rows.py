"""Rows that several networks share, found in the weights, so that each is multiplied once.

Networks of equal function have much in common: scaling multiplies a layer's rows, duplication
repeats them, permutation moves them, and all conditions of a seed draw their noise from one key.
A product `W h` of a row with the activations then serves every positive multiple of that row. The
rows are compared as numbers, so this knows nothing of any manipulation and holds for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

#: Rows whose unit vectors agree to this are one row: float32 rounding of a multiple, not more.
TOLERANCE = 1e-6
#: Shapes are padded to multiples of this, so that few are ever compiled.
BUCKET = 256


class Selection(NamedTuple):
    """How a matrix is made from shared rows: row `i` is `factor[i] * rows[index[i]]`.

    - `index`: `(hidden,)` int32, `factor`: `(hidden,)` float32.
    """

    index: Any
    factor: Any


class SharedRows(NamedTuple):
    """Distinct rows of several matrices, and how each matrix is made from them.

    - `rows`: `(distinct, d)` float32; the first is zero, for padding.
    - `selections`: one a matrix.
    """

    rows: np.ndarray
    selections: tuple[Selection, ...]


def shared_rows(matrices: Sequence[np.ndarray]) -> SharedRows:
    """Finds the rows that are positive multiples of one another.

    **Arguments:**

    - `matrices`: `(hidden_c, d)` float32 each; of multiples, the one that comes first is kept.
    """
    stacked = np.concatenate(matrices)
    norms: np.ndarray = np.sqrt((stacked.astype(np.float64) ** 2).sum(1))
    representative = _representatives(stacked, norms)
    kept = np.unique(representative[representative >= 0])
    position = np.zeros(len(stacked) + 1, np.int32)
    position[kept] = np.arange(1, len(kept) + 1)
    index = np.where(representative >= 0, position[representative], 0).astype(np.int32)
    factor = norms / np.maximum(norms[representative], 1e-300)
    factor[representative < 0] = 0.0
    factor = factor.astype(np.float32)
    rows = np.concatenate([np.zeros((1, stacked.shape[1]), np.float32), stacked[kept]])
    edges = np.cumsum([len(matrix) for matrix in matrices])[:-1]
    selections = tuple(
        Selection(i, f)
        for i, f in zip(np.split(index, edges), np.split(factor, edges), strict=True)
    )
    return SharedRows(rows, selections)


def _representatives(stacked: np.ndarray, norms: np.ndarray) -> np.ndarray:
    """For each row the first row it is a positive multiple of; -1 for zero rows."""
    count = len(stacked)
    scale = np.clip(norms, 1e-300, None).astype(np.float32)
    units = stacked / scale[:, None]
    direction = np.random.Generator(np.random.PCG64(0)).standard_normal((stacked.shape[1],))
    signature = units @ direction.astype(np.float32)
    order = np.lexsort((np.arange(count), signature))
    # float32 dot products of equal unit rows agree to far better than this gap.
    breaks = np.diff(signature[order]) > 1e-4
    representative = np.full(count, -1)
    starts = np.flatnonzero(np.concatenate([[True], breaks]))
    for begin, end in zip(starts, np.append(starts[1:], count), strict=True):
        _settle(np.sort(order[begin:end]), units, representative)
    representative[norms == 0] = -1
    return representative


def _settle(members: np.ndarray, units: np.ndarray, representative: np.ndarray) -> None:
    """Within rows of like signature, compares the rows themselves."""
    while len(members):
        first = members[0]
        same = np.abs(units[members] - units[first]).max(1) <= TOLERANCE
        representative[members[same]] = first
        members = members[~same]


def bucket(size: int) -> int:
    """The next multiple of the bucket."""
    return -(-size // BUCKET) * BUCKET


def pad_rows(matrix: np.ndarray, size: int) -> np.ndarray:
    """Zero rows appended up to `size`."""
    return np.pad(matrix, [(0, size - len(matrix))] + [(0, 0)] * (matrix.ndim - 1))
