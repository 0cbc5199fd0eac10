"""The three kinds of work: train a network, measure curves, check functions."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from dissociation.core import manipulations as manipulate
from dissociation.core.digests import training_digest
from dissociation.core.experiment import Experiment, noise_key
from dissociation.core.measures.base import SeedCurve
from dissociation.core.memory_need import Check
from dissociation.core.networks.function_checks import FunctionCheck, function_check
from dissociation.core.networks.network import Network, seed_key, weights_digest
from dissociation.core.networks.training import Recipe, train
from dissociation.core.validation import DamagedData
from dissociation.engine.begun import Beginning
from dissociation.engine.jobs import Step, Task
from dissociation.engine.library import Library, check_digest
from dissociation.engine.records import History


class TrainTask(Task):
    """Trains one seed of a recipe; publishes its [`History`][] so far, in epochs."""

    def __init__(self, library: Library, recipe: Recipe, seed: int):
        self.library, self.recipe, self.seed = library, recipe, seed
        self.asked = recipe
        self.digests = (training_digest(recipe, seed),)
        # One after the other: the first network's curves can begin while the second still trains.
        self.after = (training_digest(recipe, seed - 1),) if seed > 0 else ()

    def run(self) -> Iterator[Step]:
        """See [`Task.run`][]."""
        for history, network in training(self.recipe, self.seed):
            if network is not None:
                self.library.save_network(self.recipe, self.seed, network, history)
            yield self.step(history)

    def step(self, history: History, *, elsewhere: float = 0.0) -> Step:
        """What to publish of a history so far; `elsewhere`: see [`Step`][]."""
        return Step(history.epochs[-1], max(self.recipe.epochs, 1), history, elsewhere)


def training(recipe: Recipe, seed: int) -> Iterator[tuple[History, Network | None]]:
    """Trains a network. **Returns:** its histories so far, and with the last one the network."""
    history, seconds = History(), 0.0
    begin = time.perf_counter()
    for state in train(recipe, seed_key(seed)):
        seconds += time.perf_counter() - begin
        history = history.then(state.epoch, state.loss, state.error, state.images, seconds)
        network = None
        if state.epoch >= recipe.epochs:
            network = Network(*(np.array(weight) for weight in state.network))
            digest = weights_digest(network)
            history = dataclasses.replace(history, weights=digest, silent=state.silent)
        yield history, network
        begin = time.perf_counter()


def trained_network(library: Library, recipe: Recipe, seed: int) -> Network:
    """A network that was trained before. **Raises:** `DamagedData` if it has gone."""
    network = library.network(recipe, seed)
    if network is None:
        raise DamagedData("A trained network has gone from the store. Please try again.")
    return network


def still_to_train(library: Library, plans: Iterable[tuple[Recipe, int]]) -> tuple[Task, ...]:
    """One task for each of these networks (recipe, seed) that is not trained yet."""
    missing = (plan for plan in plans if not library.trained(*plan))
    return tuple(TrainTask(library, *plan) for plan in missing)


def _networks(library: Library, experiment: Experiment, seeds: tuple[int, ...]) -> list[Network]:
    return [trained_network(library, experiment.recipe, seed) for seed in seeds]


def to_measure(
    experiments: Sequence[Experiment], networks: Sequence[Network], seeds: Sequence[int]
) -> dict[str, Any]:
    """Trained networks, rewritten for each experiment, with keys: arguments of their measure."""
    key = noise_key(experiments[0].key)
    keys = [seed_key(seed, key) for seed in seeds]
    rewritten = [
        [
            manipulate.apply_all(network, experiment.manipulations, key=own)
            for network, own in zip(networks, keys, strict=True)
        ]
        for experiment in experiments
    ]
    return {"networks": rewritten, "keys": keys, "key": key}


def check_of(experiment: Experiment, network: Network, seed: int) -> FunctionCheck:
    """Whether one of an experiment's rewritten networks computes what its trained one does."""
    key = noise_key(experiment.key)
    own = seed_key(seed, key)
    rewritten = manipulate.apply_all(network, experiment.manipulations, key=own)
    # One noise for all seeds: drawing it costs as much as the comparison.
    return function_check(network, rewritten, key=key)


class MeasureTask(Task):
    """Measures several conditions on the same seeds together.

    Publishes `{plan digest: SeedCurve}` so far, in images. The experiments differ in nothing but
    their manipulations; measured together they share noise and as much arithmetic as they can.
    """

    resumes = True

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

    def _names(self) -> list[str]:
        # By their histories: to look at the networks they may have to be read from the disk.
        recipe = self.experiments[0].recipe
        histories = [self.library.history(recipe, seed) for seed in self.seeds]
        weights = [None if history is None else history.weights for history in histories]
        return [
            experiment.seed_digest(seed, own)
            for experiment in self.experiments
            for seed, own in zip(self.seeds, weights, strict=True)
        ]

    def _step_of(self, known: Sequence[Beginning]) -> Step:
        curves = (beginning.curve for beginning in known)
        return self.step(dict(zip(self.digests, curves, strict=True)), known[0].seconds)

    def so_far(self) -> tuple[Step, float] | None:
        """See [`Task.so_far`][]."""
        known = self.library.begun.together(self._names())
        return (self._step_of(known), known[0].seconds) if known else None

    def run(self) -> Iterator[Step | None]:
        """See [`Task.run`][]. Goes on where another job for the same curves was dropped."""
        measure = self.experiments[0].measure
        trained = _networks(self.library, self.experiments[0], self.seeds)
        names = self._names()
        parts, seconds, curves = 0, 0.0, []
        if known := self.library.begun.together(names):
            parts, seconds = known[0].parts, known[0].seconds
            flat = [beginning.curve for beginning in known]
            yield self._step_of(known)
            starts = range(0, len(flat), len(self.seeds))
            curves = [flat[start : start + len(self.seeds)] for start in starts]
        begin = time.perf_counter()
        arguments = to_measure(self.experiments, trained, self.seeds)
        for news in measure.stream(**arguments, begun=(parts, curves)):
            seconds += time.perf_counter() - begin
            if news is None:
                yield None
                begin = time.perf_counter()
                continue
            parts += 1
            flat = [curve for row in news for curve in row]
            kept = zip(names, flat, strict=True)
            self.library.begun.note({n: Beginning(parts, curve, seconds) for n, curve in kept})
            yield self.step(dict(zip(self.digests, flat, strict=True)), seconds)
            begin = time.perf_counter()
        self.library.begun.forget(names)

    def step(self, curves: dict[str, SeedCurve], seconds: float, *, elsewhere: float = 0.0) -> Step:
        """What to publish of curves so far, by their digests; complete, they are stored as well.

        **Arguments:**

        - `seconds`: of compute time for all of them; `elsewhere`: see [`Step`][].
        """
        total = float(self.experiments[0].measure.total.sum()) * len(self.digests)
        done = float(sum(curve.images.sum() for curve in curves.values()))
        if done >= total:
            self._save(curves, seconds / len(self.digests))
        return Step(done, total, curves, elsewhere)

    def _save(self, curves: dict[str, SeedCurve], seconds: float) -> None:
        names = iter(self.digests)
        for experiment in self.experiments:
            for seed in self.seeds:
                curve = curves[next(names)]
                weights = self.library.weights(experiment.recipe, seed)
                if weights is not None:
                    self.library.save_curve(experiment, seed, weights, curve, seconds)


class CheckTask(Task):
    """Checks whether manipulated networks compute the same function; publishes one check a seed."""

    # First points of a curve matter more to whoever is waiting.
    penalty = 1.5

    def __init__(self, library: Library, experiment: Experiment):
        self.library, self.experiment = library, experiment
        self.asked = Check(experiment)
        self.digests = (check_digest(experiment),)
        plans = [(experiment.recipe, seed) for seed in range(experiment.seeds)]
        self.needs = still_to_train(library, plans)

    def run(self) -> Iterator[Step]:
        """See [`Task.run`][]."""
        seeds = tuple(range(self.experiment.seeds))
        checks: tuple[FunctionCheck, ...] = ()
        networks = _networks(self.library, self.experiment, seeds)
        for seed, network in zip(seeds, networks, strict=True):
            checks = (*checks, check_of(self.experiment, network, seed))
            yield self.step(checks)

    def step(self, checks: tuple[FunctionCheck, ...], *, elsewhere: float = 0.0) -> Step:
        """What to publish of checks so far; complete, they are stored as well."""
        if len(checks) == self.experiment.seeds:
            self.library.save_checks(self.experiment, checks)
        return Step(len(checks), self.experiment.seeds, checks, elsewhere)
