"""A curve that was dropped in the middle goes on from there, with the same numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from curve_studies import measuring

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Scale
from dissociation.core.measures import InputNoise, Measure, ParameterNoise, Transfer
from dissociation.core.networks.training import Recipe
from dissociation.engine import paused
from dissociation.engine.executor import LOCAL
from dissociation.engine.job import Job
from dissociation.engine.library import Library
from dissociation.engine.paused import Paused
from dissociation.engine.store import Store
from dissociation.engine.task import Step
from dissociation.engine.tasks import StudyTask, TrainTask

TINY = Recipe(epochs=1, batch=2_000, width=16)
MEASURES = [
    ParameterNoise(images=1_900, points=3, draws=2),
    InputNoise(images=1_900, points=3),
    Transfer(images=400, points=3),
]
SEEDS = (0, 1)


@pytest.fixture
def library(tmp_path) -> Library:
    library = Library(Store(tmp_path))
    for seed in SEEDS:
        for _ in TrainTask(library, TINY, seed).run():
            pass
    return library


def plans(measure: Measure) -> tuple[Experiment, Experiment]:
    plain = Experiment(measure, recipe=TINY)
    rewrite = dataclasses.replace(plain, manipulations=(Scale(20.0),), measure_anyway=True)
    return plain, rewrite


def task(library: Library, measure: Measure) -> StudyTask:
    return measuring(library, plans(measure), SEEDS)


def steps(work: StudyTask) -> list[Step]:
    return [step for step in work.run() if step is not None]


def left_after(work: StudyTask, parts: int) -> Paused:
    """What is remembered of a job that was dropped when so many parts were measured."""
    running = work.run()
    seen = [next(step for step in running if step is not None) for _ in range(parts)]
    running.close()
    kept = Paused(LOCAL)
    job = Job(work, 0)
    job.step, job.seconds = seen[-1], 2.5
    kept.put(job, None, 0.0)
    return kept


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_goes_on_where_it_was_dropped(library, measure, monkeypatch):
    kept = left_after(task(library, measure), 2)
    again = task(library, measure)
    shown, seconds = kept.begun(again)
    assert 0 < shown.done < shown.total and seconds == 2.5

    prepared, measured = type(measure).prepared, []

    def noted(self, *arguments, **more):
        made = prepared(self, *arguments, **more)
        part = made.part
        made.part = lambda number: (measured.append(number), part(number))[1]
        return made

    monkeypatch.setattr(type(measure), "prepared", noted)
    rest = steps(again)
    assert measured == [*range(2, measure.parts)]
    library.store._caches["curves"].clear()
    library._records.clear()
    whole = steps(task(library, measure))
    assert len(whole) == measure.parts > 2
    assert [step.done for step in rest] == [step.done for step in (shown, *whole[2:])]
    for name, found in whole[-1].result.items():
        curve, resumed = found.curve, rest[-1].result[name].curve
        np.testing.assert_array_equal(resumed.errors, curve.errors)
        np.testing.assert_array_equal(resumed.images, curve.images)
        assert resumed.clean_errors == curve.clean_errors
        assert resumed.clean_images == curve.clean_images


def test_only_what_is_equally_far_goes_on_together(library):
    measure, (plain, rewrite) = MEASURES[0], plans(MEASURES[0])
    one = measuring(library, [plain], SEEDS)
    kept = left_after(one, 2)
    assert kept.begun(task(library, measure)) == (None, 0.0)
    further = left_after(measuring(library, [rewrite], SEEDS), 3)
    kept._results.update(further._results)
    both = task(library, measure)
    assert kept.begun(both) == (None, 0.0)
    assert kept.begun(measuring(library, [plain], SEEDS))[0].result.keys() == set(one.digests)
    # It begins anew, and is whole.
    assert len(steps(both)) == measure.parts


def test_a_bounded_number_is_remembered(library, monkeypatch):
    monkeypatch.setattr(paused, "MOST", 3)
    work = task(library, MEASURES[0])
    kept = left_after(work, 1)
    assert list(kept._results) == list(work.digests[-3:])
