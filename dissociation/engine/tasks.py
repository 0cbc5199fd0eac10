"""The two kinds of work: train a network, and compute studies."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from dissociation.core.digests import training_digest
from dissociation.core.networks.network import Network, seed_key, weights_digest
from dissociation.core.networks.training import Recipe, train
from dissociation.core.study import Study, Trained
from dissociation.core.validation import DamagedData
from dissociation.engine.library import Library
from dissociation.engine.records import History
from dissociation.engine.task import Step, Task


class TrainTask(Task):
    """Trains one seed of a recipe; publishes its [`History`][] so far, in epochs."""

    def __init__(self, library: Library, recipe: Recipe, seed: int):
        self.library, self.recipe, self.seed = library, recipe, seed
        self.kind, self.asked = "train", recipe
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


class StudyTask(Task):
    """Computes studies that are one batch, and stores the result of each once it is complete.

    Publishes `{digest of the study: its result}` so far.

    **Arguments:**

    - `studies`: see [`Study.batches`][].
    - `first`: whether what only adds to something else comes before what is asked for after it,
        until there is a first of it.
    """

    def __init__(self, library: Library, *studies: Study, first: bool = False):
        self.library, self.studies = library, studies
        self.kind = studies[0].name
        self.asked = type(studies[0]).held_together(studies)
        self.digests = tuple(study.digest() for study in studies)
        self.penalty = 0.0 if first else studies[0].penalty(None)
        self.resumes = studies[0].resumes
        plans = dict.fromkeys(plan for study in studies for plan in study.needs())
        self.needs = still_to_train(library, plans)
        self._begun: dict[str, Any] = {}
        self._seconds = 0.0
        self._saved: dict[str, float] = {}

    def resume(self, found: Mapping[str, Any], seconds: float) -> Step | None:
        """See [`Task.resume`][]."""
        far = {found[name].progress for name in self.digests if name in found}
        if len(far) != 1 or not found.keys() >= set(self.digests):
            return None
        self._begun, self._seconds = {name: found[name] for name in self.digests}, seconds
        return self._published(self._begun)

    def run(self) -> Iterator[Step | None]:
        """See [`Task.run`][]."""
        # Nobody looks before it is offered to be done ahead.
        known = [self.library.result(study) for study in self.studies]
        if None not in known:
            yield self._published(dict(zip(self.digests, known, strict=True)))
            return
        kind, begun = type(self.studies[0]), tuple(self._begun.values())
        spent = self._seconds
        begin = time.perf_counter()
        for news in kind.stream_together(self.studies, self._network, begun):
            spent += time.perf_counter() - begin
            if news is None:
                yield None
                begin = time.perf_counter()
                continue
            yield self.step(dict(zip(self.digests, news, strict=False)), spent)
            begin = time.perf_counter()

    def _network(self, plan: Trained) -> Network:
        return trained_network(self.library, *plan)

    def step(self, results: Mapping[str, Any], seconds: float, *, elsewhere: float = 0.0) -> Step:
        """What to publish of results so far; those that are complete now are stored as well.

        **Arguments:**

        - `results`: by the digests of their studies.
        - `seconds`: of compute time for all of them; `elsewhere`: see [`Step`][].
        """
        new = [n for n, one in results.items() if one.complete and n not in self._saved]
        since = seconds - sum(self._saved.values())
        for name in new:
            self._saved[name] = since / len(new)
            self.library.save(results[name], self._saved[name])
        penalties = (self.studies[0].penalty(found) for found in results.values())
        self.penalty = max(self.penalty, *penalties)
        return self._published(results, elsewhere)

    def _published(self, results: Mapping[str, Any], elsewhere: float = 0.0) -> Step:
        done = sum(result.progress for result in results.values())
        return Step(done, len(self.studies), dict(results), elsewhere)
