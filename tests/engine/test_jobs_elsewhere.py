"""Jobs whose work is done elsewhere: turns when there is news, and nobody waits for them."""

from __future__ import annotations

import threading
import time

import pytest

from dissociation.engine import jobs as module
from dissociation.engine.admission import MAX_ACTIVE
from dissociation.engine.executor import Executor
from dissociation.engine.jobs import CANCELLED, DONE, RUNNING, Jobs, Step, Task
from dissociation.engine.waiting import wait


class Away(Task):
    """Yields an event; done once it was set."""

    def __init__(self, name):
        self.digests = (name,)
        self.news = threading.Event()
        self.turns = self.closed = 0

    def run(self):
        try:
            while not self.news.is_set():
                self.turns += 1
                yield self.news
            yield Step(1, 1, self.digests[0], elsewhere=2.0)
        finally:
            self.closed += 1


class Here(Task):
    """Has its turn on the compute thread."""

    def __init__(self, name, steps=3, after=()):
        self.digests, self.after, self.steps, self.turns = (name,), tuple(after), steps, 0

    def run(self):
        for number in range(1, self.steps + 1):
            self.turns += 1
            yield Step(number, self.steps, number)


class Everywhere(Executor):
    """Where many have their turn at a time."""

    def __init__(self):
        self.wake = None

    def after(self, task):
        return ()

    def run(self, task, wake):
        self.wake = wake
        return task.run()


@pytest.fixture
def jobs():
    return Jobs(clock=lambda: 0.0, start=False)


def test_no_turn_before_there_is_news(jobs):
    away, here = Away("away"), Here("here")
    first, second = jobs.submit(away), jobs.submit(here)
    jobs.drain()
    assert (away.turns, here.turns) == (1, 3)
    assert (first.state, second.state) == (RUNNING, DONE)
    assert not jobs.advance() and away.turns == 1
    away.news.set()
    jobs.drain()
    assert first.state == DONE and first.step.result == "away"
    # What was computed elsewhere counts as compute time, too.
    assert jobs.snapshot(first).seconds >= 2.0


def test_many_may_be_out_and_others_begin_nonetheless(jobs):
    away = [Away(f"away {n}") for n in range(MAX_ACTIVE + 9)]
    out = [jobs.submit(task) for task in away]
    here = [jobs.submit(Here(f"here {n}")) for n in range(MAX_ACTIVE + 9)]
    jobs.drain()
    assert all(job.state == RUNNING for job in out) and all(job.state == DONE for job in here)
    assert [task.turns for task in away] == [1] * len(away)
    for task in reversed(away):
        task.news.set()
    jobs.drain()
    assert all(job.state == DONE for job in out)


def test_nobody_wants_it_any_more():
    now = [0.0]
    jobs = Jobs(clock=lambda: now[0], start=False)
    task = Away("away")
    job = jobs.submit(task)
    jobs.drain()
    now[0] = 1_000.0
    jobs.drain()
    assert (job.state, task.closed) == (CANCELLED, 1)


def test_the_compute_thread_is_woken(monkeypatch):
    # Without being woken, the thread would look again far too late.
    monkeypatch.setattr(module, "LOOK", 600.0)
    executor = Everywhere()
    jobs = Jobs(executor=executor)
    try:
        task = Away("away")
        job = jobs.submit(task)
        while not task.turns:
            time.sleep(0.001)
        task.news.set()
        executor.wake()
        wait(jobs, [job], timeout=60)
        assert task.turns == 1
    finally:
        jobs.stop()


@pytest.mark.parametrize(("executor", "turns"), [(Executor(), [3, 0]), (Everywhere(), [1, 2])])
def test_what_better_comes_first_does_so_only_where_one_has_its_turn(executor, turns):
    jobs = Jobs(clock=lambda: 0.0, start=False, executor=executor)
    first = Here("first")
    second = Here("second", after=["first"])
    jobs.submit(first)
    jobs.advance()
    jobs.submit(second)
    for _ in range(2):
        jobs.advance()
    assert [first.turns, second.turns] == turns
    jobs.drain()
    assert [first.turns, second.turns] == [3, 3]


def test_what_better_comes_first_is_asked_for_by_nobody_else(jobs):
    first, second = Here("first"), Here("second", after=["first"])
    assert jobs.submit(second).after == () and jobs.find("first") is None
    jobs.drain()
    assert second.turns == 3
    # Dropped, or failed, it holds nobody up.
    early = jobs.submit(first)
    late = jobs.submit(Here("third", after=["first"]))
    jobs.renew(early, "me")
    jobs.renew(late, "me")
    jobs.advance()
    jobs.release(early, "me")
    jobs.drain()
    assert (early.state, late.state, first.turns) == ("cancelled", DONE, 1)
