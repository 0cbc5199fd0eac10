"""The tables of the pages that compare curves: Robustness and Transfer."""

from __future__ import annotations

from dataclasses import replace

from dissociation.address import parameters as p
from dissociation.address.compare import COMPOSE, VERSUS
from dissociation.address.parameter import CHOICE, RANGE, Need, Parameter, needing
from dissociation.address.pins import pin_parameter
from dissociation.address.predicting import PREDICTING
from dissociation.address.table import PageTable, Values, curve_conditions, page_table
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import REGISTRY
from dissociation.core.measures import Transfer, noises
from dissociation.core.measures.noise_measure import NoiseMeasure

#: Measures of noise by name; the first is the usual one.
NOISES = noises()
MEASURE = Parameter(
    "measure",
    "Noise on",
    CHOICE,
    next(iter(NOISES)),
    choices={name: cls.place for name, cls in NOISES.items()},
)


def short_name(noise: str) -> str:
    """Of a measure of noise, as names of parameters begin."""
    return noise.removesuffix("_noise")


def _range(cls: type[NoiseMeasure]) -> Parameter:
    means = f" ({cls.unit_means})" if cls.unit_means else ""
    return Parameter(
        f"{short_name(cls.name)}_range",
        "Noise range σ",
        RANGE,
        (cls.noise_low, cls.noise_high),
        f"Standard deviation, in {cls.unit}{means}.",
        *cls.limits,
        True,
    )


#: The noise range of each, by its name.
RANGES = {name: _range(cls) for name, cls in NOISES.items()}


def noise_settings(noise: str) -> tuple[str, ...]:
    """Names of the further parameters of a measure of noise."""
    cls = NOISES[noise]
    further = (*cls.options, *cls.counts)
    return (*further, p.ANYWAY.name) if cls.sees_only_function else further


SHOW = p.show_parameter(REGISTRY, ("scale", "duplicate", "nuisance", "input_null"))
#: The notebook's strengths for transfer, weaker than those of its noise panels.
TRANSFER_STRENGTHS = {"scale": 20.0, "duplicate": 1.2, "nuisance": 128}
TRANSFER_SHOW = p.show_parameter(REGISTRY, ("scale", "duplicate", "nuisance"))


def noise_measure(values: Values) -> NoiseMeasure:
    """The noise measure that a page's values choose. **Raises:** `InvalidValue`."""
    cls = NOISES[values[MEASURE.name]]
    low, high = values[RANGES[cls.name].name]
    ends = {"noise_low": low, "noise_high": high}
    fields = ("images", "points", *cls.options, *cls.counts)
    return cls(**ends, **{field: values[field] for field in fields})


def robustness_experiment(values: Values, steps: tuple) -> Experiment:
    """One curve of the Robustness page."""
    return Experiment(
        noise_measure(values),
        steps,
        p.recipe_of(values),
        values["seeds"],
        values["key"],
        NOISES[values[MEASURE.name]].sees_only_function and values[p.ANYWAY.name],
    )


def transfer_measure(values: Values) -> Transfer:
    """The transfer measure that a page's values choose. **Raises:** `InvalidValue`."""
    split = values["split"] if ON_ROTATION.met(values) else Transfer.split
    return Transfer(values["images"], values["points"], values["task"], values["probe"], split)


def transfer_experiment(values: Values, steps: tuple) -> Experiment:
    """One curve of the Transfer page."""
    measure = transfer_measure(values)
    return Experiment(measure, steps, p.recipe_of(values), values["seeds"], values["key"])


def noise_ranges() -> tuple[Parameter, ...]:
    """The noise range of each measure of noise."""
    ranges = RANGES.items()
    return tuple(q for name, own in ranges for q in needing([own], Need(MEASURE.name, (name,))))


def noise_options(*, anyway: bool) -> tuple[Parameter, ...]:
    """The further fields of measures of noise; one that several have is one parameter.

    **Arguments:**

    - `anyway`: whether with the flag to measure what is known to be equal.
    """
    found: dict[str, Parameter] = {}
    having: dict[str, tuple[str, ...]] = {}
    for name, cls in NOISES.items():
        own = p.option_parameters(cls, cls())
        if anyway and cls.sees_only_function:
            own.append(p.ANYWAY)
        for known in own:
            found.setdefault(known.name, known)
            having[known.name] = (*having.get(known.name, ()), name)
    return tuple(
        q
        for known in found.values()
        for q in needing([known], Need(MEASURE.name, having[known.name]))
    )


NOISE = (MEASURE, *noise_ranges(), p.POINTS, p.IMAGES, *noise_options(anyway=True))
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
