"""The tables of the pages that compare curves: Robustness and Transfer."""

from __future__ import annotations

from dataclasses import replace

from dissociation.address import parameters as p
from dissociation.address.compare import COMPOSE, VERSUS
from dissociation.address.parameter import CHOICE, Need, Parameter, needing
from dissociation.address.pins import pin_parameter
from dissociation.address.predicting import PREDICTING
from dissociation.address.table import PageTable, Values, curve_conditions, page_table
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import REGISTRY
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer

MEASURE = Parameter(
    "measure",
    "Noise on",
    CHOICE,
    "parameter_noise",
    choices={"parameter_noise": "the parameters", "input_noise": "the inputs"},
)
SHOW = p.show_parameter(REGISTRY, ("scale", "duplicate", "nuisance", "input_null"))
#: The notebook's strengths for transfer, weaker than those of its noise panels.
TRANSFER_STRENGTHS = {"scale": 20.0, "duplicate": 1.2, "nuisance": 128}
TRANSFER_SHOW = p.show_parameter(REGISTRY, ("scale", "duplicate", "nuisance"))


def noise_measure(values: Values) -> InputNoise | ParameterNoise:
    """The noise measure that a page's values choose. **Raises:** `InvalidValue`."""
    if values["measure"] == "input_noise":
        low, high = values["input_range"]
        return InputNoise(
            images=values["images"], noise_low=low, noise_high=high, points=values["points"]
        )
    low, high = values["parameter_range"]
    return ParameterNoise(
        images=values["images"],
        noise_low=low,
        noise_high=high,
        points=values["points"],
        mode=values["mode"],
        layers=values["layers"],
        draws=values["draws"],
    )


def robustness_experiment(values: Values, steps: tuple) -> Experiment:
    """One curve of the Robustness page."""
    return Experiment(
        noise_measure(values),
        steps,
        p.recipe_of(values),
        values["seeds"],
        values["key"],
        values["measure"] == "input_noise" and values["anyway"],
    )


def transfer_measure(values: Values) -> Transfer:
    """The transfer measure that a page's values choose. **Raises:** `InvalidValue`."""
    split = values["split"] if ON_ROTATION.met(values) else Transfer.split
    return Transfer(values["images"], values["points"], values["task"], values["probe"], split)


def transfer_experiment(values: Values, steps: tuple) -> Experiment:
    """One curve of the Transfer page."""
    measure = transfer_measure(values)
    return Experiment(measure, steps, p.recipe_of(values), values["seeds"], values["key"])


ON_INPUTS = Need(MEASURE.name, ("input_noise",))
ON_PARAMETERS = Need(MEASURE.name, ("parameter_noise",))
NOISE = (
    MEASURE,
    *needing([p.INPUT_RANGE], ON_INPUTS),
    *needing([p.PARAMETER_RANGE], ON_PARAMETERS),
    p.POINTS,
    p.IMAGES,
    *needing([p.MODE, p.NOISY, p.DRAWS], ON_PARAMETERS),
    *needing([p.ANYWAY], ON_INPUTS),
)
_NOISE = (*NOISE, *p.network_parameters())
ROBUSTNESS: PageTable = page_table(
    "robustness",
    "Robustness",
    "pages/1_Robustness.py",
    (
        MEASURE,
        SHOW,
        *p.strength_parameters(REGISTRY, chosen_by=SHOW.name),
        COMPOSE,
        VERSUS,
        *_NOISE[1:],
        p.ERROR_AXIS,
        p.THEORY,
    ),
    states=(pin_parameter(_NOISE), *PREDICTING),
    determining=_NOISE,
    conditions=curve_conditions(robustness_experiment, _NOISE),
)
ON_ROTATION = Need(p.TASK.name, (p.TASK.default,))
TRANSFERRED = (
    p.TASK,
    p.PROBE,
    p.BUDGETS,
    replace(p.IMAGES, default=4_000),
    *needing([p.SPLIT], ON_ROTATION),
)
_TRANSFER = (*TRANSFERRED, *p.network_parameters())
TRANSFER: PageTable = page_table(
    "transfer",
    "Transfer",
    "pages/2_Transfer.py",
    (
        *_TRANSFER[:2],
        TRANSFER_SHOW,
        *p.strength_parameters(REGISTRY, TRANSFER_STRENGTHS, chosen_by=TRANSFER_SHOW.name),
        COMPOSE,
        VERSUS,
        *_TRANSFER[2:],
        replace(p.ERROR_AXIS, default="linear"),
    ),
    states=(pin_parameter(_TRANSFER), *PREDICTING),
    determining=_TRANSFER,
    conditions=curve_conditions(transfer_experiment, _TRANSFER),
)
