"""The parameters that pages share: of manipulations, networks, measures and views.

They are made from the declarations of manipulations, measures and recipes: a new
manipulation needs no line here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from dissociation.address.parameter import (
    CHOICE,
    CHOICES,
    FLAG,
    INTEGER,
    NUMBER,
    Need,
    Parameter,
    needing,
)
from dissociation.core.data.tasks import SPLITS, TASKS
from dissociation.core.experiment import MAX_KEY, MAX_SEEDS
from dissociation.core.manipulations import REGISTRY as MANIPULATIONS
from dissociation.core.manipulations import Manipulation
from dissociation.core.measures.transfer import PROBES
from dissociation.core.networks.network import NOTEBOOK_KEY
from dissociation.core.networks.training import PAPER, QUICK, RECIPES, Recipe


def strength_parameters(
    names: Iterable[str], strengths: Mapping[str, float] | None = None, *, chosen_by: str = ""
) -> list[Parameter]:
    """For each manipulation: its strength, under its name, and its further fields.

    **Arguments:**

    - `names`: of the manipulations.
    - `strengths`: default strengths where they differ from the declared ones.
    - `chosen_by`: the parameter that says which manipulations a page applies; by default all.
    """
    found: list[Parameter] = []
    for name in names:
        cls = MANIPULATIONS[name]
        declared = cls.strength_range
        strength = Parameter(
            name,
            f"{declared.symbol} ({declared.unit})",
            INTEGER if declared.integer else NUMBER,
            (strengths or {}).get(name, declared.default),
            f"{cls.rule}. Exact on {_defaults(cls).exact_on}.",
            declared.low,
            declared.high,
            declared.log,
        )
        needs = [Need(chosen_by, (name,))] if chosen_by else []
        found.extend(needing([strength, *_further(cls)], *needs))
    return found


def _defaults(cls: type[Manipulation]) -> Manipulation:
    return cls()  # type: ignore[call-arg]


def _further(cls: type[Manipulation]) -> list[Parameter]:
    values = _defaults(cls)
    found = []
    if len(cls.layers) > 1:
        words = {"1": "1 (between W1 and W2)", "2": "2 (between W2 and W3)"}
        found.append(
            Parameter(
                f"{cls.name}.layer",
                "Hidden layer",
                CHOICE,
                str(values.layer),
                "Which hidden layer is rewritten.",
                choices=words,
            )
        )
    return [*found, *option_parameters(cls, values, f"{cls.name}.")]


def option_parameters(declared: Any, values: Any, prefix: str = "") -> list[Parameter]:
    """The further fields of a manipulation or a measure.

    **Arguments:**

    - `declared`: its class, with `options` and `counts`; `values`: the usual one.
    - `prefix`: of the parameters' names, before those of the fields.
    """
    found = [
        Parameter(
            f"{prefix}{field}",
            option.label,
            CHOICE,
            getattr(values, field),
            option.help,
            choices=option.choices,
            own=option.own,
        )
        for field, option in declared.options.items()
    ]
    for field, count in declared.counts.items():
        label, default = count.meaning.capitalize(), getattr(values, field)
        ends = float(count.low), float(count.high)
        found.append(Parameter(f"{prefix}{field}", label, INTEGER, default, count.help, *ends))
    return found


def show_parameter(names: Iterable[str], default: Iterable[str]) -> Parameter:
    """Which manipulations are compared with the trained network."""
    return Parameter(
        "show",
        "Compare the trained network with",
        CHOICES,
        list(default),
        "Each is a rewrite of the same trained networks.",
        choices={name: MANIPULATIONS[name].label for name in names},
    )


def network_parameters() -> list[Parameter]:
    """Which networks: recipe (or a custom one), number of seeds, and the key of the noise."""
    custom = Need("recipe", ("custom",), implied=True)
    own = (
        Parameter("epochs", "Epochs", INTEGER, QUICK.epochs, "Passes over 60,000 images.", 0, 100),
        Parameter(
            "rate",
            "Learning rate",
            NUMBER,
            QUICK.learning_rate,
            "Of plain SGD. Above 0.5 training can diverge or leave dead networks: at width 1,024 "
            "from 0.7 with batches of 8, from 1.5 with batches of 64.",
            1e-4,
            2.0,
            True,
        ),
        Parameter("batch", "Batch size", INTEGER, QUICK.batch, "Images a step.", 8, 4096, True),
        Parameter(
            "width", "Hidden width", INTEGER, QUICK.width, "Neurons a layer.", 16, 4096, True
        ),
    )
    return [
        Parameter(
            "recipe",
            "Training recipe",
            CHOICE,
            "quick",
            "Quick: seconds a network. Paper: the notebook's 30 epochs.",
            choices={
                "quick": f"quick ({QUICK.epochs} epochs)",
                "paper": f"paper ({PAPER.epochs} epochs)",
                "custom": "custom",
            },
        ),
        *needing(own, custom),
        Parameter(
            "seeds", "Networks (seeds)", INTEGER, 2, "Independently trained.", 1, float(MAX_SEEDS)
        ),
        Parameter(
            "key",
            "Random key",
            INTEGER,
            NOTEBOOK_KEY,
            "Of all noise and random rewrites; the same key gives the same numbers.",
            0,
            float(MAX_KEY),
        ),
    ]


IMAGES = Parameter(
    "images", "Test images", INTEGER, 10_000, "How many images each point rests on.", 100, 10_000
)
POINTS = Parameter("points", "Noise scales", INTEGER, 40, "Points on the curve.", 2, 200)
ANYWAY = Parameter(
    "anyway",
    "Measure identical curves anyway",
    FLAG,
    False,
    "Exact rewrites have the trained network's curve by construction; measure them all the same.",
)
THEORY = Parameter(
    "theory",
    "Predicted by theory",
    FLAG,
    True,
    "The error expected over all draws of the noise, computed without drawing any: a thin dotted "
    "line in each condition's colour.",
)
ERROR_AXIS = Parameter(
    "axis",
    "Error axis",
    CHOICE,
    "log",
    "Logarithmic shows small errors, linear shows large ones.",
    choices={"log": "logarithmic", "linear": "linear"},
)
TASK = Parameter("task", "New task", CHOICE, "rotation", choices=TASKS)
PROBE = Parameter(
    "probe",
    "Probe",
    CHOICE,
    "converged",
    "The notebook's probe stops after 200 steps, which makes it depend on feature scale.",
    choices=PROBES,
)
SPLIT = Parameter("split", "Rotation classes", CHOICE, "shuffled", choices=SPLITS)
BUDGETS = Parameter("points", "Budgets", INTEGER, 8, "Equal steps up to all images.", 1, 50)


def recipe_of(values: Mapping[str, Any]) -> Recipe:
    """The recipe that a page's values choose. **Raises:** `InvalidValue`."""
    if values["recipe"] in RECIPES:
        return RECIPES[values["recipe"]]
    final = min(QUICK.final_learning_rate, values["rate"])
    return Recipe(values["epochs"], values["batch"], values["rate"], final, values["width"])


def manipulation_of(name: str, values: Mapping[str, Any]) -> Manipulation:
    """One manipulation with the strength and options that a page's values choose."""
    cls = MANIPULATIONS[name]
    fields: dict[str, Any] = {"strength": float(values[name])}
    for declared in dataclasses.fields(cls):
        key = f"{name}.{declared.name}"
        if key in values:
            fields[declared.name] = int(values[key]) if declared.name == "layer" else values[key]
    return cls(**fields)
