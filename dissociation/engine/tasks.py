"""The three kinds of work: train a network, measure curves, check functions."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator

import numpy as np

from dissociation import manipulations as manipulate
from dissociation.engine.jobs import Step, Task
from dissociation.engine.library import Library, check_digest
from dissociation.engine.records import History
from dissociation.errors import DamagedData
from dissociation.experiment import Experiment, noise_key, training_digest
from dissociation.function_checks import FunctionCheck, function_check
from dissociation.measures.base import SeedCurve
from dissociation.memory_need import Check
from dissociation.network import Network, seed_key, weights_digest
from dissociation.training import Recipe, train


class TrainTask(Task):
    """Trains one seed of a recipe; publishes its [`History`][] so far, in epochs."""

    def __init__(self, library: Library, recipe: Recipe, seed: int):
        self.library, self.recipe, self.seed = library, recipe, seed
        self.asked = recipe
        self.digests = (training_digest(recipe, seed),)
        # One after the other: the first network's curves can begin while the second still trains.
        if seed > 0 and library.weights(recipe, seed - 1) is None:
            previous: Task = TrainTask(library, recipe, seed - 1)
            self.needs = (previous,)

    def run(self) -> Iterator[Step]:
        """See [`Task.run`][]."""
        history, network, seconds = History(), None, 0.0
        begin = time.perf_counter()
        for state in train(self.recipe, seed_key(self.seed)):
            seconds += time.perf_counter() - begin
            history = History(
                (*history.epochs, state.epoch),
                (*history.losses, state.loss),
                (*history.errors, state.error),
                (*history.images, state.images),
                seconds=seconds,
            )
            last = state.epoch >= self.recipe.epochs
            if last:
                network = Network(*(np.array(weight) for weight in state.network))
                history = dataclasses.replace(history, weights=weights_digest(network))
                self.library.save_network(self.recipe, self.seed, network, history)
            yield Step(state.epoch, max(self.recipe.epochs, 1), history)
            begin = time.perf_counter()


def trained_network(library: Library, recipe: Recipe, seed: int) -> Network:
    """A network that was trained before. **Raises:** `DamagedData` if it has gone."""
    network = library.network(recipe, seed)
    if network is None:
        raise DamagedData("A trained network has gone from the store. Please try again.")
    return network


def still_to_train(library: Library, plans: Iterable[tuple[Recipe, int]]) -> tuple[Task, ...]:
    """One task for each of these networks (recipe, seed) that is not trained yet."""
    missing = (plan for plan in plans if library.weights(*plan) is None)
    return tuple(TrainTask(library, *plan) for plan in missing)


def _networks(library: Library, experiment: Experiment, seeds: tuple[int, ...]) -> list[Network]:
    return [trained_network(library, experiment.recipe, seed) for seed in seeds]


class MeasureTask(Task):
    """Measures several conditions on the same seeds together.

    Publishes `{plan digest: SeedCurve}` so far, in images. The experiments differ in nothing but
    their manipulations; measured together they share noise and as much arithmetic as they can.
    """

    def __init__(
        self, library: Library, experiments: tuple[Experiment, ...], seeds: tuple[int, ...]
    ):
        self.library, self.seeds = library, seeds
        self.experiments = tuple(experiment.canonical() for experiment in experiments)
        self.asked = [dataclasses.replace(e, seeds=len(seeds)) for e in self.experiments]
        self.digests = tuple(
            experiment.seed_digest(seed) for experiment in self.experiments for seed in seeds
        )
        self.needs = still_to_train(library, [(experiments[0].recipe, seed) for seed in seeds])

    def run(self) -> Iterator[Step | None]:
        """See [`Task.run`][]."""
        first = self.experiments[0]
        trained = _networks(self.library, first, self.seeds)
        key = noise_key(first.key)
        keys = [seed_key(seed, key) for seed in self.seeds]
        begin = time.perf_counter()
        networks = [
            [
                manipulate.apply_all(network, experiment.manipulations, key=own)
                for network, own in zip(trained, keys, strict=True)
            ]
            for experiment in self.experiments
        ]
        total = float(first.measure.total.sum()) * len(self.seeds) * len(networks)
        curves: list[list[SeedCurve]] = []
        seconds = 0.0
        for news in first.measure.stream(networks, keys=keys, key=key):
            seconds += time.perf_counter() - begin
            if news is None:
                yield None
                begin = time.perf_counter()
                continue
            curves = news
            done = float(sum(curve.images.sum() for row in curves for curve in row))
            if done >= total:
                self._save(curves, seconds / len(self.digests))
            yield Step(done, total, self._by_digest(curves))
            begin = time.perf_counter()

    def _by_digest(self, curves: list[list[SeedCurve]]) -> dict[str, SeedCurve]:
        flat = [curve for row in curves for curve in row]
        return dict(zip(self.digests, flat, strict=True))

    def _save(self, curves: list[list[SeedCurve]], seconds: float) -> None:
        for experiment, row in zip(self.experiments, curves, strict=True):
            for seed, curve in zip(self.seeds, row, strict=True):
                weights = self.library.weights(experiment.recipe, seed)
                if weights is not None:
                    self.library.save_curve(experiment, seed, weights, curve, seconds)


class CheckTask(Task):
    """Checks whether manipulated networks compute the same function; publishes one check a seed."""

    # First points of a curve matter more to whoever is waiting.
    handicap = 1.5

    def __init__(self, library: Library, experiment: Experiment):
        self.library, self.experiment = library, experiment
        self.asked = Check(experiment)
        self.digests = (check_digest(experiment),)
        plans = [(experiment.recipe, seed) for seed in range(experiment.seeds)]
        self.needs = still_to_train(library, plans)

    def run(self) -> Iterator[Step]:
        """See [`Task.run`][]."""
        seeds = tuple(range(self.experiment.seeds))
        key = noise_key(self.experiment.key)
        checks: tuple[FunctionCheck, ...] = ()
        networks = _networks(self.library, self.experiment, seeds)
        for seed, network in zip(seeds, networks, strict=True):
            own = seed_key(seed, key)
            rewritten = manipulate.apply_all(network, self.experiment.manipulations, key=own)
            # One noise for all seeds: drawing it costs as much as the comparison.
            checks = (*checks, function_check(network, rewritten, key=key))
            if len(checks) == len(seeds):
                self.library.save_checks(self.experiment, checks)
            yield Step(len(checks), len(seeds), checks)
