"""The study and the address of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from dissociation.address import parameters as p
from dissociation.address.one_network import LAYER, NETWORK, TRAINING
from dissociation.address.table import Values, page_table
from dissociation.core.networks.network import Network
from dissociation.core.networks.training import QUICK, Recipe
from dissociation.core.sizes import network_bytes
from dissociation.core.study import Result, Study, Trained
from dissociation.core.tables import Column, Table
from dissociation.core.validation import check_integer, set_frozen


@dataclass(frozen=True)
class ReachStudy(Study):
    """The norms of the incoming weights of a layer's neurons, largest first."""

    name = "reach"
    doing = ("Looking at the weights", "Looking at the weights")

    recipe: Recipe = QUICK
    seed: int = 0
    layer: int = 2

    def __post_init__(self):
        set_frozen(self, layer=check_integer("layer", self.layer, 1, 2))

    @property
    def title(self) -> str:
        """See [`Study.title`][]."""
        return f"network {self.seed + 1}"

    def needs(self) -> tuple[Trained, ...]:
        """See [`Study.needs`][]."""
        return ((self.recipe, self.seed),)

    def memory(self) -> float:
        """See [`Study.memory`][]."""
        return 2 * network_bytes(self.recipe.width, self.recipe.width)

    def stream(self, *networks: Network) -> Iterator[ReachResult | None]:
        """See [`Study.stream`][]: the longer half first."""
        norms = np.sort(np.linalg.norm(networks[0][self.layer - 1], axis=1).astype(float))[::-1]
        yield ReachResult(self, norms[: len(norms) // 2])
        yield None
        yield ReachResult(self, norms)


@dataclass(frozen=True)
class ReachResult(Result[ReachStudy]):
    """The norms known so far."""

    norms: Float64[np.ndarray, " neurons"]

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]."""
        return len(self.norms) / self.study.recipe.width

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        return f"{len(self.norms)} neurons"

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][]."""
        ranks = Column("rank", range(1, len(self.norms) + 1), form="d")
        return {"norms": Table("Norms", (ranks, Column("norm", self.norms)))}


ReachStudy.result = ReachResult


def _study(values: Values) -> ReachStudy:
    return ReachStudy(p.recipe_of(values), values["network"] - 1, int(values["layer"]))


REACH = page_table("reach", "Reach", "pages/12_Reach.py", (LAYER, NETWORK, *TRAINING), study=_study)
