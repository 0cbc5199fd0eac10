"""The table of the Causes page: one rewritten network, and the noise that is looked at."""

from __future__ import annotations

import dataclasses

from dissociation.address import parameters as p
from dissociation.address.one_network import IMAGES, NETWORK, NONE, REWRITE, THEN, TRAINING
from dissociation.address.parameter import CHOICE, INTEGER, NUMBER, Parameter
from dissociation.address.table import PageTable, Values, page_table
from dissociation.core.manipulations import REGISTRY
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import SCALES

_REWRITE = dataclasses.replace(
    REWRITE,
    default="scale",
    help="Of the trained network; none shows it as it was trained.",
    choices={NONE: "none", **REWRITE.choices},
)
_THEN = dataclasses.replace(THEN, help="Further rewrites.")
#: The layer that the first rewrite is of.
REWRITTEN = "rewritten"
SIGMA = Parameter(
    "sigma",
    "Noise σ that is looked at",
    NUMBER,
    0.05,
    "Standard deviation, in weight units. All noise scales are computed at once; the nearest of "
    "them is shown.",
    float(SCALES[0]),
    float(SCALES[-1]),
    True,
)
LAYER = Parameter(
    "layer",
    "Neurons of hidden layer",
    CHOICE,
    REWRITTEN,
    "Whose neurons are ranked.",
    choices={REWRITTEN: "the rewrite's", "1": "1", "2": "2"},
)
_IMAGES = dataclasses.replace(
    IMAGES, help="Theory and sampling rest on the same ones. All 10,000 take ten times as long."
)
DRAWS = Parameter("draws", "Noise draws an image", INTEGER, 4, "More draws, steadier.", 1, 64)


def causes_of(values: Values) -> NoiseDecomposition:
    """The study that a page's values ask for. **Raises:** `InvalidValue`."""
    name = values["rewrite"]
    rewrite = () if name == NONE else (p.manipulation_of(name, values),)
    return NoiseDecomposition(
        (*rewrite, *values["then"]),
        p.recipe_of(values),
        values["network"] - 1,
        values["key"],
        int(values["images"]),
        values["draws"],
    )


def ranked_layer(values: Values, study: NoiseDecomposition) -> int:
    """Of which hidden layer the neurons are ranked."""
    return study.layer if values["layer"] == REWRITTEN else int(values["layer"])


CAUSES: PageTable = page_table(
    "causes",
    "Causes",
    "pages/10_Causes.py",
    (
        _REWRITE,
        *p.strength_parameters(REGISTRY, chosen_by=REWRITE.name),
        _THEN,
        SIGMA,
        LAYER,
        _IMAGES,
        DRAWS,
        NETWORK,
        *TRAINING,
    ),
    study=causes_of,
)
