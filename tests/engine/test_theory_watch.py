"""Predicted curves in the lab: computed beside the measured ones, stored, shared, never pickled."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from curve_studies import kinds, stored_prediction

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import InputNull, Scale
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.networks.training import Recipe
from dissociation.core.theory import predicted_curve, prediction_studies
from dissociation.engine import curve_watch, turns
from dissociation.engine import jobs as j
from dissociation.engine.codec import decode, encode
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.jobs import Jobs
from dissociation.engine.library import Library
from dissociation.engine.store import DamagedEntry, Store, pack

TINY = Recipe(epochs=1, batch=2_000, width=16)
PLAN = Experiment(ParameterNoise(images=300, points=3, noise_low=0.01), recipe=TINY)
SCALED = dataclasses.replace(PLAN, manipulations=(Scale(20.0),))


class Bench:
    def __init__(self, folder):
        self.library = Library(Store(folder))
        self.jobs = Jobs(clock=lambda: 0.0, start=False)

    def watch(self, *experiments):
        return CurveWatch(self.library, self.jobs, experiments, predicted=True)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("theory"))
    bench.watch(PLAN)
    bench.jobs.drain()
    return bench


def _networks(bench):
    return [bench.library.network(TINY, seed) for seed in range(2)]


def test_theory_comes_first_then_measured_points_then_the_rest(bench):
    watch = bench.watch(SCALED)
    while watch.predictions() == [None]:
        assert watch.curves() == [None]
        assert bench.jobs.advance()
    while watch.curves() == [None]:
        assert watch.predictions()[0].images < 300
        assert bench.jobs.advance()
    assert watch.status().state == j.RUNNING
    bench.jobs.drain()
    (found,), (curve,) = watch.predictions(), watch.curves()
    expected = predicted_curve(SCALED, _networks(bench))
    np.testing.assert_array_equal(found.rates, expected.rates)
    assert found.images == 300 and curve.complete and watch.status().state == j.DONE


def _measured_first(bench, *experiments) -> bool:
    """Whether there are points of all curves before there is a further prediction."""
    watch = bench.watch(*experiments)
    known = sum(found is not None for found in watch.predictions())
    while None in watch.curves():
        assert bench.jobs.advance()
    first = sum(found is not None for found in watch.predictions()) == known
    bench.jobs.drain()
    watch.release()
    return first


def _scaled(*strengths):
    return [dataclasses.replace(PLAN, manipulations=(Scale(strength),)) for strength in strengths]


def test_measured_points_come_first_where_others_wait_for_theirs(bench, monkeypatch):
    clean = dataclasses.replace(PLAN, measure=InputNoise(images=299, points=3))
    # Programs that are still to be compiled take longer than a job may try.
    monkeypatch.setattr(turns, "TRY", 1e9)
    assert not _measured_first(bench, clean)
    assert not _measured_first(bench, *_scaled(2.0))
    monkeypatch.setattr(curve_watch, "FEW_JOBS", 0)
    assert _measured_first(bench, *_scaled(4.0))


def test_only_some_predictions_come_before_measured_points(bench, monkeypatch):
    # On a slow machine a first turn would count as long, and others would be due theirs.
    monkeypatch.setattr(turns, "TRY", 1e9)
    monkeypatch.setattr(turns, "SAVED", 1e9)
    watch = bench.watch(*_scaled(5.0, 6.0, 7.0, 8.0))
    while None in watch.curves():
        assert bench.jobs.advance()
    assert sum(found is not None for found in watch.predictions()) == curve_watch.FIRST
    bench.jobs.drain()


def test_stored_predictions_are_found_whatever_the_draws(bench):
    more = dataclasses.replace(PLAN, measure=dataclasses.replace(PLAN.measure, draws=3))
    watch = bench.watch(PLAN)
    assert watch.all_stored and watch.status().stored
    known = bench.watch(more)
    assert kinds(known.watched) == ["curve"]
    np.testing.assert_array_equal(known.predictions()[0].rates, watch.predictions()[0].rates)
    known.release()
    other = dataclasses.replace(PLAN, measure=dataclasses.replace(PLAN.measure, layers="1"))
    digests = [study.digest() for e in (other, PLAN) for study in prediction_studies(e)]
    assert len(set(digests)) == 4


def test_exact_rewrites_have_one_prediction_under_input_noise(bench):
    clean = dataclasses.replace(PLAN, measure=InputNoise(images=300, points=3))
    rewrites = ((), (Scale(20.0),), (InputNull(0.5),))
    watch = bench.watch(*(dataclasses.replace(clean, manipulations=steps) for steps in rewrites))
    tasks = [job.task for job in watch.watched if job.task.kind == "theory"]
    assert [task.studies[0].manipulations for task in tasks] == [(), rewrites[2]]
    bench.jobs.drain()
    trained, scaled, moved = (prediction.rates for prediction in watch.predictions())
    np.testing.assert_array_equal(trained, scaled)
    assert np.abs(moved - trained).max() > 0.01


def test_transfer_has_no_theory(bench):
    watch = bench.watch(dataclasses.replace(PLAN, measure=Transfer(images=200, points=2)))
    assert "theory" not in kinds(watch.watched)
    assert watch.predictions() == [None]
    watch.release()


def test_the_last_words_are_about_what_is_last(bench):
    watch = bench.watch(dataclasses.replace(PLAN, manipulations=(Scale(3.0),)))
    while not (watch.curves()[0] and watch.curves()[0].complete):
        assert bench.jobs.advance()
    if not watch.status().finished:
        assert watch.status().message.endswith(("refining the theory.", "the function."))
    bench.jobs.drain()
    assert watch.status().message.startswith("Complete")


def test_a_damaged_prediction_is_a_miss(bench):
    first, second = prediction_studies(PLAN)
    found = bench.library.result(first)
    raw = encode(found)
    again = decode(raw, first).result.prediction
    np.testing.assert_array_equal(again.errors, found.prediction.errors)
    assert (again.images, again.total, again.complete) == (300, 300, True)
    for damaged in (pack({"errors": again.errors}, {}), pack({}, {"images": 1, "total": 1})):
        with pytest.raises(DamagedEntry):
            decode(damaged, first)
    longer = dataclasses.replace(first, measure=dataclasses.replace(PLAN.measure, points=4))
    with pytest.raises(DamagedEntry):
        decode(raw, longer)
    weights = bench.library.weights(TINY, 1)
    bench.library.store.put("curves", second.digest((weights,)), b"nonsense")
    fresh = Library(bench.library.store)
    assert stored_prediction(fresh, PLAN, 1) is None
    assert stored_prediction(fresh, PLAN, 0) is not None
