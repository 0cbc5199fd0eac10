"""The table of the Map page: many rewrites at many strengths, each a point."""

from __future__ import annotations

from typing import NamedTuple

from dissociation.address import parameters as p
from dissociation.address.parameter import CHOICE, INTEGER, Parameter
from dissociation.address.representation_page import LAYER
from dissociation.address.table import PageTable, Values, page_table
from dissociation.contrasts import Contrast, Side
from dissociation.errors import InvalidValue
from dissociation.experiment import MAX_SEEDS
from dissociation.manipulations import REGISTRY
from dissociation.measures.similarity import FUNCTION, SIMILARITIES

#: The group of other trained networks.
OTHERS = "others"
SHOWN = ("scale", "duplicate", "nuisance", "rescale", "input_null", "hidden_null")


def _measures(compares: str) -> dict[str, str]:
    return {
        name: measure.label
        for name, measure in SIMILARITIES.items()
        if measure.compares == compares
    }


ACROSS = Parameter(
    "across",
    "Across: the function",
    CHOICE,
    "logit_change",
    "How far what the network does has moved.",
    choices=_measures(FUNCTION),
)
UP = Parameter(
    "up",
    "Up: the representation",
    CHOICE,
    "procrustes",
    "How far the hidden layer has moved. Similarities are turned round: 1 minus the value.",
    choices=_measures("representation"),
)
LANDMARKS = Parameter(
    "landmarks",
    "Other trained networks",
    INTEGER,
    2,
    "Trained by the same recipe from other seeds, to compare with.",
    0,
    float(MAX_SEEDS - 1),
)
_NETWORKS = [q for q in p.network_parameters() if q.name != "seeds"]
_FURTHER = tuple(
    q
    for q in p.strength_parameters(REGISTRY)
    if q.name not in REGISTRY and not q.name.endswith(".layer")
)


class Point(NamedTuple):
    """One point of the map.

    - `contrast`: of the trained network with another one.
    - `group`: the rewrite's name, or [`OTHERS`][]; `label`: its strength, or which network.
    - `rank`: its place in its group, from 0.
    """

    contrast: Contrast
    group: str
    label: str
    rank: int


def points_of(values: Values) -> list[Point]:
    """The points that a page's values ask for, group by group. **Raises:** `InvalidValue`."""
    recipe, layer, key = p.recipe_of(values), int(values["layer"]), values["key"]
    trained = Side(recipe, 0)

    def point(side: Side, group: str, label: str, rank: int) -> Point:
        contrast = Contrast(trained, side, layer, key=key, thorough=False)
        return Point(contrast, group, label, rank)

    found = []
    for name in [name for name in REGISTRY if name in values["show"]]:
        for rank, strength in enumerate(REGISTRY[name].strength_range.sweep):
            # A rewrite of the layer that is looked at, where it can be.
            at = {f"{name}.layer": str(layer)} if layer in REGISTRY[name].layers else {}
            step = p.manipulation_of(name, {**values, **at, name: strength})
            found.append(point(Side(recipe, 0, (step,)), name, step.describe_strength(), rank))
    for rank in range(values["landmarks"]):
        found.append(point(Side(recipe, rank + 1), OTHERS, f"network {rank + 2}", rank))
    if not found:
        raise InvalidValue("show", values["show"], "choose a rewrite or another network")
    return found


MAP: PageTable = page_table(
    "map",
    "Map",
    "pages/7_Map.py",
    (
        ACROSS,
        UP,
        p.show_parameter(REGISTRY, SHOWN),
        *_FURTHER,
        LANDMARKS,
        LAYER,
        *_NETWORKS,
    ),
    contrasts=lambda values: [point.contrast for point in points_of(values)],
)
