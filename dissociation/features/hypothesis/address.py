"""The table of the Hypothesis page: two conditions, a measure and a summary."""

from __future__ import annotations

import dataclasses

from dissociation.address import parameters as p
from dissociation.address.chains import chain_parameter
from dissociation.address.curve_pages import (
    MEASURE,
    NOISES,
    ON_ROTATION,
    noise_measure,
    noise_options,
    noise_ranges,
    short_name,
    transfer_measure,
)
from dissociation.address.parameter import CHOICE, INTEGER, NUMBER, Need, Parameter, needing
from dissociation.address.predicting import PREDICTING
from dissociation.address.table import Condition, PageTable, Values, page_table
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Scale
from dissociation.core.measures import Measure
from dissociation.core.measures.noise_measure import NoiseMeasure
from dissociation.core.statistics.hypothesis import AREA, HALF_WAY, SUMMARIES
from dissociation.core.statistics.hypothesis import AT as AT_ONE_POINT

TRANSFER = "transfer"
_MEASURE = dataclasses.replace(
    MEASURE,
    label="Measure",
    choices={
        **{name: f"error under {cls.label.lower()}" for name, cls in NOISES.items()},
        TRANSFER: "error of a probe on a new task",
    },
)
SUMMARY = Parameter("summary", "Compared by", CHOICE, HALF_WAY, choices=SUMMARIES)


def _at(cls: type[NoiseMeasure]) -> Parameter:
    name = "at" if cls.name == MEASURE.default else f"at_{short_name(cls.name)}"
    label, words = f"At {cls.label.lower()} σ", f"In {cls.unit}."
    return Parameter(name, label, NUMBER, cls.typical, words, *cls.limits, True)


#: Where errors are compared, one for each axis.
AT = {
    **{name: _at(cls) for name, cls in NOISES.items()},
    TRANSFER: Parameter(
        "at_budget", "At budget", INTEGER, 1_000, "Images the probe learns from.", 1, 10_000, True
    ),
}
BUDGETS = dataclasses.replace(p.BUDGETS, name="budgets")
PROBE_IMAGES = dataclasses.replace(
    p.IMAGES, name="probe_images", label="Images for the probe", default=4_000
)
_PROBED = Need(MEASURE.name, (TRANSFER,))
_NOISY = Need(MEASURE.name, tuple(NOISES))
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
        *noise_ranges(),
        *needing([p.POINTS, p.IMAGES], _NOISY),
        *noise_options(anyway=False),
        *needing([p.TASK, p.PROBE, BUDGETS, PROBE_IMAGES], _PROBED),
        *needing([p.SPLIT], _PROBED, ON_ROTATION),
        *_NETWORKS,
        p.ERROR_AXIS,
    ),
    states=PREDICTING,
    conditions=_conditions,
)
