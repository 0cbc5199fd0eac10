"""Typed access to the store: networks, histories and results by what they are of."""

from __future__ import annotations

import collections
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from dissociation.core.digests import training_digest
from dissociation.core.networks.network import Network
from dissociation.core.networks.training import Recipe
from dissociation.core.study import Result, Study
from dissociation.engine import records
from dissociation.engine.bookkeeping import DAMAGED, HIT, MISS, note_read
from dissociation.engine.codec import Stored, decode, encode
from dissociation.engine.store import DamagedEntry, Store

log = logging.getLogger(__name__)
T = TypeVar("T")
#: Networks kept in memory: about 7 MB each at width 1024.
NETWORKS_IN_MEMORY = 12
#: Seconds for which a network that was read is taken to be there: all tasks of a page ask for it.
SOUND = 10.0
#: Decoded records of other kinds: a class asks for the same ones over and over.
RECORDS_IN_MEMORY = 512


class Library:
    """What has been computed already, decoded."""

    def __init__(self, store: Store):
        self.store = store
        self._lock = threading.Lock()
        self._networks: collections.OrderedDict[str, Network] = collections.OrderedDict()
        self._records: collections.OrderedDict[str, Any] = collections.OrderedDict()
        self._sound: dict[str, float] = {}

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

    def stored(self, study: Study) -> Stored | None:
        """The complete result of a study with the time it took; `None` if it is not stored."""
        if study.instant:
            return Stored(study.compute(), 0.0)
        weights = self._weights_of(study)
        if weights is None:
            return None
        return self._record("curves", study.digest(weights), lambda raw: decode(raw, study))

    def result(self, study: Study) -> Any:
        """The complete result of a study, `None` if it is not stored."""
        found = self.stored(study)
        return None if found is None else found.result

    def results(self, studies: Iterable[Study]) -> list[Any] | None:
        """The complete results of some studies, `None` if not all are stored."""
        found = [self.result(study) for study in studies]
        return None if None in found else found

    def save(self, result: Result, seconds: float = 0.0) -> None:
        """Stores the complete result of a study, unless its networks have gone.

        **Arguments:**

        - `seconds`: of compute time that it took.
        """
        weights = self._weights_of(result.study)
        if weights is not None:
            self.store.put("curves", result.study.digest(weights), encode(result, seconds))

    def _weights_of(self, study: Study) -> tuple[str, ...] | None:
        found = tuple(self.weights(*plan) for plan in study.needs())
        return None if None in found else found  # type: ignore[return-value]
