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
from jaxtyping import Float, Float32, Int32, Integer

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

    index: Int32[Any, " hidden"]
    factor: Float32[Any, " hidden"]


class SharedRows(NamedTuple):
    """Distinct rows of several matrices, and how each matrix is made from them.

    - `rows`: `(distinct, d)` float32.
    - `selections`: one a matrix.
    """

    rows: Float32[np.ndarray, "distinct d"]
    selections: tuple[Selection, ...]


def shared_rows(matrices: Sequence[Float32[np.ndarray, "_ d"]]) -> SharedRows:
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


def _peaks(stacked: Float32[np.ndarray, "rows d"]) -> Float32[np.ndarray, " rows"]:
    """Largest magnitude in each row: multiples of a row peak at the same place."""
    rows = (stacked[rows] for rows in pieces(len(stacked), ROWS))
    return np.concatenate([np.maximum(some.max(1), -some.min(1)) for some in rows])


def _representatives(
    stacked: Float32[np.ndarray, "rows d"], peaks: Float32[np.ndarray, " rows"]
) -> Integer[np.ndarray, " rows"]:
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


def _settle(
    members: Integer[np.ndarray, " members"],
    units: Float[np.ndarray, "rows d"],
    representative: Integer[np.ndarray, " rows"],
) -> None:
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
