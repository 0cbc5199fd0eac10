"""What a measure of similarity declares, so that its table, its words and its tests follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dissociation.core.similarity.pair import Pair
from dissociation.core.similarity.representation import NOT_FINITE
from dissociation.core.validation import InvalidValue

REPRESENTATION, FUNCTION = "representation", "function"
#: Changes of one representation that a measure may not see, in words.
INVARIANCES = {
    "permutation": "order of neurons",
    "rotation": "rotation",
    "scaling": "common scale",
    "shift": "shift",
    "offset": "common offset",
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
    - `best`: its best value, which equal sides have unless it is held out; `unit`: of it, or empty.
    - `distance`: whether larger is less alike.
    - `largest`: on at most this many images; beyond, on the first of them.
    - `between`: from a [`Pair`][dissociation.core.similarity.pair.Pair] to the value; NaN
        where it is not defined.
    - `undefined`: what a NaN of two sides that vary says, in words.
    """

    name: str
    label: str
    about: str
    cite: str
    between: Callable[[Pair], float]
    invariant_to: tuple[str, ...]
    best: float = 1.0
    distance: bool = False
    unit: str = ""
    compares: str = REPRESENTATION
    largest: int = 10_000
    undefined: str = "the measure has no value here"

    def __post_init__(self) -> None:
        for invariance in self.invariant_to:
            if invariance not in INVARIANCES:
                raise InvalidValue("invariant_to", invariance, "choose of INVARIANCES")

    def difference(self, value: float) -> float:
        """A value as a difference from the best one: larger for less alike sides."""
        return value if self.distance else self.best - value

    def of(self, pair: Pair) -> float:
        """The value on the images that this measure takes; NaN where it is not defined."""
        part = pair.upto(self.largest)
        return float("nan") if self._trouble(part) else self.between(part)

    def of_equals(self, pair: Pair) -> float:
        """The value of the first side against itself, on the same images."""
        return self.of(pair.upto(self.largest).itself)

    def why_undefined(self, pair: Pair) -> str:
        """Why the value of a pair is NaN, in words."""
        return self._trouble(pair.upto(self.largest)) or self.undefined

    def _trouble(self, pair: Pair) -> str:
        for letter, side in zip("AB", (pair.a, pair.b), strict=True):
            if self.compares == REPRESENTATION and side.problem:
                return side.problem.format(side=letter)
            if not side.finite:
                return NOT_FINITE.format(side=letter)
        return ""
