"""Watches over a real store and scheduler, with networks that are trained in a moment."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest
from curve_studies import curve_digest, stored_curve

from dissociation.core.digests import training_digest
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Duplicate, InputNull, Nuisance, Scale
from dissociation.core.measures import Curve, InputNoise, ParameterNoise, SeedCurve, Transfer
from dissociation.core.measures.base import FIRST_CHUNK
from dissociation.core.networks import training
from dissociation.core.networks.network import seed_key
from dissociation.core.networks.training import Recipe, trained
from dissociation.core.runner import run
from dissociation.core.validation import DamagedData
from dissociation.engine import admission
from dissociation.engine import jobs as j
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.jobs import Jobs
from dissociation.engine.library import Library
from dissociation.engine.store import Store
from dissociation.engine.training_watch import TrainingWatch
from dissociation.engine.watch import TRAINING
from dissociation.engine.words import sample_size

#: Thirty steps, shared with the other tests of the engine, so that they are compiled once.
TINY = Recipe(epochs=1, batch=2_000, width=16)
PLAN = Experiment(ParameterNoise(images=300, points=3, noise_low=0.01), recipe=TINY)
SCALED = dataclasses.replace(PLAN, manipulations=(Scale(20.0),))
PADDED = dataclasses.replace(PLAN, manipulations=(Nuisance(8.0),))
CLEAN = dataclasses.replace(PLAN, measure=InputNoise(images=300, points=3))
MEASURES = {
    "parameter noise": PLAN.measure,
    "input noise": CLEAN.measure,
    "transfer": Transfer(images=200, points=2),
}


class Bench:
    """A library and a scheduler whose time stands still, so that no lease lapses unasked."""

    def __init__(self, folder):
        self.now = 0.0
        self.library = Library(Store(folder))
        self.jobs = Jobs(clock=lambda: self.now, start=False)

    def curves(self, *experiments):
        return CurveWatch(self.library, self.jobs, experiments)

    def training(self, recipe=TINY, seeds=2):
        return TrainingWatch(self.library, self.jobs, recipe, seeds)

    def advance_until(self, condition):
        while not condition():
            assert self.jobs.advance(), "nothing left to do"

    def visit(self, *experiments):
        """A watch whose curves are complete."""
        watch = self.curves(*experiments)
        self.jobs.drain()
        return watch


@pytest.fixture(scope="module")
def trained_folder(tmp_path_factory):
    """A store with two trained networks; to be copied, not changed."""
    bench = Bench(tmp_path_factory.mktemp("store"))
    bench.training()
    bench.jobs.drain()
    bench.library.store.close()
    return bench.library.store.folder


@pytest.fixture
def fresh(tmp_path):
    made = Bench(tmp_path / "fresh")
    yield made
    made.library.store.close()


@pytest.fixture
def bench(trained_folder, tmp_path):
    folder = tmp_path / "stocked"
    shutil.copytree(trained_folder, folder)
    made = Bench(folder)
    yield made
    made.library.store.close()


@pytest.fixture
def no_time(monkeypatch):
    """Steps take no time, so that turns do not depend on what happens to be compiled."""
    monkeypatch.setattr(j.time, "perf_counter", lambda: 0.0)


def tasks(watch, kind):
    return [job.task for job in watch.all_jobs() if job.task.kind == kind]


def experiments(task):
    """Rewrites that are measured, and the numbers of networks."""
    rewrites = dict.fromkeys(study.manipulations for study in task.studies)
    return tuple(rewrites), tuple(dict.fromkeys(study.seed for study in task.studies))


def assert_same_curve(one: Curve, other: Curve, ties: int = 0):
    assert len(one.seeds) == len(other.seeds)
    for a, b in zip(one.seeds, other.seeds, strict=True):
        np.testing.assert_array_equal(a.images, b.images)
        assert np.abs(a.errors - b.errors).max() <= ties


class TestCurves:
    @pytest.mark.parametrize("name", MEASURES)
    def test_from_nothing_to_complete(self, fresh, name):
        plan = dataclasses.replace(PLAN, measure=MEASURES[name])
        null = dataclasses.replace(plan, manipulations=(InputNull(0.5),))
        watch = fresh.curves(plan, null)
        assert watch.curves() == [None, None] and watch.checks() == [None, None]
        seen = [watch.status()]
        while fresh.jobs.advance():
            seen.append(watch.status())
        # Each network is measured as soon as it is trained.
        assert len(tasks(watch, "train")) == 2 and len(tasks(watch, "curve")) == 2
        # Everything that is said on the way.
        states = [status.state for status in seen]
        assert states[0] == TRAINING and TRAINING not in states[states.index(j.RUNNING) :]
        assert any("training the next network" in status.message for status in seen)
        # Nothing is called complete that rests on fewer networks than asked for.
        assert not any(s.message.startswith("Complete: 1 network,") for s in seen)
        assert states.index(j.DONE) == len(states) - 1 and seen[-1].finished
        assert not any(status.finished or status.stored for status in seen[:-1])
        progress = [status.progress for status in seen]
        assert progress == sorted(progress) and progress[0] == 0 and progress[-1] == 1
        assert max(progress[:-1]) < 1
        seconds = [status.seconds for status in seen]
        assert seconds == sorted(seconds) and seconds[-1] > 0
        # And what comes of it.
        networks = [trained(TINY, seed_key(seed)) for seed in range(2)]
        for experiment, found in zip((plan, null), watch.curves(), strict=True):
            assert found.complete
            assert_same_curve(found, run(experiment, networks), ties=2)
        checks = watch.checks()
        assert checks[0] is None and len(checks[1]) == 2

    def test_grow(self, bench):
        watch = bench.curves(PLAN, SCALED)
        sizes = []
        while bench.jobs.advance():
            curves = [curve for curve in watch.curves() if curve is not None]
            sizes.append(sum(int(curve.images.sum()) for curve in curves))
        assert sizes == sorted(sizes) and len(set(sizes)) > 2 and 0 < sizes[-1]

    def test_seeds_that_are_there_are_not_trained_again(self, bench):
        watch = bench.curves(dataclasses.replace(PLAN, seeds=5))
        needed = {task.seed for task in tasks(watch, "train")}
        assert needed == {2, 3, 4}
        bench.jobs.drain()
        assert len(watch.curves()[0].seeds) == 5 and watch.status().state == j.DONE
        # Of two, the curves are now there without any work.
        again = bench.curves(PLAN)
        assert again.watched == [] and again.status().finished

    def test_stored_ones_are_there_at_once(self, bench):
        first = bench.visit(PLAN, SCALED)
        # As after a restart: another library, another scheduler.
        later = Bench(bench.library.store.folder)
        watch = later.curves(PLAN, SCALED)
        status = watch.status()
        assert watch.watched == [] and not later.jobs.advance()
        assert status.finished and status.stored and status.progress == 1
        assert status.state == j.DONE and status.seconds > 0
        for one, other in zip(watch.curves(), first.curves(), strict=True):
            assert_same_curve(one, other)
        assert watch.checks() == first.checks() and watch.checks()[1] is not None
        later.library.store.close()

    def test_two_watches_share_their_jobs(self, bench):
        one = bench.curves(PLAN, SCALED)
        bench.advance_until(lambda: one.curves()[0] is not None)
        two = bench.curves(PLAN, SCALED)
        assert {id(job) for job in two.watched} == {id(job) for job in one.watched}
        # Latecomers see what is known already.
        assert two.curves()[0] is not None and one.id != two.id
        bench.jobs.drain()
        for a, b in zip(one.curves(), two.curves(), strict=True):
            assert_same_curve(a, b)

    def test_overlapping_watches_measure_each_curve_once(self, bench):
        one = bench.curves(PLAN, SCALED)
        two = bench.curves(SCALED, PADDED)
        (first,), (second,) = (
            [t for t in tasks(w, "curve") if t not in shared]
            for w, shared in ((one, []), (two, tasks(one, "curve")))
        )
        assert experiments(first) == (((), SCALED.manipulations), (0, 1))
        assert experiments(second) == ((PADDED.manipulations,), (0, 1))
        bench.jobs.drain()
        assert_same_curve(one.curves()[1], two.curves()[0])
        assert all(watch.status().state == j.DONE for watch in (one, two))

    def test_only_missing_conditions_are_measured(self, bench):
        bench.visit(PLAN)
        watch = bench.curves(PLAN, SCALED)
        (task,) = tasks(watch, "curve")
        assert experiments(task)[0] == (SCALED.manipulations,) and not watch.all_stored
        # What is stored is drawn before anything is computed.
        assert watch.curves()[0].complete and watch.curves()[1] is None
        assert 0.4 < watch.status().progress < 0.6
        bench.jobs.drain()
        assert watch.status().state == j.DONE and watch.curves()[1].complete

    def test_only_missing_seeds_are_measured(self, bench):
        bench.visit(dataclasses.replace(PLAN, seeds=1))
        watch = bench.curves(PLAN)
        (task,) = tasks(watch, "curve")
        assert experiments(task)[1] == (1,)
        assert len(watch.curves()[0].seeds) == 1
        bench.jobs.drain()
        assert len(watch.curves()[0].seeds) == 2

    def test_invariant_conditions_share_the_trained_curve(self, bench):
        steps = ((), (Scale(20.0),), (Duplicate(2.0), Nuisance(8.0)))
        plans = [dataclasses.replace(CLEAN, manipulations=s) for s in steps]
        watch = bench.curves(*plans)
        (task,) = tasks(watch, "curve")
        assert experiments(task)[0] == ((),)
        bench.jobs.drain()
        trained_curve, *others = watch.curves()
        for other in others:
            assert all(a is b for a, b in zip(trained_curve.seeds, other.seeds, strict=True))
        # That they compute the same function is checked, not only claimed.
        checks = watch.checks()
        assert checks[0] is None
        assert all(c.logit_change < 1e-5 for found in checks[1:] for c in found)

    def test_two_visitors_at_the_same_moment(self, bench, monkeypatch):
        # Another visitor's job appears after this watch has looked for it.
        batches = CurveWatch._batches
        held = []

        def late(watch, studies):
            if not held:
                held.append(watch)
                held.append(bench.curves(PLAN))
            return batches(watch, studies)

        monkeypatch.setattr(CurveWatch, "_batches", late)
        watch = bench.curves(PLAN, SCALED)
        bench.jobs.drain()
        assert watch.status().state == j.DONE
        assert all(curve is not None and curve.complete for curve in watch.curves())
        assert_same_curve(watch.curves()[0], held[1].curves()[0])

    def test_a_complete_curve_is_not_said_to_wait(self, bench, no_time):
        # Its checks may still be in line.
        watch = bench.curves(PLAN, SCALED)
        messages = []
        while bench.jobs.advance():
            if all(curve is not None for curve in watch.curves()):
                messages.append(watch.status().message)
        assert len(messages) > 2
        assert not [m for m in messages if m.startswith(("Waiting", "Starting"))]

    def test_checks_come_after_the_first_points(self, bench, no_time):
        watch = bench.curves(PLAN, SCALED)
        bench.advance_until(lambda: watch.curves()[1] is not None)
        assert watch.checks() == [None, None]
        (check,) = (job for job in watch.watched if job.task.kind == "check")
        assert bench.jobs.snapshot(check).step is None
        # Of one network checked, the other not yet, nothing is said.
        bench.advance_until(lambda: bench.jobs.snapshot(check).step is not None)
        assert bench.jobs.snapshot(check).step.done == 1 and watch.checks() == [None, None]
        bench.jobs.drain()
        assert len(watch.checks()[1]) == 2


class TestVersion:
    def test_changes_with_everything_that_is_shown(self, bench):
        watch = bench.curves(PLAN, SCALED)
        bench.curves(PADDED)
        shown: dict[int, object] = {}
        while True:
            status = watch.status()
            curves = tuple(c and tuple(int(i) for i in c.images) for c in watch.curves())
            what = (status.state, status.message, curves, tuple(watch.checks()))
            assert shown.setdefault(watch.version, what) == what
            assert status.version == watch.version
            if not bench.jobs.advance():
                break
        assert len(shown) > 4

    def test_grows(self, fresh):
        # Even where others come to stand ahead: those who wait for networks are not in line yet.
        measure = ParameterNoise(images=100, points=2)
        plan = dataclasses.replace(
            PLAN, measure=measure, recipe=dataclasses.replace(TINY, epochs=0), seeds=1
        )
        for key in range(4):
            fresh.curves(dataclasses.replace(plan, key=key))
        other = dataclasses.replace(plan.recipe, width=17)
        watch = fresh.curves(dataclasses.replace(plan, recipe=other))
        versions = [watch.version]
        while fresh.jobs.advance():
            versions.append(watch.version)
        assert versions == sorted(versions)


class TestLeaving:
    def test_cancelling_keeps_what_is_known(self, bench):
        plan = dataclasses.replace(PLAN, measure=ParameterNoise(images=5_000, points=3))
        watch = bench.curves(plan)
        bench.advance_until(lambda: watch.curves()[0] is not None)
        known = watch.curves()[0]
        before = watch.version
        watch.cancel()
        assert watch.version > before
        # A browser that has not heard of it yet may still say that it is there.
        watch.renew()
        assert not bench.jobs.advance()
        status = watch.status()
        assert status.state == j.CANCELLED and status.finished and not known.complete
        seen = f"2 networks, {FIRST_CHUNK} of 5,000 images at 2 of 3 noise scales"
        assert status.message == f"Cancelled at {seen}."
        assert_same_curve(watch.curves()[0], known)
        assert stored_curve(bench.library, plan, 0) is None
        # Asked again, it starts again.
        again = bench.visit(plan)
        assert again.status().state == j.DONE and again.curves()[0].complete

    def test_cancelling_after_the_end_changes_nothing(self, bench):
        watch = bench.visit(PLAN)
        watch.cancel()
        assert watch.status().state == j.DONE

    def test_one_of_two_watches_leaves(self, bench):
        one, two = bench.curves(PLAN), bench.curves(PLAN)
        bench.jobs.advance()
        one.release()
        bench.jobs.drain()
        assert two.status().state == j.DONE

    def test_closed_tabs_are_noticed(self, fresh):
        watch = fresh.curves(PLAN)
        fresh.jobs.advance()
        fresh.now += j.LEASE - 1
        watch.renew()
        fresh.now += j.LEASE - 1
        assert fresh.jobs.advance()
        fresh.now += j.LEASE + 1
        assert not fresh.jobs.advance()
        status = watch.status()
        assert status.state in (j.CANCELLED, j.FAILED) and status.finished
        assert fresh.jobs.counts() == {j.QUEUED: 0, j.WAITING: 0, j.RUNNING: 0}


class TestTrouble:
    def test_damaged_data(self, fresh, monkeypatch):
        def damaged():
            raise DamagedData("The data file x is damaged; restore it.")

        with monkeypatch.context() as patch:
            patch.setattr(training, "mnist_train", damaged)
            watch = fresh.curves(PLAN, SCALED)
            fresh.jobs.drain()
        status = watch.status()
        assert status.state == j.FAILED and status.finished
        assert status.message == "The data file x is damaged; restore it."
        # Mended, the same question is answered.
        assert fresh.visit(PLAN, SCALED).status().state == j.DONE

    def test_a_defect(self, bench, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(ParameterNoise, "stream", lambda *a, **k: 1 / 0)
            watch = bench.visit(PLAN)
        assert (watch.status().state, watch.status().message) == (j.FAILED, j.APOLOGY)
        assert bench.visit(PLAN).status().state == j.DONE

    @pytest.mark.parametrize(
        "in_memory",
        [True, False],
    )
    def test_a_network_that_is_gone_is_trained_again(self, bench, in_memory):
        # Its history is small and may stay when the weights are evicted or damaged.
        name = training_digest(TINY, 1)
        expected = bench.visit(PLAN).curves()[0]
        if not in_memory:
            bench.library._networks.clear()
            bench.library._sound.clear()
        bench.library.store._caches["models"].delete(name)
        bench.library.store._caches["curves"].clear()
        watch = bench.visit(PLAN)
        assert watch.status().state == j.DONE, watch.status().message
        assert_same_curve(watch.curves()[0], expected)

    @pytest.mark.parametrize(
        "what",
        [".history", ""],
    )
    def test_a_damaged_network_is_trained_again(self, bench, what):
        expected = bench.visit(PLAN).curves()[0]
        bench.library._networks.clear()
        bench.library._sound.clear()
        bench.library.store._caches["models"].set(training_digest(TINY, 0) + what, b"nonsense")
        bench.library.store._caches["curves"].clear()
        watch = bench.visit(PLAN)
        assert watch.status().state == j.DONE, watch.status().message
        assert_same_curve(watch.curves()[0], expected)

    def test_a_damaged_curve_is_measured_again(self, bench):
        expected = bench.visit(PLAN).curves()[0]
        weights = bench.library.weights(TINY, 0)
        bench.library.store._caches["curves"].set(curve_digest(PLAN, 0, weights), b"nonsense")
        watch = bench.curves(PLAN)
        (task,) = tasks(watch, "curve")
        assert experiments(task)[1] == (0,)
        bench.jobs.drain()
        assert_same_curve(watch.curves()[0], expected)
        assert bench.curves(PLAN).all_stored


class TestTraining:
    def test_from_nothing_to_trained(self, fresh):
        watch = fresh.training()
        assert [len(history.epochs) for history in watch.histories()] == [0, 0]
        seen = [watch.status()]
        while fresh.jobs.advance():
            seen.append(watch.status())
        progress = [status.progress for status in seen]
        assert progress == sorted(progress) and progress[0] == 0 and progress[-1] == 1
        assert seen[0].message == "Starting" and not seen[0].finished
        assert any(s.message == "Training 2 networks: epoch 0.5 of 1" for s in seen)
        errors = [history.errors[-1] for history in watch.histories()]
        assert seen[-1].state == j.DONE and not seen[-1].stored
        expected = f"2 networks trained; test error {errors[0]:.2%}, {errors[1]:.2%}."
        assert seen[-1].message == expected

    def test_stored(self, bench):
        watch = bench.training()
        status = watch.status()
        assert watch.watched == [] and status.finished and status.stored and status.seconds > 0
        assert [history.epochs[-1] for history in watch.histories()] == [1.0, 1.0]

    def test_some_more(self, bench):
        watch = bench.training(seeds=3)
        assert [task.seed for task in tasks(watch, "train")] == [2]
        assert [len(h.epochs) > 0 for h in watch.histories()] == [True, True, False]
        bench.jobs.drain()
        assert watch.status().message.startswith("3 networks trained")

    def test_shared_with_whoever_measures(self, fresh):
        watch = fresh.training()
        curves = fresh.curves(PLAN)
        assert set(map(id, watch.watched)) <= set(map(id, curves.all_jobs()))
        fresh.jobs.drain()
        assert watch.status().state == curves.status().state == j.DONE

    def test_cancelled(self, fresh):
        watch = fresh.training()
        for _ in range(4):
            fresh.jobs.advance()
        watch.cancel()
        fresh.jobs.drain()
        assert watch.status().message == "Training was cancelled."
        assert any(history.epochs for history in watch.histories())


EMPTY = SeedCurve(np.zeros((1, 3), np.int64), np.zeros(3, np.int64))


class TestWords:
    def curve(self, *images, total=1_000):
        seeds = [dataclasses.replace(EMPTY, images=np.full(3, count)) for count in images]
        return Curve(PLAN.measure.x, tuple(seeds), np.full(3, total))

    def test_sample_size(self):
        plan = dataclasses.replace(PLAN, measure=ParameterNoise(images=1_000, points=3))
        draws = dataclasses.replace(plan, measure=ParameterNoise(images=1_000, points=3, draws=4))
        budgets = dataclasses.replace(plan, measure=Transfer(points=3))
        assert sample_size(plan, [None]) == "0 networks, 0 of 1,000 images"
        assert sample_size(plan, [self.curve(250)]) == "1 network, 250 of 1,000 images"
        found = sample_size(plan, [self.curve(1_000, 250), None])
        assert found == "2 networks, 250 of 1,000 images"
        found = sample_size(plan, [self.curve(1_000, 1_000), self.curve(1_000, 1_000)])
        assert found == "2 networks, 1,000 images"
        found = sample_size(draws, [self.curve(1_000, 1_000)])
        assert found == "2 networks × 4 draws, 1,000 images"
        filling = Curve(
            budgets.measure.x,
            (dataclasses.replace(EMPTY, images=np.array([3_330, 0, 0])),),
            budgets.measure.total,
        )
        assert sample_size(budgets, [filling]) == "1 network, 1 of 3 budgets"

    def test_queue(self, bench, monkeypatch):
        monkeypatch.setattr(admission, "MAX_ACTIVE", 1)
        first = bench.curves(PLAN)
        bench.jobs.advance()
        second, third = bench.curves(SCALED), bench.curves(PADDED)
        assert first.status().message.startswith("Measuring")
        # A watch's own jobs are no others.
        assert second.status().message == "Waiting: 1 other job is ahead"
        assert third.status().message == "Waiting: 3 other jobs are ahead"
