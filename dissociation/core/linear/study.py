"""One linear task with all that the lab shows of it: walks, pairs of families, drift, noise."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float64

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
from dissociation.core.networks.network import Network
from dissociation.core.sizes import MB
from dissociation.core.study import Result, Study, Trained
from dissociation.core.tables import Column, Table
from dissociation.core.validation import check_choice, check_integer, check_number, set_frozen

STEPS, SIZE, SPREAD, DRAWS = (1, 60), (0.01, 0.5), (0.0, 2.0), (2, 1_000)
#: Noise scales of the closed forms, and those at which noise is drawn.
SIGMA, SAMPLED = np.logspace(-2, 0.5, 41), np.logspace(-2, 0.5, 6)
#: Studies that are kept, about 1 MB each.
_KEPT = 16
_ALONG = {"rsa_with_start": "similarity", "decoder_error": "decoder"}


@dataclass(frozen=True)
class LinearStudy(Study):
    """What is looked at.

    - `task`: what the networks compute; its `key` is that of all randomness.
    - `n_hidden`: hidden neurons.
    - `family`: whose walk is shown, a name of `FAMILIES`.
    - `steps`, `size`, `spread`: of the walks, see `walk.walks`.
    - `scaling`: of parameter noise, a name of `noise.SCALINGS`; `draws`: of noise.

    **Raises:** `InvalidValue` if a field lies outside its range, or the hidden layer is a
    bottleneck.
    """

    name = "linear"
    instant = True

    task: LinearTask = LinearTask()
    n_hidden: int = 24
    family: str = "gls"
    steps: int = 60
    size: float = 0.15
    spread: float = 0.6
    scaling: str = "paper"
    draws: int = 600

    def __post_init__(self) -> None:
        check_choice("family", self.family, tuple(FAMILIES))
        check_choice("scaling", self.scaling, tuple(noise.SCALINGS))
        set_frozen(
            self,
            n_hidden=check_hidden(self.n_hidden, self.task.n_in, self.task.outputs),
            steps=check_integer("steps", self.steps, *STEPS),
            size=check_number("step", self.size, *SIZE),
            spread=check_number("spread", self.spread, *SPREAD),
            draws=check_integer("draws", self.draws, *DRAWS),
        )

    @property
    def title(self) -> str:
        """See [`Study.title`][]."""
        return FAMILIES[self.family].label

    def needs(self) -> tuple[Trained, ...]:
        """See [`Study.needs`][]: none; its networks are made in closed form."""
        return ()

    def memory(self) -> float:
        """See [`Study.memory`][]: of the walks, with what is drawn at a time."""
        return 64 * MB

    def stream(self, *networks: Network) -> Iterator[LinearResult]:
        """See [`Study.stream`][]: everything at once; it takes some hundredths of a second."""
        yield study_linear(self)


#: The name that scripts which were exported import.
linear_from_json = LinearStudy.from_json


class Walk(NamedTuple):
    """The walk of one family.

    - `networks`: its weights, T of them; `similarity`: `(T, P, P)`; `embedding`: `(T, P, 2)`.
    - `outputs`: `(T, n_out, P)`; `loss`: `(T,)`.
    - `change`: the largest change of an output, as a share of the largest output.
    """

    networks: Weights
    similarity: Float64[np.ndarray, "T P P"]
    embedding: Float64[np.ndarray, "T P 2"]
    outputs: Float64[np.ndarray, "T n_out P"]
    loss: Float64[np.ndarray, " T"]
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
class LinearResult(Result[LinearStudy]):
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
    least: dict[str, Float64[np.ndarray, " S"]]

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]."""
        return 1.0

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        return f"{self.study.draws} draws of noise"

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][]: every number, one a row.

        `x` is a step of the walk or a noise scale; `low` and `high` are the range over pairs of
        networks, or one standard error of drawn noise on either side.
        """
        names = ("quantity", "family", "target", "x", "value", "low", "high")
        columns = zip(names, zip(*self._rows(), strict=True), strict=True)
        return {"values": Table("All numbers", tuple(Column(*column) for column in columns))}

    def as_text(self) -> str:
        """See [`Result.as_text`][]: what changed along the walk, then a row a family."""
        ends: dict[str, list[Any]] = {
            "Family": [family.label for family in FAMILIES.values()],
            "RSA with start": [self.drift[name].similarity[-1] for name in FAMILIES],
            "Decoder error": [self.drift[name].decoder[-1] for name in FAMILIES],
        }
        for kind, title in ((INPUTS, "Loss, input noise"), (PARAMETERS, "parameter noise")):
            ends[title] = [self.noisy[kind][name].expected[-1] for name in FAMILIES]
        table = Table("", tuple(Column(name, values) for name, values in ends.items()))
        return (
            f"Outputs moved by at most {self.walk.change:.1e} of the largest along "
            f"{self.study.steps} steps. At the end of each walk, and under noise of "
            f"σ = {SIGMA[-1]:.3g}:\n\n{table.as_text()}"
        )

    def numbers(self) -> dict[str, Any]:
        """See [`Result.numbers`][]: without the weights, which the study makes again."""
        records = self.tables()["values"].records()
        return {
            "rank": self.solved.rank,
            "residual": self.solved.residual,
            "largest_output_change": self.walk.change,
            "loss": self.walk.loss.tolist(),
            "values": [
                {name: value for name, value in record.items() if value not in ("", None)}
                for record in records
            ],
        }

    def _rows(self) -> Iterator[tuple[str, str, str, float, float, float, float]]:
        nothing = math.nan
        for name, drift in self.drift.items():
            for quantity, attribute in _ALONG.items():
                for step, value in enumerate(getattr(drift, attribute)):
                    yield quantity, name, "", step, float(value), nothing, nothing
        for quantity, measured in self.pairs._asdict().items():
            for i, source in enumerate(FAMILIES):
                for j, target in enumerate(FAMILIES):
                    mean, low, high = (float(values[i, j]) for values in measured)
                    yield quantity, source, target, nothing, mean, low, high
        for kind, families in self.noisy.items():
            for name, noisy in families.items():
                for sigma, value in zip(SIGMA, noisy.expected, strict=True):
                    number = float(value)
                    yield f"{kind}_noise_expected", name, "", float(sigma), number, nothing, nothing
                for sigma, mean, error in zip(SAMPLED, *noisy.sampled, strict=True):
                    ends = float(mean - error), float(mean + error)
                    yield f"{kind}_noise_sampled", name, "", float(sigma), float(mean), *ends


LinearStudy.result = LinearResult


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
def study_linear(study: LinearStudy) -> LinearResult:
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
    return LinearResult(
        study,
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
