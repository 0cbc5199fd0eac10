"""The table of the Hypothesis page: two conditions, a measure and a summary."""

from __future__ import annotations

import dataclasses

from dissociation.address import parameters as p
from dissociation.address.chains import chain_parameter
from dissociation.address.curve_pages import (
    MEASURE,
    ON_INPUTS,
    ON_PARAMETERS,
    ON_ROTATION,
    noise_measure,
    transfer_measure,
)
from dissociation.address.parameter import CHOICE, INTEGER, NUMBER, Need, Parameter, needing
from dissociation.address.predicting import PREDICTING
from dissociation.address.table import Condition, PageTable, Values, page_table
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Scale
from dissociation.core.measures import Measure
from dissociation.core.statistics.hypothesis import AREA, HALF_WAY, SUMMARIES
from dissociation.core.statistics.hypothesis import AT as AT_ONE_POINT

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
#: Where errors are compared, one for each axis.
AT = {
    "parameter_noise": Parameter(
        "at", "At parameter noise σ", NUMBER, 0.05, "In weight units.", 1e-6, 100.0, True
    ),
    "input_noise": Parameter(
        "at_input", "At input noise σ", NUMBER, 1.0, "In pixel units.", 1e-3, 100.0, True
    ),
    TRANSFER: Parameter(
        "at_budget", "At budget", INTEGER, 1_000, "Images the probe learns from.", 1, 10_000, True
    ),
}
BUDGETS = dataclasses.replace(p.BUDGETS, name="budgets")
PROBE_IMAGES = dataclasses.replace(
    p.IMAGES, name="probe_images", label="Images for the probe", default=4_000
)
_PROBED = Need(MEASURE.name, (TRANSFER,))
_NOISY = Need(MEASURE.name, (*ON_INPUTS.words, *ON_PARAMETERS.words))
_NETWORKS = [
    dataclasses.replace(parameter, default=5) if parameter.name == "seeds" else parameter
    for parameter in p.network_parameters()
]


def _measure(values: Values) -> Measure:
    if values["measure"] != TRANSFER:
        return noise_measure(values)
    # Its own number of images, as a probe takes much longer than noise.
    probed = {"points": values["budgets"], "images": values["probe_images"]}
    return transfer_measure({**values, **probed})


def compared_by(values: Values) -> tuple[str, float]:
    """The summary that a page's values compare, and the point on the axis where they do.

    Transfer has no σ50; its curves are compared by their mean error instead.
    """
    measure, summary = values["measure"], values["summary"]
    if measure == TRANSFER and summary == HALF_WAY:
        summary = AREA
    return summary, float(values[AT[measure].name])


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
        *(
            known
            for measure, at in AT.items()
            for known in needing(
                [at], Need(MEASURE.name, (measure,)), Need(SUMMARY.name, (AT_ONE_POINT,))
            )
        ),
        *needing([p.INPUT_RANGE], ON_INPUTS),
        *needing([p.PARAMETER_RANGE], ON_PARAMETERS),
        *needing([p.POINTS, p.IMAGES], _NOISY),
        *needing([p.MODE, p.NOISY, p.DRAWS], ON_PARAMETERS),
        *needing([p.TASK, p.PROBE, BUDGETS, PROBE_IMAGES], _PROBED),
        *needing([p.SPLIT], _PROBED, ON_ROTATION),
        *_NETWORKS,
        p.ERROR_AXIS,
    ),
    states=PREDICTING,
    conditions=_conditions,
)
