"""The table of the Hypothesis page: two conditions, a measure and a summary."""

from __future__ import annotations

import dataclasses

from dissociation.address import parameters as p
from dissociation.address.chains import chain_parameter
from dissociation.address.curve_pages import MEASURE, noise_measure, transfer_measure
from dissociation.address.parameter import CHOICE, NUMBER, Parameter
from dissociation.address.predicting import PREDICTING
from dissociation.address.table import Condition, PageTable, Values, page_table
from dissociation.experiment import Experiment
from dissociation.hypothesis import HALF_WAY, SUMMARIES
from dissociation.manipulations import Scale
from dissociation.measures import Measure

TRANSFER = "transfer"
_MEASURE = dataclasses.replace(
    MEASURE,
    label="Measure",
    choices={
        "parameter_noise": "error under parameter noise",
        "input_noise": "error under input noise",
        TRANSFER: "error of a probe on a new task",
    },
)
SUMMARY = Parameter("summary", "Compared by", CHOICE, HALF_WAY, choices=SUMMARIES)
AT = Parameter(
    "at", "At (noise scale or budget)", NUMBER, 0.05, "In the units of the axis.", 1e-6, 1e4, True
)
BUDGETS = dataclasses.replace(p.BUDGETS, name="budgets")
_NETWORKS = [
    dataclasses.replace(parameter, default=5) if parameter.name == "seeds" else parameter
    for parameter in p.network_parameters()
]


def _measure(values: Values) -> Measure:
    if values["measure"] != TRANSFER:
        return noise_measure(values)
    # A budget per point, and no more images than the default of the Transfer page.
    images = min(values["images"], 4_000)
    return transfer_measure({**values, "points": values["budgets"], "images": images})


def _conditions(values: Values) -> list[Condition]:
    measure, recipe = _measure(values), p.recipe_of(values)
    chains = (tuple(values["a"]), tuple(values["b"]))
    return [
        Condition(Experiment(measure, chain, recipe, values["seeds"], values["key"]))
        for chain in chains
    ]


HYPOTHESIS: PageTable = page_table(
    "hypothesis",
    "Hypothesis",
    "pages/4_Hypothesis.py",
    (
        chain_parameter("a", "A", (), "The rewrites of A, in sequence; none is the trained one."),
        chain_parameter("b", "B", (Scale(20.0),), "The rewrites of B, in sequence."),
        _MEASURE,
        SUMMARY,
        AT,
        p.INPUT_RANGE,
        p.PARAMETER_RANGE,
        p.POINTS,
        p.IMAGES,
        p.MODE,
        p.NOISY,
        p.DRAWS,
        p.TASK,
        p.PROBE,
        p.SPLIT,
        BUDGETS,
        *_NETWORKS,
        p.ERROR_AXIS,
    ),
    states=PREDICTING,
    conditions=_conditions,
)
