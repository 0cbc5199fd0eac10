"""Regression tasks for linear networks: random ones, and a semantic tree of items and properties.

The tree is that of Saxe, McClelland & Ganguli, *A mathematical theory of semantic development in
deep neural networks*, PNAS 2019: items are leaves, and every node of the tree is a property that
all items below it have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from dissociation.core.experiment import MAX_KEY
from dissociation.core.validation import (
    InvalidValue,
    check_choice,
    check_integer,
    check_number,
    set_frozen,
)

KINDS = {"tree": "semantic tree", "random": "random"}
INPUTS = {"onehot": "one-hot", "gaussian": "Gaussian"}
#: Least and most of everything. Small, so that all of it takes milliseconds.
SAMPLES, N_IN, N_OUT, RANK = (4, 24), (2, 32), (1, 24), (1, 24)
#: Levels below the root of a tree, and items at each leaf.
DEPTHS, TWINS = (2, 3), (1, 3)
MOST_NOISE = 2.0


def generator(key: int, *purpose: int) -> np.random.Generator:
    """Random numbers of a key, apart for every purpose."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([key, *purpose])))


class Regression(NamedTuple):
    """Items as columns: `x` of shape `(n_in, P)` and `y` of shape `(n_out, P)`, float64."""

    x: Float64[np.ndarray, "n d"]
    y: Float64[np.ndarray, "k d"]


@dataclass(frozen=True)
class LinearTask:
    """What a linear network is to compute.

    - `kind`: one of [`KINDS`][]; `inputs`: one of [`INPUTS`][].
    - `depth`, `twins`: of a tree, levels below its root and items that share a leaf.
    - `samples`, `n_out`, `rank`, `noise`: of a random task, items, outputs, rank of the teacher,
      and standard deviation of the noise on its targets (which are of order 1).
    - `n_in`: inputs. One-hot inputs beyond the items are never active.
    - `key`: of inputs and outputs; `targets`: 0, or 1 for other outputs of the same inputs.

    **Raises:** `InvalidValue` if a field lies outside its range, or one-hot inputs are fewer than
    the items.
    """

    kind: str = "tree"
    inputs: str = "gaussian"
    depth: int = 3
    twins: int = 2
    samples: int = 16
    n_in: int = 24
    n_out: int = 6
    rank: int = 3
    noise: float = 0.0
    key: int = 0
    targets: int = 0

    def __post_init__(self) -> None:
        check_choice("task", self.kind, tuple(KINDS))
        check_choice("inputs", self.inputs, tuple(INPUTS))
        set_frozen(
            self,
            depth=check_integer("depth", self.depth, *DEPTHS),
            twins=check_integer("twins", self.twins, *TWINS),
            samples=check_integer("samples", self.samples, *SAMPLES),
            n_in=check_integer("n_in", self.n_in, *N_IN),
            n_out=check_integer("n_out", self.n_out, *N_OUT),
            rank=check_integer("rank", self.rank, *RANK),
            noise=check_number("target_noise", self.noise, 0.0, MOST_NOISE),
            key=check_integer("key", self.key, 0, MAX_KEY),
            targets=check_integer("targets", self.targets, 0, 1),
        )
        if self.inputs == "onehot" and self.n_in < self.items:
            allowed = (
                f"one-hot inputs need one input for each of the {self.items} items; give at least "
                f"{self.items}, or choose Gaussian inputs"
            )
            raise InvalidValue("n_in", self.n_in, allowed)

    @property
    def items(self) -> int:
        """P, how many items there are."""
        return 2**self.depth * self.twins if self.kind == "tree" else self.samples

    @property
    def outputs(self) -> int:
        """How many outputs there are; of a tree, one for each of its nodes."""
        return 2 ** (self.depth + 1) - 1 if self.kind == "tree" else self.n_out

    def data(self) -> Regression:
        """The items of the task."""
        return Regression(self._x(), self._tree() if self.kind == "tree" else self._random())

    def _x(self) -> Float64[np.ndarray, "n d"]:
        if self.inputs == "onehot":
            return np.eye(self.n_in, self.items)
        return generator(self.key, 0).standard_normal((self.n_in, self.items))

    def _tree(self) -> Float64[np.ndarray, "n_out P"]:
        """`(n_out, P)` 1 where an item lies below a node; the other targets shuffle the items."""
        leaves = np.arange(self.items) // self.twins
        if self.targets:
            leaves = generator(self.key, 1, self.targets).permutation(leaves)
        levels = [
            np.arange(2**level)[:, None] == leaves[None, :] >> (self.depth - level)
            for level in range(self.depth + 1)
        ]
        return np.concatenate(levels).astype(np.float64)

    def _random(self) -> Float64[np.ndarray, "n d"]:
        """A linear teacher of the inputs, with noise."""
        rng = generator(self.key, 1, self.targets)
        rank = min(self.rank, self.n_in, self.n_out)
        first = rng.standard_normal((rank, self.n_in)) / np.sqrt(self._size())
        second = rng.standard_normal((self.n_out, rank)) / np.sqrt(rank)
        clean = second @ first @ self._x()
        return clean + self.noise * rng.standard_normal(clean.shape)

    def _size(self) -> float:
        """Mean squared norm of an input, so that targets are of order 1."""
        return 1.0 if self.inputs == "onehot" else float(self.n_in)
