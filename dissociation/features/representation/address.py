"""The table of the Representation page: a trained network beside a rewritten or another one."""

from __future__ import annotations

import dataclasses

from dissociation.address import parameters as p
from dissociation.address.one_network import IMAGES, LAYER, NONE, REWRITE, THEN, TRAINING
from dissociation.address.parameter import CHOICE, INTEGER, Parameter
from dissociation.address.table import PageTable, Values, page_table
from dissociation.core.experiment import MAX_SEEDS
from dissociation.core.manipulations import REGISTRY
from dissociation.core.networks.training import DIGITS, LEARNED
from dissociation.core.similarity.comparison import Comparison, NetworkSpec

_REWRITE = dataclasses.replace(
    REWRITE,
    default="scale",
    help="Of network A; none compares two trained networks.",
    choices={NONE: "none", **REWRITE.choices},
)
NETWORK_A = Parameter("network_a", "Network A", INTEGER, 1, "By its seed.", 1, float(MAX_SEEDS))
NETWORK_B = Parameter(
    "network_b", "Network B", INTEGER, 1, "The same one, or another.", 1, float(MAX_SEEDS)
)
TASK_B = Parameter(
    "task_b",
    "Network B was trained on",
    CHOICE,
    DIGITS,
    "Digits, as A was, or which way up an image is: another function.",
    choices={name: name for name in LEARNED},
)


def comparison_of(values: Values) -> Comparison:
    """The comparison that a page's values ask for. **Raises:** `InvalidValue`."""
    recipe = p.recipe_of(values)
    name = values["rewrite"]
    rewrite = () if name == NONE else (p.manipulation_of(name, values),)
    first = NetworkSpec(recipe, values["network_a"] - 1)
    other = dataclasses.replace(recipe, task=values["task_b"])
    second = NetworkSpec(other, values["network_b"] - 1, (*rewrite, *values["then"]))
    return Comparison(first, second, int(values["layer"]), int(values["images"]), values["key"])


REPRESENTATION: PageTable = page_table(
    "representation",
    "Representation",
    "pages/6_Representation.py",
    (
        _REWRITE,
        *p.strength_parameters(REGISTRY, chosen_by=REWRITE.name),
        THEN,
        NETWORK_A,
        NETWORK_B,
        TASK_B,
        LAYER,
        IMAGES,
        *TRAINING,
    ),
    study=comparison_of,
)
