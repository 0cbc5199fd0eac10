"""Second-layer features of several networks, as few columns as their probes need.

For a probe that starts from zero, copies of a feature are one feature: `m` equal columns move
together, and act as a single column times √m, both in gradient descent and under an L2 penalty.
The same holds for positive multiples, which a ReLU passes through: columns `f_i h` act as
`√(Σ f_i²) h`. So a duplicated layer costs a probe no more than the layer it was made from, and a
scaled one has the same columns at another scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Integer

from dissociation.core._lazy import jax, jit
from dissociation.core.buckets import bucket, pad_to
from dissociation.core.networks.network import Network, padded_chunks
from dissociation.core.networks.shared_rows import by_first_layer, shared_rows

#: Scales that agree to this are those of the same features.
SAME = 1e-5


@dataclass(frozen=True)
class Columns:
    """Which shared features a condition has, and how large.

    - `used`: `(c,)` indices of shared features; `scale`: `(c,)` float32.
    """

    used: Integer[np.ndarray, " c"]
    scale: Float32[np.ndarray, " c"]

    def same_up_to_scale(self, other: Columns) -> bool:
        """Whether both have the same features, up to one factor for all."""
        if not np.array_equal(self.used, other.used):
            return False
        ratio = self.scale / other.scale
        return bool(np.abs(ratio / ratio[0] - 1).max() < SAME)


@jit()
def _features(
    images: Float32[Any, "n 784"],
    w1: Float32[Any, "hidden 784"],
    rows: Float32[Any, "distinct hidden"],
) -> Float32[Any, "n distinct"]:
    return jax.nn.relu(jax.nn.relu(images @ w1.T) @ rows.T)


class SharedFeatures:
    """Features of the conditions of one seed.

    **Arguments:**

    - `networks`: one a condition; those with equal first layers share their features.
    """

    def __init__(self, networks: Sequence[Network]):
        self._groups: list[tuple[Any, Any, int]] = []
        self.columns: list[Columns] = []
        found: dict[int, Columns] = {}
        self._members = by_first_layer(networks)
        for members in self._members:
            w1 = np.asarray(networks[members[0]].w1)
            shared = shared_rows([np.asarray(networks[c].w2) for c in members])
            hidden = bucket(len(w1))
            padded = pad_to(shared.rows, bucket(len(shared.rows)), hidden)
            first = jax.device_put(pad_to(w1, hidden))
            self._groups.append((first, jax.device_put(padded), len(shared.rows)))
            for member, pick in zip(members, shared.selections, strict=True):
                power = np.bincount(pick.index, pick.factor.astype(np.float64) ** 2)
                used = np.flatnonzero(power > 0)
                found[member] = Columns(used, np.sqrt(power[used]).astype(np.float32))
        self.columns = [found[c] for c in range(len(networks))]
        group_of = {c: g for g, members in enumerate(self._members) for c in members}
        self.group_of = [group_of[c] for c in range(len(networks))]

    def all_features(self, images: Float[np.ndarray, "n 784"]) -> list[Float32[np.ndarray, "n _"]]:
        """For each group of conditions, `(n, distinct)` float32 features of `(n, 784)` images."""
        result = []
        for w1, rows, real in self._groups:
            parts = [
                np.asarray(_features(chunk, w1, rows))[:count, :real]
                for chunk, count in padded_chunks(images)
            ]
            result.append(np.concatenate(parts))
        return result

    def select(
        self, features: list[Float32[np.ndarray, "n _"]], condition: int
    ) -> Float32[np.ndarray, "n c"]:
        """`(n, c)`: what the probe of a condition is trained on."""
        columns = self.columns[condition]
        return features[self.group_of[condition]][:, columns.used] * columns.scale

    def members(self, group: int) -> list[int]:
        """The conditions of a group."""
        return self._members[group]

    def distinct_scales(
        self, members: Sequence[int]
    ) -> tuple[Float32[np.ndarray, "distinct features"], list[int]]:
        """Scales of all shared features for conditions of one group, each different set once.

        **Returns:** `(distinct, features)` float32, 0 where a condition has no such feature; and
        for each member which of them is its own.
        """
        width = self._groups[self.group_of[members[0]]][2]
        distinct: list[np.ndarray] = []
        place = []
        for member in members:
            columns = self.columns[member]
            scale = np.zeros(width, np.float32)
            scale[columns.used] = columns.scale
            same = (p for p, o in enumerate(distinct) if np.allclose(o, scale, rtol=SAME, atol=0))
            found = next(same, len(distinct))
            if found == len(distinct):
                distinct.append(scale)
            place.append(found)
        return np.stack(distinct), place

    def twin(self, condition: int) -> int | None:
        """An earlier condition that a probe blind to scale cannot tell from this one, if any."""
        for other in range(condition):
            if self.group_of[other] == self.group_of[condition] and self.columns[
                condition
            ].same_up_to_scale(self.columns[other]):
                return other
        return None
