"""Whether a rewrite has left a network's function as it was, as a study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dissociation.core.experiment import (
    MAX_KEY,
    MAX_SEEDS,
    Experiment,
    check_widths,
    noise_key,
    rewritten,
)
from dissociation.core.manipulations import Manipulation, describe_all
from dissociation.core.networks.function_checks import CODE_VERSION, FunctionCheck, function_check
from dissociation.core.networks.network import NOTEBOOK_KEY, Network
from dissociation.core.networks.training import QUICK, Recipe
from dissociation.core.sizes import SLACK, network_bytes, rewriting_bytes, widths_after
from dissociation.core.study import Result, Study, Trained
from dissociation.core.tables import Column, Table
from dissociation.core.validation import check_integer, set_frozen

#: First points of a curve matter more to whoever is waiting (seconds).
_LATER = 1.5


@dataclass(frozen=True)
class SameFunction(Study):
    """One rewritten network beside the trained one.

    - `manipulations`: applied to network `seed` of `recipe`, in order.
    - `key`: of random rewrites, and of the noise on half of the images.

    **Raises:** `InvalidValue` if a field lies outside its range.
    """

    name = "check"
    version = CODE_VERSION
    doing = ("Verifying the function", "Verifying the function")

    manipulations: tuple[Manipulation, ...]
    recipe: Recipe = QUICK
    seed: int = 0
    key: int = NOTEBOOK_KEY

    def __post_init__(self) -> None:
        seed = check_integer("seed", self.seed, 0, MAX_SEEDS - 1)
        set_frozen(self, seed=seed, key=check_integer("key", self.key, 0, MAX_KEY))
        check_widths(self.recipe, self.manipulations)

    @property
    def title(self) -> str:
        """See [`Study.title`][]."""
        return describe_all(self.manipulations)

    def needs(self) -> tuple[Trained, ...]:
        """See [`Study.needs`][]."""
        return ((self.recipe, self.seed),)

    @classmethod
    def batches(cls, studies: Sequence[SameFunction]) -> list[tuple[SameFunction, ...]]:
        """See [`Study.batches`][]: of one batch all are of the same rewrites."""
        alike: dict[tuple, list[SameFunction]] = {}
        for study in studies:
            alike.setdefault((study.manipulations, study.recipe, study.key), []).append(study)
        return [tuple(found) for found in alike.values()]

    def stream(self, *networks: Network) -> Iterator[CheckedFunction | None]:
        """See [`Study.stream`][]."""
        (network,) = networks
        own = rewritten(network, self.manipulations, self.seed, self.key)
        # One noise for all networks: drawing it costs as much as the comparison.
        yield CheckedFunction(self, function_check(network, own, key=noise_key(self.key)))

    def penalty(self, found: Any | None) -> float:
        """See [`Study.penalty`][]."""
        return _LATER

    def memory(self) -> float:
        """See [`Study.memory`][]: the trained network, and the rewritten one as it is made."""
        first, second = widths_after(self.recipe, self.manipulations)
        trained = network_bytes(self.recipe.width, self.recipe.width)
        held = 2 * trained + 4 * network_bytes(first, second)
        return SLACK * held + rewriting_bytes(self.recipe, self.manipulations)


@dataclass(frozen=True)
class CheckedFunction(Result[SameFunction]):
    """What a [`SameFunction`][] has found.

    - `check`: the differences.
    """

    study: SameFunction
    check: FunctionCheck

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]."""
        return 1.0

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        return f"{self.check.images:,} images"

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][]: one row."""
        columns = (Column(name, [value]) for name, value in vars(self.check).items())
        return {"check": Table("Same function?", tuple(columns))}


SameFunction.result = CheckedFunction


def check_studies(experiment: Experiment) -> tuple[SameFunction, ...]:
    """The checks of an experiment's networks; none if nothing was rewritten."""
    if not experiment.manipulations:
        return ()
    plan = experiment.manipulations, experiment.recipe
    return tuple(SameFunction(*plan, seed, experiment.key) for seed in range(experiment.seeds))
