from __future__ import annotations

import dataclasses
import logging

import numpy as np
import pytest
from curve_studies import (
    curve_digest,
    curve_study,
    save_checks,
    save_curve,
    stored_checks,
    stored_curve,
    whole_curve,
)

from dissociation.core import study
from dissociation.core.curves import MeasuredCurve
from dissociation.core.digests import training_digest
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Duplicate, Nuisance, Scale
from dissociation.core.measures import InputNoise, ParameterNoise, SeedCurve
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.networks.network import weights_digest
from dissociation.core.networks.training import Recipe
from dissociation.core.same_function import SameFunction, check_studies
from dissociation.engine import library as module
from dissociation.engine import records
from dissociation.engine.codec import encode
from dissociation.engine.library import Library
from dissociation.engine.records import History
from dissociation.engine.store import Store, pack

RECIPE = Recipe(width=16)
PLAN = Experiment(ParameterNoise(points=3), (Scale(2.0),), RECIPE)
CURVE = SeedCurve(np.arange(3, dtype=np.int64)[None], np.full(3, 10_000), 5, 10_000)
CHECKS = (FunctionCheck(1e-7, 0, 2e-7, 1, 10_000),) * 2


@pytest.fixture
def library(tmp_path):
    made = Library(Store(tmp_path))
    yield made
    made.store.close()


def afresh(library: Library) -> Library:
    """The same store, seen by a library that holds nothing in memory."""
    return Library(library.store)


def save(library, network, seed=0, recipe=RECIPE):
    history = History((0.0,), (2.3,), (0.9,), (10_000,), weights_digest(network), 1.0)
    library.save_network(recipe, seed, network, history)
    return history


class TestNetworks:
    def test_nothing_yet(self, library):
        assert library.network(RECIPE, 0) is None
        assert library.history(RECIPE, 0) is None and library.weights(RECIPE, 0) is None

    def test_there_and_back(self, library, small_networks):
        history = save(library, small_networks[0])
        for reader in (library, afresh(library)):
            found = reader.network(RECIPE, 0)
            assert weights_digest(found) == history.weights == reader.weights(RECIPE, 0)
            assert reader.history(RECIPE, 0) == history

    def test_none_is_read_to_ask_what_is_known_of_them(self, library, small_networks, monkeypatch):
        seeds = 3
        plans = [
            dataclasses.replace(PLAN, seeds=seeds, manipulations=(Scale(float(by)),))
            for by in range(2, 7)
        ]
        for seed in range(seeds):
            save(library, small_networks[seed % 2], seed)
            for plan in plans:
                save_curve(library, plan, seed, CURVE)
        for plan in plans:
            save_checks(library, plan, CHECKS * 2)
        again, reads = afresh(library), []
        get = again.store.get
        monkeypatch.setattr(again.store, "get", lambda *of: reads.append(of[1]) or get(*of))
        for _ in range(2):
            assert all(whole_curve(again, plan) and stored_checks(again, plan) for plan in plans)
        # One record of each network's training, curves and checks; each once, and no network.
        assert len(reads) == len(set(reads)) == seeds + 2 * 5 * seeds
        assert not {training_digest(RECIPE, seed) for seed in range(seeds)} & set(reads)

    def test_what_must_be_sound_is_read_once(self, library, small_networks, monkeypatch):
        save(library, small_networks[0])
        again = afresh(library)
        monkeypatch.setattr(module, "NETWORKS_IN_MEMORY", 0)
        reads = []
        get = again.store.get
        monkeypatch.setattr(again.store, "get", lambda *of: reads.append(of[1]) or get(*of))
        assert all(again.trained(RECIPE, 0) for _ in range(5)) and len(reads) == 2
        assert not again.trained(RECIPE, 1)
        library.store._drop("models", training_digest(RECIPE, 0))
        monkeypatch.setattr(module, "SOUND", 0.0)
        assert not again.trained(RECIPE, 0) and again.weights(RECIPE, 0) is not None

    def test_seeds_and_recipes_are_apart(self, library, small_networks):
        save(library, small_networks[0])
        assert library.network(RECIPE, 1) is None
        assert library.network(Recipe(width=17), 0) is None

    def test_the_history_comes_last(self, library, small_networks, monkeypatch):
        # If the process dies in between, the pair does not count as there.
        order = []
        monkeypatch.setattr(library.store, "put", lambda *arguments: order.append(arguments[:2]))
        save(library, small_networks[0])
        name = training_digest(RECIPE, 0)
        assert order == [("models", name), ("models", name + ".history")]
        # Weights without a history are no network.
        monkeypatch.undo()
        library.store.put("models", name, records.pack_network(small_networks[0]))
        assert afresh(library).network(RECIPE, 0) is None

    def test_weights_that_the_history_does_not_know(self, library, small_networks, caplog):
        save(library, small_networks[0])
        name = training_digest(RECIPE, 0)
        library.store.put("models", name, records.pack_network(small_networks[1]))
        with caplog.at_level(logging.WARNING):
            assert afresh(library).network(RECIPE, 0) is None
        assert "computing it again" in caplog.text

    @pytest.mark.parametrize("raw", [b"", b"nonsense", pack({}, {"checks": []})])
    def test_damaged_records(self, library, small_networks, raw):
        save(library, small_networks[0])
        name = training_digest(RECIPE, 0)
        library.store.put("models", name, raw)
        assert afresh(library).network(RECIPE, 0) is None
        library.store.put("models", name + ".history", raw)
        assert afresh(library).history(RECIPE, 0) is None

    def test_few_are_kept_in_memory(self, library, small_networks, monkeypatch):
        monkeypatch.setattr(module, "NETWORKS_IN_MEMORY", 2)
        for seed, network in enumerate(small_networks):
            save(library, network, seed)
        assert len(library._networks) == 2
        reads = []
        get = library.store.get
        monkeypatch.setattr(
            library.store, "get", lambda *arguments: reads.append(arguments[1]) or get(*arguments)
        )
        for seed in (2, 1, 0):
            assert library.network(RECIPE, seed) is not None
        # The two latest came from memory, the first from the store.
        weights = [name for name in reads if not name.endswith(".history")]
        assert weights == [training_digest(RECIPE, 0)]


class TestCurves:
    def test_there_and_back(self, library, small_networks):
        save(library, small_networks[0])
        save_curve(library, PLAN, 0, CURVE, 2.5)
        found = afresh(library).stored(curve_study(PLAN, 0))
        np.testing.assert_array_equal(found.result.curve.errors, CURVE.errors)
        assert found.seconds == 2.5
        assert stored_curve(library, PLAN, 1) is None

    def test_belongs_to_the_weights(self, library, small_networks):
        # Retrained to other weights, a network has no curve yet.
        save(library, small_networks[0])
        save_curve(library, PLAN, 0, CURVE, 2.5)
        save(library, small_networks[1])
        assert stored_curve(library, PLAN, 0) is None
        save(library, small_networks[0])
        assert stored_curve(library, PLAN, 0) is not None

    @pytest.mark.parametrize(
        "change",
        [
            dict(manipulations=(Scale(3.0),)),
            dict(key=1),
            dict(measure=ParameterNoise(points=3, mode="relative")),
            dict(recipe=Recipe(width=17)),
        ],
    )
    def test_belongs_to_the_experiment(self, library, small_networks, change):
        for recipe in (RECIPE, Recipe(width=17)):
            save(library, small_networks[0], recipe=recipe)
        save_curve(library, PLAN, 0, CURVE, 2.5)
        assert stored_curve(library, dataclasses.replace(PLAN, **change), 0) is None

    def test_invariant_experiments_share_the_trained_networks(self, library, small_networks):
        trained = Experiment(InputNoise(points=3), recipe=RECIPE)
        save(library, small_networks[0])
        save_curve(library, trained, 0, CURVE, 2.5)
        exact = dataclasses.replace(trained, manipulations=(Duplicate(), Nuisance(8.0)))
        assert stored_curve(library, exact, 0) is not None
        assert stored_curve(library, dataclasses.replace(exact, measure_anyway=True), 0) is None

    def test_of_another_number_of_points(self, library, small_networks):
        weights = save(library, small_networks[0]).weights
        other = dataclasses.replace(PLAN, measure=dataclasses.replace(PLAN.measure, points=4))
        longer = SeedCurve(np.zeros((1, 4), np.int64), np.full(4, 10_000))
        found = MeasuredCurve(curve_study(other, 0), longer, PLAN.measure.parts)
        library.store.put("curves", curve_digest(PLAN, 0, weights), encode(found, 1.0))
        assert stored_curve(library, PLAN, 0) is None


class TestChecks:
    def test_there_and_back(self, library, small_networks):
        for seed in range(2):
            save(library, small_networks[seed], seed)
        assert stored_checks(library, PLAN) is None
        save_checks(library, PLAN, CHECKS)
        assert stored_checks(afresh(library), PLAN) == CHECKS
        assert stored_checks(library, dataclasses.replace(PLAN, key=1)) is None
        other = dataclasses.replace(PLAN, manipulations=(Scale(3.0),))
        assert stored_checks(library, other) is None

    def test_not_without_their_networks(self, library, small_networks):
        save(library, small_networks[0], 0)
        save_checks(library, PLAN, CHECKS)
        assert stored_checks(library, PLAN) is None

    def test_do_not_depend_on_the_measure(self):
        other = dataclasses.replace(PLAN, measure=InputNoise(), measure_anyway=True)
        assert check_studies(other) == check_studies(PLAN)

    def test_digest_follows_everything_else(self, monkeypatch):
        found = {check_studies(PLAN)[1].digest(), check_studies(PLAN)[0].digest()}
        changes = (dict(key=1), dict(recipe=Recipe(width=17)), dict(manipulations=(Scale(3.0),)))
        for change in changes:
            found.add(check_studies(dataclasses.replace(PLAN, **change))[0].digest())
        monkeypatch.setattr(SameFunction, "version", SameFunction.version + 1)
        study._digest.cache_clear()
        found.add(check_studies(PLAN)[0].digest())
        study._digest.cache_clear()
        assert len(found) == 6
