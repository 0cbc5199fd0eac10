"""What was begun and dropped goes on where it was, if it is asked for again in time."""

from __future__ import annotations

import pytest

from dissociation.core.sizes import GIB
from dissociation.engine import paused
from dissociation.engine.executor import Executor
from dissociation.engine.jobs import CANCELLED, DONE, LEASE, QUEUED, Jobs, Step
from tests.engine.test_jobs import Count


class Held(Count):
    """A task that holds some memory, and knows how to go on by itself or does not."""

    def __init__(self, name, *, memory=0.0, resumes=False, **more):
        super().__init__(name, **more)
        self.memory, self.resumes = memory, resumes

    def run(self):
        for step in super().run():
            yield step._replace(result={self.name: step.result}) if self.resumes else step


def dropped(jobs, clock, task, chunks=5):
    """A job that was begun, and left."""
    job = jobs.submit(task)
    for _ in range(chunks):
        assert jobs.advance()
    clock.now += LEASE + 1
    assert not jobs.advance() and job.state == CANCELLED
    return job


def test_goes_on_where_it_was_with_what_it_had_published(jobs, clock):
    task = Held("train", steps=8)
    dropped(jobs, clock, task)
    job = jobs.submit(Held("train", steps=8))
    seen = jobs.snapshot(job)
    assert seen.step == Step(5, 8, "train 5") and seen.state == QUEUED and seen.seconds > 0
    jobs.drain()
    assert job.state == DONE and job.step == Step(8, 8, "train 8")
    assert task.begun == task.closed == 1 and task.log == ["train"] * 8


def test_what_waited_for_it_waits_for_it_again(jobs, clock):
    log = []
    need = Held("train", steps=6, log=log)
    dropped(jobs, clock, Held("measure", needs=[need], log=log), chunks=4)
    job = jobs.submit(Held("measure", needs=[Held("train", steps=6, log=log)], log=log))
    jobs.drain()
    assert job.state == DONE and log == ["train"] * 6 + ["measure"] * 3


def test_is_let_go_after_a_while(jobs, clock):
    task = Held("a", steps=8)
    dropped(jobs, clock, task)
    clock.now += paused.KEPT
    assert task.closed == 0
    clock.now += 1
    jobs.advance()
    assert task.closed == 1
    again = Held("a", steps=8)
    jobs.submit(again)
    jobs.drain()
    assert again.begun == 1 and len(again.log) == 8


@pytest.mark.parametrize(
    "task",
    [
        Held("resumes", steps=8, resumes=True),
        Held("large", steps=8, memory=1e6 * GIB),
    ],
    ids=lambda task: task.name,
)
def test_what_is_not_worth_it_is_not_kept(jobs, clock, task):
    dropped(jobs, clock, task)
    assert task.closed == 1


def test_nor_what_was_given_away(clock):
    jobs = Jobs(clock=clock, start=False, executor=Executor())
    task = Held("a", steps=8)
    dropped(jobs, clock, task)
    assert task.closed == 1


def test_the_oldest_go_when_there_are_many(jobs, clock, monkeypatch):
    monkeypatch.setattr(paused, "BEGUN", 2)
    tasks = [Held(name, steps=8) for name in "abc"]
    for task in tasks:
        dropped(jobs, clock, task)
    assert [task.closed for task in tasks] == [1, 0, 0]


def test_the_oldest_go_when_they_hold_much(jobs, clock, monkeypatch):
    monkeypatch.setenv("DISSOCIATION_MEMORY", "4")
    tasks = [Held(name, steps=8, memory=0.15 * GIB) for name in "abc"]
    for task in tasks:
        dropped(jobs, clock, task)
    assert [task.closed for task in tasks] == [1, 0, 0]
    assert jobs._paused.memory == pytest.approx(0.3 * GIB)
