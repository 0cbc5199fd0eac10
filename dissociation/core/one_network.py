"""Studies of one network: trained, and then rewritten."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from dissociation.core.experiment import MAX_KEY, MAX_SEEDS, Experiment, check_widths, rewritten
from dissociation.core.manipulations import Manipulation, describe_all
from dissociation.core.networks.network import NOTEBOOK_KEY, Network
from dissociation.core.networks.training import QUICK, Recipe
from dissociation.core.study import Study, Trained
from dissociation.core.validation import check_integer, set_frozen


@dataclass(frozen=True)
class OneNetwork(Study):
    """A study of one rewritten network.

    - `manipulations`: applied in order to network `seed` of `recipe`; none leaves it as it is.
    - `key`: of random rewrites, and of the study's own draws.

    **Raises:** `InvalidValue` if a field lies outside its range, or a layer would be too wide.
    """

    manipulations: tuple[Manipulation, ...] = ()
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

    def rewritten(self, trained: Network) -> Network:
        """Its network, from the trained one."""
        return rewritten(trained, self.manipulations, self.seed, self.key)

    @classmethod
    def of_each(
        cls, experiment: Experiment, seeds: Iterable[int], **fields: Any
    ) -> tuple[Self, ...]:
        """One of each of an experiment's networks, by their numbers; `fields`: further ones."""
        plan = experiment.manipulations, experiment.recipe
        return tuple(cls(*plan, seed, experiment.key, **fields) for seed in seeds)

    @classmethod
    def batches(cls, studies: Sequence[Self]) -> list[tuple[Self, ...]]:
        """See [`Study.batches`][]: of one batch are studies that differ in their networks alone."""
        alike: dict[Self, list[Self]] = {}
        for study in studies:
            alike.setdefault(dataclasses.replace(study, seed=0), []).append(study)
        return [tuple(found) for found in alike.values()]
