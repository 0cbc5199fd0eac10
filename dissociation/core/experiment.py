"""An experiment is a value: what is measured, on which networks, rewritten how, with which key.

Equal experiments are equal values with equal digests, hence one cache entry and one computation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dissociation.core import manipulations as manipulate
from dissociation.core import measures
from dissociation.core._lazy import jax
from dissociation.core.digests import SCHEMA
from dissociation.core.draws import Key
from dissociation.core.json_forms import (
    check_flag,
    check_object,
    check_schema,
    read_named,
    read_recipe,
    read_steps,
    write_recipe,
    write_steps,
)
from dissociation.core.manipulations import Manipulation
from dissociation.core.measures import Measure
from dissociation.core.networks.network import NOTEBOOK_KEY, Network, seed_key
from dissociation.core.networks.training import DIGITS, QUICK, Recipe
from dissociation.core.validation import InvalidValue, check_integer, set_frozen

MAX_SEEDS = 20
MAX_KEY = 2**31 - 1
MAX_MANIPULATIONS = 8


def check_widths(recipe: Recipe, manipulations: tuple[Manipulation, ...]) -> None:
    """**Raises:** `InvalidValue` for too many manipulations, or a layer that would be too wide."""
    if len(manipulations) > MAX_MANIPULATIONS:
        raise InvalidValue("manipulations", len(manipulations), f"give at most {MAX_MANIPULATIONS}")
    widths = {1: recipe.width, 2: recipe.width}
    for step in manipulations:
        widths[step.layer] = step.widened(widths[step.layer])
        if widths[step.layer] > manipulate.MAX_WIDTH:
            raise InvalidValue(
                f"strength of {step.name}",
                step.strength,
                f"it makes a layer of {widths[step.layer]:,} neurons; keep it to "
                f"{manipulate.MAX_WIDTH:,}",
            )


@dataclass(frozen=True)
class Experiment:
    """One curve: a measure on networks that were trained by a recipe and then manipulated.

    - `measure`: with its settings.
    - `manipulations`: applied in order; none leaves the trained networks.
    - `recipe`, `seeds`: networks 0 … `seeds` - 1 of that recipe.
    - `key`: integer seed of all noise and of random manipulations.
    - `measure_anyway`: measure also where the curve is the trained networks' by construction.

    **Raises:** `InvalidValue` if a field lies outside its range, the layers would be too wide, or
    the networks were trained for something else than the measure counts.
    """

    measure: Measure
    manipulations: tuple[Manipulation, ...] = ()
    recipe: Recipe = QUICK
    seeds: int = 2
    key: int = NOTEBOOK_KEY
    measure_anyway: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.measure, Measure):
            raise InvalidValue("measure", self.measure, "give one, such as ParameterNoise()")
        steps = self.manipulations
        if not isinstance(steps, tuple) or not all(isinstance(s, Manipulation) for s in steps):
            raise InvalidValue("manipulations", steps, "give a tuple, such as (Scale(20.0),)")
        if not isinstance(self.recipe, Recipe):
            raise InvalidValue("recipe", self.recipe, "give a Recipe")
        seeds = check_integer("seeds", self.seeds, 1, MAX_SEEDS)
        anyway = check_flag("measure_anyway", self.measure_anyway)
        key = check_integer("key", self.key, 0, MAX_KEY)
        set_frozen(self, seeds=seeds, key=key, measure_anyway=anyway)
        check_widths(self.recipe, self.manipulations)
        if self.measure.reads_digits and self.recipe.task != DIGITS:
            allowed = f"{self.measure.label.lower()} is measured on networks trained on {DIGITS}"
            raise InvalidValue("task", self.recipe.task, allowed)

    @property
    def invariant(self) -> bool:
        """Whether the curve equals the trained networks' by construction."""
        exact = manipulate.exact_everywhere(self.manipulations)
        return exact and self.measure.sees_only_function and not self.measure_anyway

    def canonical(self) -> Experiment:
        """The experiment that is actually run: exactly invariant ones are the trained one's."""
        return dataclasses.replace(self, manipulations=()) if self.invariant else self

    def to_json(self) -> dict[str, Any]:
        """Plain values from which [`from_json`][] makes the same experiment."""
        settings = self.measure.canonical()
        settings.pop("version")
        return {
            "schema": SCHEMA,
            "measure": settings,
            "manipulations": write_steps(self.manipulations),
            "recipe": write_recipe(self.recipe),
            "seeds": self.seeds,
            "key": self.key,
            "measure_anyway": self.measure_anyway,
        }


def from_json(values: Any) -> Experiment:
    """The experiment that [`Experiment.to_json`][] described.

    **Raises:** `InvalidValue` that names the field, for anything that is not such a description.
    """
    allowed = {"schema", "measure", "manipulations", "recipe", "seeds", "key", "measure_anyway"}
    check_object("experiment", values, allowed)
    check_schema(values, SCHEMA)
    return Experiment(
        measure=read_named("measure", values.get("measure"), measures.make),
        manipulations=read_steps(values.get("manipulations", [])),
        recipe=read_recipe(values.get("recipe", {})),
        seeds=values.get("seeds", 2),
        key=values.get("key", NOTEBOOK_KEY),
        measure_anyway=values.get("measure_anyway", False),
    )


def noise_key(key: int) -> Key:
    """The JAX key that all seeds of an experiment share."""
    return jax.random.PRNGKey(key)


def rewritten(
    network: Network, manipulations: Sequence[Manipulation], seed: int, key: int
) -> Network:
    """A trained network with manipulations applied in order.

    **Arguments:**

    - `seed`: which network of its recipe it is; `key`: of the experiment, for random rewrites.

    **Raises:** `InvalidValue` if its weights cannot be used.
    """
    return manipulate.apply_all(network, manipulations, key=seed_key(seed, noise_key(key)))
