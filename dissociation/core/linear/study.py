"""One linear task with all that the lab shows of it: walks, pairs of families, drift, noise."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from dissociation.core.experiment import SCHEMA
from dissociation.core.json_forms import check_object, check_schema
from dissociation.core.linear import noise
from dissociation.core.linear.families import FAMILIES, Weights, check_hidden
from dissociation.core.linear.noise import INPUTS, PARAMETERS, Sampled
from dissociation.core.linear.pairs import Pairs, compare_families
from dissociation.core.linear.representation import (
    decoder_drift,
    embeddings,
    similarity_drift,
    similarity_matrices,
)
from dissociation.core.linear.solved import Solved, solve
from dissociation.core.linear.task import LinearTask
from dissociation.core.linear.walk import largest_change, walks
from dissociation.core.validation import check_choice, check_integer, check_number, settle

STEPS, SIZE, SPREAD, DRAWS = (1, 60), (0.01, 0.5), (0.0, 2.0), (2, 1_000)
#: Noise scales of the closed forms, and those at which noise is drawn.
SIGMA, SAMPLED = np.logspace(-2, 0.5, 41), np.logspace(-2, 0.5, 6)
#: Studies that are kept, about 1 MB each.
_KEPT = 16


@dataclass(frozen=True)
class LinearStudy:
    """What is looked at.

    - `task`: what the networks compute; its `key` is that of all randomness.
    - `n_hidden`: hidden neurons.
    - `family`: whose walk is shown, a name of `FAMILIES`.
    - `steps`, `size`, `spread`: of the walks, see `walk.walks`.
    - `scaling`: of parameter noise, a name of `noise.SCALINGS`; `draws`: of noise.

    **Raises:** `InvalidValue` if a field lies outside its range, or the hidden layer is a
    bottleneck.
    """

    task: LinearTask = LinearTask()
    n_hidden: int = 24
    family: str = "gls"
    steps: int = 60
    size: float = 0.15
    spread: float = 0.6
    scaling: str = "paper"
    draws: int = 600

    def __post_init__(self):
        check_choice("family", self.family, tuple(FAMILIES))
        check_choice("scaling", self.scaling, tuple(noise.SCALINGS))
        settle(
            self,
            n_hidden=check_hidden(self.n_hidden, self.task.n_in, self.task.outputs),
            steps=check_integer("steps", self.steps, *STEPS),
            size=check_number("step", self.size, *SIZE),
            spread=check_number("spread", self.spread, *SPREAD),
            draws=check_integer("draws", self.draws, *DRAWS),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values that [`linear_from_json`][] reads back."""
        return {"schema": SCHEMA, **dataclasses.asdict(self)}


def linear_from_json(values: Any) -> LinearStudy:
    """A study from the plain values of [`LinearStudy.to_json`][]; what is left out is as usual.

    **Raises:** `InvalidValue` that names the field and what it may be.
    """
    known = {field.name for field in dataclasses.fields(LinearStudy)}
    fields = dict(check_object("linear study", values, {*known, "schema"}))
    check_schema(fields, SCHEMA)
    fields.pop("schema", None)
    if "task" in fields:
        names = {field.name for field in dataclasses.fields(LinearTask)}
        fields["task"] = LinearTask(**check_object("linear task", fields["task"], names))
    return LinearStudy(**fields)


class Walk(NamedTuple):
    """The walk of one family.

    - `networks`: its weights, T of them; `similarity`: `(T, P, P)`; `embedding`: `(T, P, 2)`.
    - `outputs`: `(T, n_out, P)`; `loss`: `(T,)`.
    - `change`: the largest change of an output, as a share of the largest output.
    """

    networks: Weights
    similarity: np.ndarray
    embedding: np.ndarray
    outputs: np.ndarray
    loss: np.ndarray
    change: float


class Drift(NamedTuple):
    """Along a family's walk: `similarity`, RSA with its start, and `decoder`, error of its decoder;
    `(T,)` each.
    """

    similarity: np.ndarray
    decoder: np.ndarray


class Noisy(NamedTuple):
    """A family's first network under one noise: `expected` at `SIGMA`, `sampled` at `SAMPLED`."""

    expected: np.ndarray
    sampled: Sampled


@dataclass(frozen=True)
class LinearFindings:
    """What a study found.

    - `solved`: the task; `walk`: of the family that is shown.
    - `drift`, by family; `pairs`: of families; `noisy`: by kind of noise, then by family.
    - `least`: by kind of noise, what no solution is below, at `SIGMA`.
    """

    solved: Solved
    walk: Walk
    drift: dict[str, Drift]
    pairs: Pairs
    noisy: dict[str, dict[str, Noisy]]
    least: dict[str, np.ndarray]


def _walk(solved: Solved, networks: Weights) -> Walk:
    hidden = networks.w1 @ solved.x
    outputs = networks.w2 @ hidden
    return Walk(
        networks,
        similarity_matrices(hidden),
        embeddings(networks, solved.x),
        outputs,
        np.sum((outputs - solved.y) ** 2, axis=(1, 2)) / (2 * solved.items),
        largest_change(networks, solved.x),
    )


def _noisy(study: LinearStudy, solved: Solved, first: dict[str, Weights]) -> dict:
    drawn = {"draws": study.draws, "key": study.task.key}
    on_inputs = noise.sampled_input_noise(first, solved, SAMPLED, **drawn)
    on_weights = noise.sampled_parameter_noise(first, solved, SAMPLED, study.scaling, **drawn)
    return {
        INPUTS: {
            name: Noisy(noise.input_noise_loss(one, solved, SIGMA), on_inputs[name])
            for name, one in first.items()
        },
        PARAMETERS: {
            name: Noisy(
                noise.parameter_noise_loss(one, solved, SIGMA, study.scaling), on_weights[name]
            )
            for name, one in first.items()
        },
    }


@functools.lru_cache(maxsize=_KEPT)
def study_linear(study: LinearStudy) -> LinearFindings:
    """Everything at once; it takes some hundredths of a second."""
    solved = solve(study.task.data())
    found = walks(
        solved,
        study.n_hidden,
        steps=study.steps,
        size=study.size,
        spread=study.spread,
        key=study.task.key,
    )
    other = solve(dataclasses.replace(study.task, targets=1 - study.task.targets).data())
    scaling = study.n_hidden, SIGMA, study.scaling
    return LinearFindings(
        solved,
        _walk(solved, found[study.family]),
        {
            name: Drift(similarity_drift(one, solved.x), decoder_drift(one, solved.x))
            for name, one in found.items()
        },
        compare_families(solved, other, study.n_hidden, spread=study.spread, key=study.task.key),
        _noisy(study, solved, {name: one.one(0) for name, one in found.items()}),
        {
            INPUTS: noise.least_input_noise_loss(solved, SIGMA),
            PARAMETERS: noise.least_parameter_noise_loss(solved, *scaling),
        },
    )
