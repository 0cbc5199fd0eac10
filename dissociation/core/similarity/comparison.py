"""A comparison: two networks, side by side on the same images, in what they do and represent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dissociation.core import manipulations as manipulate
from dissociation.core.data.sample import TEST_IMAGES
from dissociation.core.experiment import (
    MAX_KEY,
    MAX_SEEDS,
    SCHEMA,
    check_widths,
    digest,
    noise_key,
    training_digest,
)
from dissociation.core.json_forms import (
    check_flag,
    check_object,
    check_schema,
    read_recipe,
    read_steps,
    write_recipe,
    write_steps,
)
from dissociation.core.manipulations import Manipulation
from dissociation.core.networks.network import NOTEBOOK_KEY, Network, seed_key
from dissociation.core.networks.training import QUICK, Recipe
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.pictures import EMBEDDED
from dissociation.core.validation import InvalidValue, check_integer, settle

#: Raise it when a change to the code changes numbers.
VERSION = 5
#: Images of the first measures and of all baselines.
FEW = 1_000


@dataclass(frozen=True)
class NetworkSpec:
    """One network of a comparison.

    - `recipe`, `seed`: network `seed` of that recipe.
    - `manipulations`: applied in order; none leaves it as it was trained.

    **Raises:** `InvalidValue` for another seed, or if a layer would be too wide.
    """

    recipe: Recipe = QUICK
    seed: int = 0
    manipulations: tuple[Manipulation, ...] = ()

    def __post_init__(self):
        settle(self, seed=check_integer("seed", self.seed, 0, MAX_SEEDS - 1))
        check_widths(self.recipe, self.manipulations)

    def canonical(self) -> list[Any]:
        """Plain values that determine the network."""
        steps = [step.identity() for step in self.manipulations]
        return [training_digest(self.recipe, self.seed), steps]

    def to_json(self) -> dict[str, Any]:
        """Plain values, as in [`Comparison.to_json`][]."""
        return {
            "recipe": write_recipe(self.recipe),
            "seed": self.seed,
            "manipulations": write_steps(self.manipulations),
        }

    def rewritten(self, trained: Network, key: int) -> Network:
        """This side's network from the trained one, with an experiment's key."""
        own = seed_key(self.seed, noise_key(key))
        return manipulate.apply_all(trained, self.manipulations, key=own)


#: The name that scripts which were exported import.
Side = NetworkSpec


@dataclass(frozen=True)
class Comparison:
    """Two networks on the same images, compared at a hidden layer and at the outputs.

    - `first`, `second`: the networks.
    - `layer`: hidden layer 1 or 2, after the ReLU.
    - `images`: how many test images, as many of each digit; baselines rest on at most 1,000.
    - `key`: of random manipulations and of the baselines' shuffles.
    - `thorough`: whether to say what unrelated networks would score, which takes most of the time,
      and to compare normal forms.

    **Raises:** `InvalidValue` if a field lies outside its range.
    """

    first: NetworkSpec
    second: NetworkSpec
    layer: int = 2
    images: int = FEW
    key: int = NOTEBOOK_KEY
    thorough: bool = True

    def __post_init__(self):
        settle(
            self,
            layer=check_integer("layer", self.layer, 1, 2),
            images=check_integer("images", self.images, EMBEDDED, TEST_IMAGES),
            key=check_integer("key", self.key, 0, MAX_KEY),
            thorough=check_flag("thorough", self.thorough),
        )

    @property
    def sides(self) -> tuple[NetworkSpec, NetworkSpec]:
        """Both networks."""
        return self.first, self.second

    def digest(self, weights: tuple[str, str] | None = None) -> str:
        """Identifies the findings.

        **Arguments:**

        - `weights`: digests of both trained networks; without them, of the plan.
        """
        sides = [side.canonical() for side in self.sides]
        rest = [self.layer, self.images, self.key, self.thorough, list(SIMILARITIES), weights]
        return digest(["contrast", VERSION, *sides, *rest])

    def to_json(self) -> dict[str, Any]:
        """Plain values from which [`contrast_from_json`][] makes the same comparison."""
        return {
            "schema": SCHEMA,
            "first": self.first.to_json(),
            "second": self.second.to_json(),
            "layer": self.layer,
            "images": self.images,
            "key": self.key,
            "thorough": self.thorough,
        }


def contrast_from_json(values: Any) -> Comparison:
    """The comparison that [`Comparison.to_json`][] described; what is left out has its default.

    **Raises:** `InvalidValue` that names the field, for anything that is not such a description.
    """
    allowed = {"schema", "first", "second", "layer", "images", "key", "thorough"}
    check_object("contrast", values, allowed)
    check_schema(values, SCHEMA)
    return Comparison(
        first=_side("first", values.get("first")),
        second=_side("second", values.get("second")),
        layer=values.get("layer", 2),
        images=values.get("images", FEW),
        key=values.get("key", NOTEBOOK_KEY),
        thorough=values.get("thorough", True),
    )


def _side(name: str, values: Any) -> NetworkSpec:
    check_object(name, values, {"recipe", "seed", "manipulations"})
    try:
        return NetworkSpec(
            recipe=read_recipe(values.get("recipe", {})),
            seed=values.get("seed", 0),
            manipulations=read_steps(values.get("manipulations", [])),
        )
    except InvalidValue as problem:
        # The same field is there twice.
        raise InvalidValue(f"{name} {problem.field}", problem.value, problem.allowed) from None


def is_close_look(comparisons: Sequence[Comparison]) -> bool:
    """Whether comparisons are one pair, looked at with all there is, rather than points of a map.

    A map may have a single point, but is never thorough.
    """
    return len(comparisons) == 1 and comparisons[0].thorough
