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

from dissociation.core.networks.network import Network
from dissociation.core.pauses import pause, pieces

#: Rows whose unit vectors agree to this are one row: float32 rounding of a multiple, not more.
TOLERANCE = 1e-6
SIGNATURE_GAP = 1e-4
#: Rows that are looked at in a moment.
ROWS = 2_048


class Selection(NamedTuple):
    """How a matrix is made from shared rows: row `i` is `factor[i] * rows[index[i]]`.

    - `index`: `(hidden,)` int32, `factor`: `(hidden,)` float32.
    """

    index: Any
    factor: Any


class SharedRows(NamedTuple):
    """Distinct rows of several matrices, and how each matrix is made from them.

    - `rows`: `(distinct, d)` float32.
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
    pause()
    peaks = _peaks(stacked)
    pause()
    representative = _representatives(stacked, peaks)
    kept, index = np.unique(representative, return_inverse=True)
    index = index.astype(np.int32)
    factor = np.where(peaks > 0, peaks / np.where(peaks > 0, peaks, 1)[representative], 0)
    factor = factor.astype(np.float32)
    rows = stacked[kept]
    edges = np.cumsum([len(matrix) for matrix in matrices])[:-1]
    selections = tuple(
        Selection(i, f)
        for i, f in zip(np.split(index, edges), np.split(factor, edges), strict=True)
    )
    return SharedRows(rows, selections)


def _peaks(stacked: np.ndarray) -> np.ndarray:
    """Largest magnitude in each row: multiples of a row peak at the same place."""
    rows = (stacked[rows] for rows in pieces(len(stacked), ROWS))
    return np.concatenate([np.maximum(some.max(1), -some.min(1)) for some in rows])


def _representatives(stacked: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    """For each row the first row it is a positive multiple of; only itself if it is not finite."""
    count = len(stacked)
    units, divisors = np.empty_like(stacked), np.where(peaks > 0, peaks, 1)[:, None]
    with np.errstate(invalid="ignore"):
        for rows in pieces(count, ROWS):
            np.divide(stacked[rows], divisors[rows], out=units[rows])
    pause()
    # Equal unit rows have equal projections on a random direction, up to rounding; sorted by it,
    # candidates lie side by side.
    direction = np.random.Generator(np.random.PCG64(0)).standard_normal((stacked.shape[1],))
    signature = units @ direction.astype(np.float32)
    order = np.lexsort((np.arange(count), signature))
    breaks = np.flatnonzero(np.diff(signature[order]) > SIGNATURE_GAP) + 1
    representative = np.arange(count)
    for members in np.split(order, breaks):
        if len(members) > 1:
            pause()
            _settle(np.sort(members), units, representative)
    return representative


def _settle(members: np.ndarray, units: np.ndarray, representative: np.ndarray) -> None:
    """Within rows of like signature, compares the rows themselves."""
    while len(members):
        first = members[0]
        same = np.abs(units[members] - units[first]).max(1) <= TOLERANCE
        # A row that is not finite differs from itself; it stands for itself all the same.
        same[0] = True
        representative[members[same]] = first
        members = members[~same]


def by_first_layer(networks: Sequence[Network]) -> list[list[int]]:
    """Numbers of the networks, together where the first layers are equal."""
    groups: list[list[int]] = []
    for number, network in enumerate(networks):
        for group in groups:
            if np.array_equal(networks[group[0]].w1, network.w1):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups
