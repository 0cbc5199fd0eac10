"""Typed access to the store: networks, histories, curves and checks by what they are of."""

from __future__ import annotations

import collections
import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dissociation.core.digests import digest, training_digest
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve, SeedCurve
from dissociation.core.networks.function_checks import CODE_VERSION as CHECK_VERSION
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.networks.network import Network
from dissociation.core.networks.training import Recipe
from dissociation.core.study import Result, Study
from dissociation.core.theory import Prediction, SeedPrediction
from dissociation.engine import records
from dissociation.engine.begun import Begun
from dissociation.engine.bookkeeping import DAMAGED, HIT, MISS, note_read
from dissociation.engine.codec import decode, encode
from dissociation.engine.store import DamagedEntry, Store
from dissociation.engine.theory_records import pack_prediction, theory_digest, unpack_prediction

log = logging.getLogger(__name__)
T = TypeVar("T")
#: Networks kept in memory: about 7 MB each at width 1024.
NETWORKS_IN_MEMORY = 12
#: Seconds for which a network that was read is taken to be there: all tasks of a page ask for it.
SOUND = 10.0
#: Decoded records of other kinds: a class asks for the same ones over and over.
RECORDS_IN_MEMORY = 512


def check_digest(experiment: Experiment, weights: Sequence[str | None] = ()) -> str:
    """Identifies the function checks of an experiment's networks.

    **Arguments:**

    - `weights`: digests of the trained weights; without them, the digest of the plan.
    """
    return digest(
        [
            "check",
            CHECK_VERSION,
            [training_digest(experiment.recipe, seed) for seed in range(experiment.seeds)],
            [step.identity() for step in experiment.manipulations],
            experiment.key,
            list(weights),
        ]
    )


class Library:
    """What has been computed already, decoded."""

    def __init__(self, store: Store):
        self.store = store
        self._lock = threading.Lock()
        self._networks: collections.OrderedDict[str, Network] = collections.OrderedDict()
        self._records: collections.OrderedDict[str, Any] = collections.OrderedDict()
        self._sound: dict[str, float] = {}
        self.begun = Begun()

    def _record(self, compartment: str, name: str, read: Callable[[bytes], T]) -> T | None:
        """A record that never changes once it is stored, read from the store only once."""
        with self._lock:
            if name in self._records:
                self._records.move_to_end(name)
                return self._records[name]
        found = self._read(compartment, name, read)
        if found is not None:
            with self._lock:
                self._records[name] = found
                while len(self._records) > RECORDS_IN_MEMORY:
                    self._records.popitem(last=False)
        return found

    def _read(self, compartment: str, name: str, read: Callable[[bytes], T]) -> T | None:
        raw = self.store.get(compartment, name)
        if raw is None:
            note_read(compartment, MISS)
            return None
        try:
            found = read(raw)
            note_read(compartment, HIT)
            return found
        except DamagedEntry as error:
            note_read(compartment, DAMAGED)
            log.warning("entry %s cannot be read (%s); computing it again", name[:12], error)
            return None

    def history(self, recipe: Recipe, seed: int) -> records.History | None:
        """How a network was trained, if it has been."""
        name = training_digest(recipe, seed) + ".history"
        return self._record("models", name, records.unpack_history)

    def network(self, recipe: Recipe, seed: int) -> Network | None:
        """A trained network, if it is stored with its history."""
        history = self.history(recipe, seed)
        if history is None:
            return None
        with self._lock:
            if history.weights in self._networks:
                self._networks.move_to_end(history.weights)
                return self._networks[history.weights]
        name = training_digest(recipe, seed)
        network = self._read(
            "models", name, lambda raw: records.unpack_network(raw, history.weights)
        )
        if network is None:
            self._sound.pop(history.weights, None)
        else:
            self._keep(history.weights, network)
        return network

    def _keep(self, weights: str, network: Network) -> None:
        with self._lock:
            self._networks[weights] = network
            self._sound[weights] = time.monotonic()
            while len(self._networks) > NETWORKS_IN_MEMORY:
                self._networks.popitem(last=False)

    def save_network(
        self, recipe: Recipe, seed: int, network: Network, history: records.History
    ) -> None:
        """Stores a trained network. The history comes last: with it the pair counts as there."""
        name = training_digest(recipe, seed)
        self._keep(history.weights, network)
        self.store.put("models", name, records.pack_network(network))
        self.store.put("models", name + ".history", records.pack_history(history))
        with self._lock:
            self._records.pop(name + ".history", None)

    def weights(self, recipe: Recipe, seed: int) -> str | None:
        """Digest of the trained weights, if the network was trained.

        What is stored of a network is found by them, even if the network has gone since.
        """
        history = self.history(recipe, seed)
        return None if history is None else history.weights

    def trained(self, recipe: Recipe, seed: int) -> bool:
        """Whether a network is stored and can be read; it is not if it was read a moment ago."""
        history = self.history(recipe, seed)
        if history is None:
            return False
        read = self._sound.get(history.weights, -math.inf)
        return time.monotonic() - read < SOUND or self.network(recipe, seed) is not None

    def curve(self, experiment: Experiment, seed: int) -> records.StoredCurve | None:
        """The complete curve of one of an experiment's networks."""
        weights = self.weights(experiment.recipe, seed)
        if weights is None:
            return None
        points = len(experiment.measure.x)
        return self._record(
            "curves",
            experiment.seed_digest(seed, weights),
            lambda raw: records.unpack_curve(raw, points),
        )

    def complete_curve(self, experiment: Experiment) -> Curve | None:
        """The curve of an experiment, if those of all its networks are stored."""
        seeds = []
        for seed in range(experiment.seeds):
            found = self.curve(experiment, seed)
            if found is None:
                return None
            seeds.append(found.curve)
        return Curve(experiment.measure.x, tuple(seeds), experiment.measure.total)

    def save_curve(
        self, experiment: Experiment, seed: int, weights: str, curve: SeedCurve, seconds: float
    ) -> None:
        """Stores the complete curve of one network."""
        name = experiment.seed_digest(seed, weights)
        self.store.put("curves", name, records.pack_curve(curve, seconds))

    def checks(self, experiment: Experiment) -> tuple[FunctionCheck, ...] | None:
        """The function checks of an experiment's networks, one a seed."""
        weights = self._all_weights(experiment)
        if None in weights:
            return None
        return self._record("curves", check_digest(experiment, weights), records.unpack_checks)

    def save_checks(self, experiment: Experiment, checks: tuple[FunctionCheck, ...]) -> None:
        """Stores function checks."""
        name = check_digest(experiment, self._all_weights(experiment))
        self.store.put("curves", name, records.pack_checks(checks))

    def prediction(self, experiment: Experiment, seed: int) -> SeedPrediction | None:
        """What theory predicts of the curve of one of an experiment's networks."""
        weights = self.weights(experiment.recipe, seed)
        if weights is None:
            return None
        points = len(experiment.measure.x)
        return self._record(
            "curves",
            theory_digest(experiment, seed, weights),
            lambda raw: unpack_prediction(raw, points),
        )

    def complete_prediction(self, experiment: Experiment) -> Prediction | None:
        """What theory predicts of the curve of an experiment, if it is of all its networks."""
        run = experiment.canonical()
        found = [self.prediction(run, seed) for seed in range(run.seeds)]
        seeds = [prediction for prediction in found if prediction is not None]
        return Prediction(run.measure.x, tuple(seeds)) if len(seeds) == run.seeds else None

    def save_prediction(
        self, experiment: Experiment, seed: int, weights: str, prediction: SeedPrediction
    ) -> None:
        """Stores what theory predicts of the curve of one network."""
        name = theory_digest(experiment, seed, weights)
        self.store.put("curves", name, pack_prediction(prediction))

    def result(self, study: Study) -> Any:
        """The complete result of a study, `None` if it is not stored."""
        if study.instant:
            return study.compute()
        weights = self._weights_of(study)
        if weights is None:
            return None
        return self._record("curves", study.digest(weights), lambda raw: decode(raw, study))

    def save(self, result: Result) -> None:
        """Stores the complete result of a study, unless its networks have gone."""
        weights = self._weights_of(result.study)
        if weights is not None:
            self.store.put("curves", result.study.digest(weights), encode(result))

    def _weights_of(self, study: Study) -> tuple[str, ...] | None:
        found = tuple(self.weights(*plan) for plan in study.needs())
        return None if None in found else found  # type: ignore[return-value]

    def _all_weights(self, experiment: Experiment) -> list[str | None]:
        return [self.weights(experiment.recipe, seed) for seed in range(experiment.seeds)]
