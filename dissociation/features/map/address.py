"""The table of the Map page: many rewrites at many strengths, each a point."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

from dissociation.address import parameters as p
from dissociation.address.curve_pages import NOISES
from dissociation.address.names import TRAINED
from dissociation.address.one_network import LAYER, TRAINING
from dissociation.address.parameter import CHOICE, INTEGER, Parameter
from dissociation.address.table import PageTable, Values, page_table
from dissociation.core.experiment import MAX_SEEDS, Experiment
from dissociation.core.manipulations import REGISTRY
from dissociation.core.networks.training import DIGITS, ROTATION
from dissociation.core.similarity import FUNCTION, SIMILARITIES
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.core.validation import InvalidValue

#: The groups of other trained networks: from other seeds, and for another task.
OTHERS, ROTATED = "others", "rotation"
LANDMARK_GROUPS = {
    TRAINED: "Trained",
    OTHERS: "Other trained networks",
    ROTATED: "Trained on rotation",
}
#: What robustness is measured with: on few images, so that points come fast; with four draws of the
#: noise on parameters, of which one alone moves σ50 by a tenth; and from so little noise that the
#: most fragile rewrites are still mostly right.
_FINER: dict[str, dict[str, Any]] = {
    "parameter_noise": {"noise_low": 3e-4, "draws": 4},
    "input_noise": {"noise_low": 0.01},
}
ROBUSTNESS = {
    name: cls(images=1_000, points=20, **_FINER.get(name, {})) for name, cls in NOISES.items()
}
SHOWN = ("scale", "duplicate", "nuisance", "rescale", "input_null", "hidden_null")


def _measures(compares: str) -> dict[str, str]:
    return {
        name: measure.label
        for name, measure in SIMILARITIES.items()
        if measure.compares == compares
    }


ACROSS = Parameter(
    "across",
    "Across",
    CHOICE,
    "logit_change",
    "How far what the network does has moved; or how robust it is: σ50, the noise at which its "
    "error is half way from clean to chance.",
    choices={
        **_measures(FUNCTION),
        **{name: f"Robustness: σ50 of {m.label.lower()}" for name, m in ROBUSTNESS.items()},
    },
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
ROTATION_NETWORKS = Parameter(
    "rotation",
    "Networks trained on rotation",
    INTEGER,
    1,
    "The same architecture, trained to tell which way up an image is: another function.",
    0,
    3.0,
)
_FURTHER = tuple(
    q
    for q in p.strength_parameters(REGISTRY, chosen_by="show")
    if q.name not in REGISTRY and not q.name.endswith(".layer")
)


class Point(NamedTuple):
    """One point of the map.

    - `comparison`: of the trained network with another one.
    - `group`: the rewrite's name, or one of [`LANDMARK_GROUPS`][]; `label`: its strength, or which
      network; `position`: its place in its group, from 0.
    - `experiment`: whose last network's σ50 is its place across; `None` if it has none, or that is
      not asked for.
    """

    comparison: Comparison
    group: str
    label: str
    position: int
    experiment: Experiment | None = None


def points_of(values: Values) -> list[Point]:
    """The points that a page's values ask for, the trained network first, then group by group.

    **Raises:** `InvalidValue`.
    """
    recipe, layer, key = p.recipe_of(values), int(values["layer"]), values["key"]
    trained = NetworkSpec(recipe, 0)
    measure = ROBUSTNESS.get(values["across"])

    def point(side: NetworkSpec, group: str, label: str, position: int) -> Point:
        comparison = Comparison(trained, side, layer, key=key, thorough=False)
        experiment = None
        if measure is not None and side.recipe.task == DIGITS:
            experiment = Experiment(measure, side.manipulations, recipe, side.seed + 1, key)
        return Point(comparison, group, label, position, experiment)

    found = [point(trained, TRAINED, "nothing rewritten", 0)]
    for name in [name for name in REGISTRY if name in values["show"]]:
        for position, strength in enumerate(REGISTRY[name].strength_range.sweep):
            # A rewrite of the layer that is looked at, where it can be.
            at = {f"{name}.layer": str(layer)} if layer in REGISTRY[name].layers else {}
            step = p.manipulation_of(name, {**values, **at, name: strength})
            found.append(
                point(NetworkSpec(recipe, 0, (step,)), name, step.describe_strength(), position)
            )
    for position in range(values["landmarks"]):
        found.append(
            point(NetworkSpec(recipe, position + 1), OTHERS, f"network {position + 2}", position)
        )
    turned = dataclasses.replace(recipe, task=ROTATION)
    for position in range(values["rotation"]):
        found.append(
            point(NetworkSpec(turned, position), ROTATED, f"network {position + 1}", position)
        )
    if len(found) == 1:
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
        ROTATION_NETWORKS,
        LAYER,
        *TRAINING,
    ),
    measures=True,
)
