"""What a measure of similarity declares, so that its table, its words and its tests follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dissociation.errors import InvalidValue
from dissociation.measures.similarity.pair import Pair

REPRESENTATION, FUNCTION = "representation", "function"
#: Changes of one representation that a measure may not see, in words.
INVARIANCES = {
    "permutation": "order of neurons",
    "rotation": "rotation",
    "scaling": "common scale",
    "shift": "shift",
    "duplication": "duplication",
    "silence": "silent neurons",
}


@dataclass(frozen=True)
class Similarity:
    """A way to compare two networks on the same images.

    - `name`: for addresses and files; `label`: for people; `about`: what it is, in a sentence.
    - `cite`: its source.
    - `compares`: `representation` (activations of a layer) or `function` (logits).
    - `invariant_to`: changes of either side that leave it as it is, names of [`INVARIANCES`][].
    - `same`: its value for two equal sides; `unit`: of it, or empty.
    - `distance`: whether larger is less alike.
    - `largest`: on at most this many images; beyond, on the first of them.
    - `between`: from a [`Pair`][dissociation.measures.similarity.pair.Pair] to the value; NaN
        where it is not defined.
    """

    name: str
    label: str
    about: str
    cite: str
    between: Callable[[Pair], float]
    invariant_to: tuple[str, ...]
    same: float = 1.0
    distance: bool = False
    unit: str = ""
    compares: str = REPRESENTATION
    largest: int = 10_000

    def __post_init__(self):
        for invariance in self.invariant_to:
            if invariance not in INVARIANCES:
                raise InvalidValue("invariant_to", invariance, "choose of INVARIANCES")

    def difference(self, value: float) -> float:
        """A value as a difference: 0 for equal sides, larger for less alike ones."""
        return value if self.distance else self.same - value

    def of(self, pair: Pair) -> float:
        """The value on the images that this measure takes."""
        return self.between(pair.upto(self.largest))
