"""Whether a rewrite has left a network's function as it was, as a study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dissociation.core.experiment import Experiment, noise_key
from dissociation.core.networks.function_checks import CODE_VERSION, FunctionCheck, function_check
from dissociation.core.networks.network import Network
from dissociation.core.one_network import OneNetwork
from dissociation.core.sizes import SLACK, network_bytes, rewriting_bytes, widths_after
from dissociation.core.study import Result
from dissociation.core.tables import Column, Table

#: First points of a curve matter more to whoever is waiting (seconds).
_LATER = 1.5


@dataclass(frozen=True)
class SameFunction(OneNetwork):
    """One rewritten network beside the trained one; see [`OneNetwork`][].

    `key` is of the noise on half of the images, too.
    """

    name = "check"
    version = CODE_VERSION
    doing = ("Verifying the function", "Verifying the function")

    def stream(self, *networks: Network) -> Iterator[CheckedFunction | None]:
        """See [`Study.stream`][]."""
        (network,) = networks
        # One noise for all networks: drawing it costs as much as the comparison.
        key = noise_key(self.key)
        yield CheckedFunction(self, function_check(network, self.rewritten(network), key=key))

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
    return SameFunction.of_each(experiment, range(experiment.seeds))
