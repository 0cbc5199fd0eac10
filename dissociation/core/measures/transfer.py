"""Transfer: how well a linear probe reads a new task from the second hidden layer."""

from __future__ import annotations

import functools
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float64, Int64

from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.tasks import (
    SPLITS,
    TASKS,
    TRANSFER_KEY,
    Task,
    least_prime_factor_task,
    rotation_task,
)
from dissociation.core.draws import Key, Keys
from dissociation.core.measures.base import (
    Axis,
    Curves,
    Measure,
    PreparedMeasurement,
    SeedCurve,
    check_images,
)
from dissociation.core.measures.converged_probe import converged_probe
from dissociation.core.measures.probes import NUM_FOLDS, ProbeResult, notebook_probes
from dissociation.core.measures.shared_features import SharedFeatures
from dissociation.core.networks.network import Network
from dissociation.core.validation import InvalidValue, check_choice, check_integer, set_frozen

PROBES = {
    "converged": "converged: normalised, regularised, optimised to a tolerance",
    "notebook": "notebook: 200 steps of gradient descent, depends on feature scale",
}
SMALLEST_BUDGET = 100


@dataclass(frozen=True)
class Transfer(Measure):
    """Held-out error of a probe on the second layer's activations, for growing numbers of images.

    Settings: `task` rotation or least_prime_factor; `split`, how rotation classes are drawn;
    `probe` converged or notebook; budgets at `points` equal steps up to `images`, the first
    `images / points`; 10 contiguous folds.
    """

    points: int = 8
    task: str = "rotation"
    probe: str = "converged"
    split: str = "shuffled"

    name: ClassVar = "transfer"
    label: ClassVar = "Transfer"
    about: ClassVar = (
        "A softmax regression is trained on the second hidden layer to solve a task the network "
        "was not trained for, with 10-fold cross-validation."
    )
    cite: ClassVar = "Braun, Grant & Saxe, Not all solutions are created equal, ICML 2025, Fig. 4"
    reads_digits: ClassVar = False
    #: 2: features whose squares leave the range of float32 are read like any others.
    version: ClassVar = 2

    def __post_init__(self) -> None:
        points = check_integer("points", self.points, 1, 50)
        set_frozen(self, images=check_images(self.images), points=points)
        check_choice("task", self.task, tuple(TASKS))
        check_choice("probe", self.probe, tuple(PROBES))
        check_choice("split", self.split, tuple(SPLITS))
        if self.x[0] < SMALLEST_BUDGET:
            raise InvalidValue(
                "points",
                self.points,
                f"give at most {self.images // SMALLEST_BUDGET}, so that the smallest budget has "
                f"{SMALLEST_BUDGET} images",
            )

    @property
    def x(self) -> Float64[np.ndarray, " n"]:
        """Budgets: numbers of images for training and held-out tests together."""
        steps = np.arange(1, self.points + 1) * self.images // self.points
        # Folds of equal size: the notebook's budgets are multiples of 10 as well.
        return (steps // NUM_FOLDS * NUM_FOLDS).astype(np.float64)

    @property
    def total(self) -> Int64[np.ndarray, " n"]:
        """See [`Measure.total`][]: every image of a budget is held out once."""
        return self.x.astype(np.int64)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """See [`Measure.axes`][]."""
        return (
            Axis("Budget (images)", self.x[0] * 0.9, self.x[-1] * 1.1, log=True),
            Axis("Transfer error", 0.0, 1.0, percent=True),
        )

    @property
    def chance(self) -> float:
        """See [`Measure.chance`][]: of guessing the most frequent class."""
        classes = self.build_task().classes
        return 1 - float(np.bincount(classes).max()) / len(classes)

    def build_task(self) -> Task:
        """The labelled images, shuffled. **Raises:** `DamagedData` if MNIST cannot be read."""
        return _task(self.task, self.split)

    @property
    def parts(self) -> int:
        """See [`Measure.parts`][]: budgets, in ascending order."""
        return self.points

    def prepared(
        self, networks: Sequence[Sequence[Network]], *, keys: Keys, key: Key
    ) -> PreparedMeasurement:
        """See [`Measure.prepared`][]. Nothing is drawn."""
        del keys, key
        return _PreparedTransfer(self, networks)


class _PreparedTransfer(PreparedMeasurement):
    def __init__(self, measure: Transfer, networks: Sequence[Sequence[Network]]):
        self._measure, self._conditions = measure, len(networks)
        seeds = range(len(networks[0]))
        self._shared = [SharedFeatures([row[s] for row in networks]) for s in seeds]

    def part(self, number: int) -> Generator[None, None, Curves]:
        """See [`PreparedMeasurement.part`][]: the probes of one budget."""
        measure, task = self._measure, self._measure.build_task()
        budget = int(measure.total[number])
        images = np.zeros(measure.points, np.int64)
        images[number] = budget
        curves: Curves = [[] for _ in range(self._conditions)]
        for features in self._shared:
            for found in self._probe(features, task, budget):
                if found is None:
                    yield None
                    continue
                condition, result = found
                errors = np.zeros((1, measure.points), np.int64)
                errors[0, number] = np.sum(result.predicted != task.classes[:budget])
                notes = {"probe": [_note(budget, result)]}
                curves[condition].append(SeedCurve(errors, images, notes=notes))
        return curves

    def _probe(
        self, features: SharedFeatures, task: Task, budget: int
    ) -> Iterator[tuple[int, ProbeResult] | None]:
        """Results of the conditions of one seed at one budget, with pauses."""
        everything = features.all_features(task.images[:budget])
        rows = task.classes[:budget], len(task.names)
        room = int(self._measure.total[-1])
        if self._measure.probe == "notebook":
            for group, hidden in enumerate(everything):
                members = features.members(group)
                scales, place = features.distinct_scales(members)
                results = notebook_probes(hidden, scales, *rows, room=room)
                yield None
                yield from ((c, results[p]) for c, p in zip(members, place, strict=True))
            return
        found: dict[int, ProbeResult] = {}
        for c in range(len(features.columns)):
            twin = features.twin(c)
            if twin is None:
                found[c] = converged_probe(features.select(everything, c), *rows, room=room)
                yield None
            else:
                found[c] = found[twin]
            yield c, found[c]


@functools.lru_cache(maxsize=2)
def _task(task: str, split: str) -> Task:
    data = mnist_test()
    if task == "rotation":
        return rotation_task(data.images, split=split, seed=TRANSFER_KEY)
    return least_prime_factor_task(data.images, data.labels, seed=TRANSFER_KEY)


def _note(budget: int, found: ProbeResult) -> dict[str, Any]:
    return {
        "budget": budget,
        "penalty": found.penalty,
        "iterations": found.iterations,
        "converged": found.converged,
    }
