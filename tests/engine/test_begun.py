"""A curve that was dropped in the middle goes on from there, with the same numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from dissociation.engine.begun import Beginning, Begun

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Scale
from dissociation.core.measures import InputNoise, Measure, ParameterNoise, Transfer
from dissociation.core.measures.base import SeedCurve
from dissociation.core.networks.training import Recipe
from dissociation.engine import begun as module
from dissociation.engine.library import Library
from dissociation.engine.store import Store
from dissociation.engine.tasks import MeasureTask, TrainTask

TINY = Recipe(epochs=1, batch=2_000, width=16)
MEASURES = [
    ParameterNoise(images=1_900, points=3, draws=2),
    InputNoise(images=1_900, points=3),
    Transfer(images=400, points=3),
]
SEEDS = (0, 1)


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Library:
    library = Library(Store(tmp_path_factory.mktemp("begun")))
    for seed in SEEDS:
        for _ in TrainTask(library, TINY, seed).run():
            pass
    return library


def task(library: Library, measure: Measure) -> MeasureTask:
    plain = Experiment(measure, recipe=TINY)
    return MeasureTask(
        library, (plain, dataclasses.replace(plain, manipulations=(Scale(20.0),))), SEEDS
    )


def steps(work: MeasureTask) -> list:
    return [step for step in work.run() if step is not None]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_goes_on_where_it_was_dropped(library, measure, monkeypatch):
    whole = steps(task(library, measure))
    assert len(whole) == measure.parts > 2
    work = task(library, measure).run()
    seen = [next(step for step in work if step is not None) for _ in range(2)]
    work.close()

    prepared, measured = type(measure).prepared, []

    def noted(self, *arguments, **more):
        made = prepared(self, *arguments, **more)
        part = made.part
        made.part = lambda number: (measured.append(number), part(number))[1]
        return made

    monkeypatch.setattr(type(measure), "prepared", noted)
    rest = steps(task(library, measure))
    assert measured == [*range(2, measure.parts)]
    assert [step.done for step in rest] == [step.done for step in (seen[-1], *whole[2:])]
    for name, curve in whole[-1].result.items():
        again = rest[-1].result[name]
        np.testing.assert_array_equal(again.errors, curve.errors)
        np.testing.assert_array_equal(again.images, curve.images)
        assert (again.clean_errors, again.clean_images) == (curve.clean_errors, curve.clean_images)
    # What is complete is in the store, and nowhere else.
    assert len(steps(task(library, measure))) == measure.parts


def some(parts: int) -> Beginning:
    return Beginning(parts, SeedCurve(np.zeros((1, 3), int), np.zeros(3, int)), 1.0)


def test_only_what_is_equally_far_goes_on_together():
    begun = Begun()
    begun.note({"a": some(2), "b": some(2), "c": some(3)})
    assert [one.parts for one in begun.together(["a", "b"])] == [2, 2]
    assert begun.together(["a", "c"]) == begun.together(["a", "d"]) == []
    begun.forget(["a", "unknown"])
    assert begun.together(["a"]) == []


def test_a_bounded_number_is_remembered(monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    begun = Begun()
    for number in range(5):
        begun.note({f"{number}": some(1)})
    begun.note({"2": some(2)})
    begun.note({"5": some(1)})
    assert [name for name in map(str, range(6)) if begun.together([name])] == ["2", "4", "5"]
