from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest
from curve_studies import (
    checking,
    curve_digest,
    curve_study,
    measuring,
    stored_checks,
    stored_curve,
)

from dissociation.core.digests import training_digest
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import InputNull, Nuisance, Scale, apply_all
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.networks.function_checks import function_check
from dissociation.core.networks.network import seed_key, weights_digest
from dissociation.core.networks.training import PARTS_PER_EPOCH, Recipe, trained
from dissociation.core.runner import run
from dissociation.core.same_function import check_studies
from dissociation.core.validation import DamagedData
from dissociation.engine.jobs import Step
from dissociation.engine.library import Library
from dissociation.engine.store import Store
from dissociation.engine.tasks import TrainTask

#: Thirty steps, shared with the other tests of the engine, so that they are compiled once.
TINY = Recipe(epochs=1, batch=2_000, width=16)
PLAN = Experiment(ParameterNoise(images=300, points=3, noise_low=0.01), recipe=TINY)
STEPS = ((), (Scale(20.0),), (Nuisance(8.0),))
CONDITIONS = tuple(dataclasses.replace(PLAN, manipulations=steps) for steps in STEPS)


@pytest.fixture(scope="module")
def networks():
    return [trained(TINY, seed_key(seed)) for seed in range(2)]


@pytest.fixture
def library(tmp_path):
    made = Library(Store(tmp_path))
    yield made
    made.store.close()


@pytest.fixture
def stocked(library):
    """A library with two trained networks."""
    for seed in range(2):
        list(TrainTask(library, TINY, seed).run())
    return library


def published(task):
    return [step for step in task.run() if step is not None]


class TestTrainTask:
    def test_trains_what_the_science_trains(self, library, networks):
        task = TrainTask(library, TINY, 1)
        assert task.digests == (training_digest(TINY, 1),)
        # One network after the other.
        assert task.needs == ()
        assert task.after == (training_digest(TINY, 0),)
        list(task.run())
        found = Library(library.store).network(TINY, 1)
        assert weights_digest(found) == weights_digest(networks[1])
        assert library.network(TINY, 0) is None

    def test_publishes_its_history(self, library):
        found = published(TrainTask(library, TINY, 0))
        assert len(found) == 1 + PARTS_PER_EPOCH
        assert [step.total for step in found] == [1] * len(found)
        assert [step.done for step in found] == [step.result.epochs[-1] for step in found]
        for number, step in enumerate(found, 1):
            lists = (step.result.epochs, step.result.losses, step.result.errors, step.result.images)
            assert [len(values) for values in lists] == [number] * 4
            assert bool(step.result.weights) == (number == len(found))
        assert found[-1].done == 1 and found[-1].result == library.history(TINY, 0)
        seconds = [step.result.seconds for step in found]
        assert seconds == sorted(seconds)

    def test_no_epochs(self, library):
        recipe = dataclasses.replace(TINY, epochs=0)
        (step,) = published(TrainTask(library, recipe, 0))
        assert step.result.epochs == (0.0,) and library.network(recipe, 0) is not None

    def test_abandoned_it_leaves_nothing(self, library):
        steps = TrainTask(library, TINY, 0).run()
        for _ in range(4):
            next(steps)
        steps.close()
        assert library.history(TINY, 0) is None and library.network(TINY, 0) is None


class TestCurves:
    def test_needs_what_is_not_trained_yet(self, library, stocked):
        task = measuring(stocked, CONDITIONS, (0, 1, 2, 4))
        assert [need.digests for need in task.needs] == [
            (training_digest(TINY, seed),) for seed in (2, 4)
        ]
        assert len(task.digests) == len(set(task.digests)) == 12

    def test_gives_each_conditions_own_curve(self, stocked, networks):
        task = measuring(stocked, CONDITIONS, (0, 1))
        last = published(task)[-1]
        assert last.done == last.total == 2 * 3
        for condition in CONDITIONS:
            expected = run(condition, networks)
            for seed in range(2):
                found = last.result[curve_digest(condition, seed)].curve
                assert np.abs(found.errors - expected.seeds[seed].errors).max() <= 2
                stored = stocked.stored(curve_study(condition, seed))
                np.testing.assert_array_equal(stored.result.curve.errors, found.errors)
                assert stored.seconds > 0

    def test_of_later_seeds_only(self, library, networks):
        list(TrainTask(library, TINY, 1).run())
        last = published(measuring(library, CONDITIONS[1:2], (1,)))[-1]
        (found,) = last.result.values()
        expected = run(CONDITIONS[1], networks).seeds[1]
        assert np.abs(found.curve.errors - expected.errors).max() <= 2
        assert stored_curve(library, CONDITIONS[1], 1) is not None

    @pytest.mark.parametrize(
        "measure", [InputNoise(images=300, points=2), Transfer(images=200, points=2)]
    )
    def test_publishes_growing_results(self, stocked, measure):
        plan = dataclasses.replace(PLAN, measure=measure)
        found = published(measuring(stocked, (plan,), (0, 1)))
        done = [step.done for step in found]
        assert done == sorted(set(done)) and done[-1] == found[-1].total
        assert all(set(step.result) == set(found[-1].result) for step in found)

    def test_stores_nothing_before_the_end(self, stocked):
        steps = measuring(stocked, CONDITIONS, (0, 1)).run()
        for step in steps:
            if step is not None and step.done < step.total:
                break
        steps.close()
        assert step is not None and stored_curve(stocked, CONDITIONS[0], 0) is None

    def test_invariant_conditions_are_measured_once(self, stocked):
        measure = InputNoise(images=300, points=2)
        found = [dataclasses.replace(c, measure=measure) for c in CONDITIONS]
        assert len({curve_digest(c, 0) for c in found}) == 1
        list(measuring(stocked, (found[1],), (0, 1)).run())
        assert all(stored_curve(stocked, c, s) is not None for c in found for s in range(2))

    def test_without_its_networks(self, library):
        with pytest.raises(DamagedData, match="try again"):
            next(measuring(library, CONDITIONS, (0,)).run())


class TestChecks:
    def test_checks_each_seed(self, stocked, networks):
        condition = dataclasses.replace(PLAN, manipulations=(InputNull(0.1),))
        task = checking(stocked, condition)
        assert task.digests == tuple(study.digest() for study in check_studies(condition))
        assert len(set(task.digests)) == 2 and task.penalty > 0
        found = published(task)
        assert [(step.done, step.total) for step in found] == [(1, 2), (2, 2)]
        key = jax.random.PRNGKey(condition.key)
        checks = tuple(one.check for one in found[-1].result.values())
        for seed, check in enumerate(checks):
            own = jax.random.split(key, 2)[seed]
            rewritten = apply_all(networks[seed], condition.manipulations, key=own)
            expected = function_check(networks[seed], rewritten, key=key)
            assert check.logit_change == expected.logit_change
            assert check.predictions_changed == expected.predictions_changed
            # Which noise is drawn for the noisy half is the task's own business.
            assert check.noisy_predictions_changed == pytest.approx(
                expected.noisy_predictions_changed, rel=0.1
            )
        assert stored_checks(stocked, condition) == checks
        assert checks[0].noisy_predictions_changed > 100

    def test_needs_what_is_not_trained_yet(self, library):
        list(TrainTask(library, TINY, 1).run())
        task = checking(library, CONDITIONS[1])
        assert [need.digests for need in task.needs] == [(training_digest(TINY, 0),)]

    def test_abandoned_it_leaves_what_was_complete(self, stocked):
        steps = checking(stocked, CONDITIONS[1]).run()
        assert isinstance(next(steps), Step)
        steps.close()
        assert stored_checks(stocked, CONDITIONS[1]) is None
