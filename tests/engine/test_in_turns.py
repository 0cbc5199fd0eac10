"""A step stops in the middle, goes on there or is dropped there; a process of its own is ended."""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import pytest

from dissociation.core import pauses
from dissociation.core.networks.network import Network, logits
from dissociation.core.networks.null_spaces import null_work
from dissociation.engine import in_turns
from dissociation.engine.in_turns import InTurns
from dissociation.engine.jobs import CANCELLED, DONE, FAILED, Jobs, Step, Task
from dissociation.engine.waiting import wait

MUCH = 10 * pauses.MUCH


def nothing() -> None:
    """Nobody waits for news."""


@pytest.fixture
def at_once(monkeypatch):
    """Every moment at which others may have their turn is one at which they have."""
    monkeypatch.setattr(in_turns, "ENOUGH", -1.0)


class Deep(Task):
    """Pauses somewhere below its steps."""

    def __init__(self, name, pauses_a_step=3, log=None):
        self.digests, self.pauses = (name,), pauses_a_step
        self.log = [] if log is None else log

    def run(self):
        try:
            for number in (1, 2):
                self.work()
                yield Step(number, 2, number)
        finally:
            self.log.append("closed")

    def work(self):
        for _ in range(self.pauses):
            self.log.append(self.digests[0])
            pauses.pause()


class Apart(Task):
    """Does its work in a process of its own."""

    def __init__(self, work, *arrays):
        self.digests, self.work, self.arrays = ("apart",), work, arrays

    def run(self):
        found = pauses.apart(self.work, *self.arrays, operations=MUCH)
        yield Step(1, 1, found)


def followed(steps):
    """All that steps yield, waiting for what is done elsewhere."""
    for said in steps:
        if isinstance(said, threading.Event):
            assert said.wait(60)
        else:
            yield said


def test_goes_on_where_it_stopped(at_once):
    task = Deep("a")
    found = list(InTurns(task.run(), nothing))
    assert found == [None] * 3 + [Step(1, 2, 1)] + [None] * 3 + [Step(2, 2, 2)]
    assert task.log == ["a"] * 6 + ["closed"]


def test_others_have_their_turn_meanwhile(at_once):
    log: list[str] = []
    one, other = (InTurns(Deep(name, log=log).run(), nothing) for name in "ab")
    for _ in range(3):
        next(one), next(other)
    assert log == ["a", "b"] * 3


def test_short_steps_are_not_interrupted(monkeypatch):
    monkeypatch.setattr(in_turns, "ENOUGH", 600.0)
    assert list(InTurns(Deep("a").run(), nothing)) == [Step(1, 2, 1), Step(2, 2, 2)]


@pytest.mark.parametrize("turns", [0, 1, 4])
def test_is_dropped_where_it_is(at_once, turns):
    task = Deep("a")
    steps = InTurns(task.run(), nothing)
    for _ in range(turns):
        next(steps)
    steps.close()
    # What was never begun has nothing to close.
    assert task.log[-1:] == ["closed"] * (turns > 0)
    assert steps._thread is None or not steps._thread.is_alive()


def test_failures_come_through(at_once):
    def failing():
        pauses.pause()
        raise KeyError("a")
        yield

    steps = InTurns(failing(), nothing)
    assert next(steps) is None
    with pytest.raises(KeyError):
        next(steps)


def test_a_program_gives_way_before_it_begins(at_once):
    network = Network(*(np.ones(shape, np.float32) for shape in ((16, 784), (16, 16), (10, 16))))
    images = np.ones((3, 784), np.float32)

    def run():
        yield logits(network, images)

    # Compiled, too, while others have their turn.
    list(followed(InTurns(run(), nothing)))
    *before, found = InTurns(run(), nothing)
    assert before and not any(before)
    np.testing.assert_array_equal(found, logits(network, images))


def test_the_same_in_a_process_of_its_own():
    data = np.random.default_rng(0).normal(size=(20, 6)) @ np.diag([1, 1, 1, 1, 0, 0])
    given = data.T @ data, np.int64(20)
    (step,) = followed(InTurns(Apart(null_work, *given).run(), nothing))
    for found, expected in zip(step.result, null_work(*given), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_takes_little_is_done_at_once():
    def run():
        yield pauses.apart(null_work, np.eye(3), np.int64(3), operations=1e3)

    (found,) = InTurns(run(), nothing)
    assert len(found[2]) == 0


@pytest.fixture
def lab_jobs():
    """A scheduler with a compute thread, as in the lab."""
    made = Jobs()
    yield made
    made.stop()


def children(monkeypatch):
    """Every process that is started."""
    started = []
    original = in_turns.Child.__init__

    def noted(own, *arguments):
        original(own, *arguments)
        started.append(own.process)

    monkeypatch.setattr(in_turns.Child, "__init__", noted)
    return started


def test_nobody_waits_any_more(lab_jobs, monkeypatch):
    started = children(monkeypatch)
    job = lab_jobs.submit(Apart(time.sleep, np.int64(600)))
    lab_jobs.renew(job, "me")
    while not started:
        time.sleep(0.001)
    # Others have their turn while it is at work.
    wait(lab_jobs, [lab_jobs.submit(Deep("other"))], timeout=60)
    assert started[0].poll() is None
    lab_jobs.release(job, "me")
    assert started[0].wait(60) != 0
    while not job.finished:
        time.sleep(0.001)
    assert job.state == CANCELLED


def test_the_process_dies(lab_jobs):
    job = lab_jobs.submit(Apart(os._exit, np.int64(3)))
    wait(lab_jobs, [job], timeout=60)
    assert job.state == FAILED and "went wrong" in job.error
    following = lab_jobs.submit(Deep("other"))
    wait(lab_jobs, [following], timeout=60)
    assert following.step == Step(2, 2, 2)


def test_it_ends_with_whoever_started_it():
    with in_turns.Child(time.sleep, [np.int64(600)], nothing) as child:
        child.process.stdin.close()
        assert child.process.wait(60) == 1


def test_others_have_their_turn_while_a_program_is_compiled():
    from dissociation.core._lazy import jit, jnp

    compiling, go_on = threading.Event(), threading.Event()

    @jit()
    def doubled(x):
        compiling.set()
        assert go_on.wait(60)
        return 2 * x

    class Compiles(Task):
        digests = ("compiles",)

        def run(self):
            for number in (1, 2):
                yield Step(number, 2, float(doubled(jnp.float32(number))))

    jobs = Jobs()
    first = jobs.submit(Compiles())
    assert compiling.wait(60)
    wait(jobs, [other := jobs.submit(Deep("other"))], timeout=60)
    assert other.state == DONE and first.step is None
    go_on.set()
    wait(jobs, [first], timeout=60)
    jobs.stop()
    assert first.state == DONE and first.step.result == 4.0


def test_what_is_raised_on_a_thread_of_its_own_is_raised_here():
    class Wrong(Task):
        digests = ("wrong",)

        def run(self):
            yield pauses.turn().beside(lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        list(followed(InTurns(Wrong().run(), nothing)))


def test_what_is_computed_once_pauses_in_several_at_a_time(at_once):
    class Thing:
        @pauses.cached_property
        def value(self):
            pauses.pause()
            return object()

    def run(thing):
        assert thing.value is thing.value
        yield thing.value

    turns = [InTurns(run(Thing()), nothing) for _ in range(2)]
    found = []

    def go():
        # Both are in the middle of it before either goes on.
        found.extend(next(steps) for _ in range(2) for steps in turns)

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    thread.join(30)
    assert found[:2] == [None, None] and len(set(found[2:])) == 2


class Noting:
    """A turn that keeps what was done beside it."""

    def __init__(self):
        self.beside_it = []

    def pause(self):
        pass

    def beside(self, work):
        self.beside_it.append(work())
        return self.beside_it[-1]


def test_no_program_runs_beside_another():
    """Two at a time have waited for each other's threads for ever, on two cores."""
    import jax

    with pauses.taking(own := Noting()):
        shapes = (19, 784), (19, 19), (10, 19)
        network = Network(*(np.ones(shape, np.float32) for shape in shapes))
        logits(network, np.zeros((3, 784), np.float32))
    assert own.beside_it
    assert all(isinstance(found, jax.stages.Compiled) for found in own.beside_it)


def test_a_program_is_compiled_once_for_all_numbers_but_for_each_static_one():
    from dissociation.core._lazy import jit, jnp

    @jit(static_argnames=("power",))
    def shown(x, factor, power):
        return factor * x**power

    x = jnp.ones(3)
    with pauses.taking(own := Noting()):
        for factor in (0.5, 1.5, 2.5):
            shown(x, factor, 1)
        assert len(own.beside_it) == 1
        shown(x, 2.5, power=2), shown(jnp.ones(4), 2.5, 1)
    assert len(own.beside_it) == 3
