"""The scheduler, with tasks that do nothing but say so, and mostly without its thread."""

from __future__ import annotations

import itertools
import logging
import random
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.engine import admission, turns
from dissociation.engine import jobs as module
from dissociation.engine.admission import MAX_ACTIVE
from dissociation.engine.job import new_holder
from dissociation.engine.jobs import (
    APOLOGY,
    CANCELLED,
    DONE,
    FAILED,
    LEASE,
    QUEUED,
    RUNNING,
    WAITING,
    Jobs,
    Step,
    Task,
)
from dissociation.engine.paused import KEPT
from dissociation.engine.waiting import wait


class Clock:
    """Seconds that pass when told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Count(Task):
    """Counts to `steps`; `log` notes who was at work, `fail` is raised after the last step."""

    def __init__(self, name, steps=3, needs=(), digests=None, penalty=0.0, fail=None, log=None):
        self.name, self.steps, self.needs, self.penalty = name, steps, tuple(needs), penalty
        self.digests = (name,) if digests is None else tuple(digests)
        self.fail = fail
        self.log = [] if log is None else log
        self.begun = self.closed = 0

    def run(self):
        self.begun += 1
        try:
            for number in range(1, self.steps + 1):
                self.log.append(self.name)
                yield Step(number, self.steps, f"{self.name} {number}")
            if self.fail is not None:
                raise self.fail
        finally:
            self.closed += 1


@pytest.fixture
def clock(monkeypatch):
    """Both of the scheduler's clocks: leases follow it, and each step takes one second of it."""
    made = Clock()
    ticks = itertools.count()
    # Read once before and once after each step.
    monkeypatch.setattr(module.time, "perf_counter", lambda: float(next(ticks)))
    return made


@pytest.fixture
def jobs(clock):
    return Jobs(clock=clock, start=False)


def steps(jobs: Jobs, count: int) -> None:
    for _ in range(count):
        assert jobs.advance()


class TestOneJobADigest:
    def test_for_however_many_submitters(self, jobs):
        tasks = [Count("a") for _ in range(5)]
        found = [jobs.submit(task) for task in tasks]
        assert all(job is found[0] for job in found)
        jobs.drain()
        assert [task.begun for task in tasks] == [1, 0, 0, 0, 0]
        assert jobs.snapshot(found[0]).step == Step(3, 3, "a 3")

    def test_any_common_digest_will_do(self, jobs):
        one = jobs.submit(Count("a", digests=("x", "y")))
        assert jobs.submit(Count("b", digests=("y",))) is one
        assert jobs.find("x") is jobs.find("y") is one
        assert jobs.submit(Count("c", digests=("z",))) is not one

    def test_finished_jobs_are_forgotten(self, jobs):
        job = jobs.submit(Count("a"))
        assert jobs.find("a") is job
        jobs.drain()
        assert jobs.find("a") is None and job.state == DONE
        assert jobs.submit(Count("a")) is not job


class TestStates:
    def test_from_queued_to_done(self, jobs):
        job = jobs.submit(Count("a", steps=2))
        seen = [jobs.snapshot(job)]
        while jobs.advance():
            seen.append(jobs.snapshot(job))
        assert [s.state for s in seen] == [QUEUED, RUNNING, RUNNING, DONE]
        assert [s.step and s.step.done for s in seen] == [None, 1, 2, 2]
        versions = [s.version for s in seen]
        assert versions == sorted(set(versions))
        assert job.finished and not jobs.advance()
        assert jobs.counts() == {QUEUED: 0, WAITING: 0, RUNNING: 0}

    def test_pauses_publish_nothing(self, jobs):
        class Slow(Count):
            def run(self):
                yield None
                yield None
                yield Step(1, 1, "done")

        job = jobs.submit(Slow("a"))
        steps(jobs, 1)
        version = jobs.snapshot(job).version
        steps(jobs, 1)
        assert jobs.snapshot(job).version == version and jobs.snapshot(job).step is None
        steps(jobs, 1)
        assert jobs.snapshot(job).version > version
        # The time of pauses counts.
        assert jobs.snapshot(job).seconds == 3

    def test_a_task_without_steps(self, jobs):
        job = jobs.submit(Count("a", steps=0))
        jobs.drain()
        assert jobs.snapshot(job).state == DONE and jobs.snapshot(job).step is None

    def test_counts(self, jobs):
        jobs.submit(Count("c", needs=[Count("a"), Count("b")]))
        assert jobs.counts() == {QUEUED: 2, WAITING: 1, RUNNING: 0}
        steps(jobs, 1)
        assert jobs.counts() == {QUEUED: 1, WAITING: 1, RUNNING: 1}


class TestFairTurns:
    def test_a_new_job_gets_its_first_step_at_once(self, jobs):
        log = []
        for name in "abc":
            jobs.submit(Count(name, steps=50, log=log))
        steps(jobs, 30)
        jobs.submit(Count("new", steps=50, log=log))
        del log[:]
        steps(jobs, 1)
        assert log == ["new"]

    def test_the_oldest_goes_on_until_it_has_something_to_show(self, jobs, monkeypatch):
        """Taking turns, all would have their first points when the last one does."""
        monkeypatch.setattr(turns, "TRY", 2.0)
        log = []

        class Slow(Count):
            def run(self):
                for step in super().run():
                    yield None
                    yield step

        for name in "abc":
            jobs.submit(Slow(name, steps=1, log=log))
        steps(jobs, 2)
        assert log == ["a"]
        steps(jobs, 2)
        assert log == ["a", "b"]

    def test_what_takes_long_to_its_first_step_lets_others_try(self, jobs, monkeypatch):
        monkeypatch.setattr(turns, "TRY", 1.0)
        log = []

        class Endless(Count):
            def run(self):
                while True:
                    log.append(self.name)
                    yield None

        jobs.submit(Endless("slow"))
        jobs.submit(Endless("slower"))
        jobs.submit(Count("quick", steps=1, log=log))
        steps(jobs, 16)
        # Each has tried as long as the other before it tries twice as long.
        assert "".join(name[-1] for name in log) == "wrk" + "wr" + "wwrr" + "wwwwrr"

    def test_what_only_adds_does_not_keep_others_out(self, jobs, monkeypatch):
        monkeypatch.setattr(admission, "FEW", 4)
        aside = [Count(f"aside {n}", steps=9) for n in range(9)]
        for task in aside:
            task.penalty = 1.0
            jobs.submit(task)
        steps(jobs, 20)
        assert jobs.counts()[RUNNING] == 4
        others = [jobs.submit(Count(f"job {n}", steps=9)) for n in range(9)]
        # Four of these turns are the oldest's.
        steps(jobs, 9 + 4)
        assert all(jobs.snapshot(job).step is not None for job in others)
        jobs.drain()
        assert jobs.counts() == {QUEUED: 0, WAITING: 0, RUNNING: 0}

    def test_what_only_adds_begins_in_the_end_whatever_else_there_is(
        self, jobs, clock, monkeypatch
    ):
        monkeypatch.setattr(admission, "FEW", 2)
        curves = [jobs.submit(Count(f"curve {n}", steps=10_000)) for n in range(3)]
        steps(jobs, 6)
        aside = jobs.submit(Count("theory", penalty=1.0))
        begun = []
        for _ in range(14):
            for job in (*curves, aside):
                jobs.renew(job, "me")
            steps(jobs, 20)
            begun.append((clock.now, aside.state != QUEUED))
            clock.now += 5.0
        start = begun[0][0]
        assert all(state == (now - start > admission.LONG) for now, state in begun), begun
        assert aside.state == DONE

    def test_least_time_first(self, jobs):
        log = []
        jobs.submit(Count("a", steps=100, log=log))
        steps(jobs, 10)
        jobs.submit(Count("b", steps=100, log=log))
        del log[:]
        steps(jobs, 10)
        # The newcomer catches up, then they take turns.
        assert log == ["b"] * 10
        del log[:]
        steps(jobs, 10)
        assert log.count("a") == log.count("b") == 5

    def test_time_counts_not_steps(self, jobs, monkeypatch):
        log = []
        cost = {"slow": 4.0, "quick": 1.0}
        now = [0.0]

        class Costly(Count):
            def run(self):
                for step in super().run():
                    now[0] += cost[self.name]
                    yield step

        monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
        jobs.submit(Costly("slow", steps=100, log=log))
        jobs.submit(Costly("quick", steps=100, log=log))
        steps(jobs, 25)
        assert log.count("slow") == 5 and log.count("quick") == 20

    def test_whoever_moves_a_control_for_ever_stops_nobody(self, jobs, clock):
        log = []
        old = jobs.submit(Count("old", steps=40, log=log))
        steps(jobs, 30)
        for number in range(60):
            # Each choice supersedes the one before it, after two steps of half a second.
            new = jobs.submit(Count(f"choice {number}", steps=40, log=log))
            for holder in ("old", "new"):
                jobs.renew(old if holder == "old" else new, holder)
            del log[:]
            for _ in range(2):
                steps(jobs, 1)
                clock.now += 0.5
            assert log[0] == f"choice {number}", "first points at once, nonetheless"
            jobs.release(new, "new")
            if old.finished:
                break
        assert old.state == DONE and number < 50

    def test_an_old_job_comes_to_its_end_however_many_are_new(self, jobs, clock):
        old = jobs.submit(Count("old", steps=30))
        steps(jobs, 1)
        for number in range(198):
            # There is always somebody with nothing to show, and all of them go on watching.
            jobs.submit(Count(f"new {number}", steps=1_000))
            steps(jobs, 1)
            clock.now += 0.1
        assert old.state == DONE

    def test_the_oldest_has_its_share_of_time_however_short_its_turns(self, jobs, monkeypatch):
        cost, seconds = {"theory": 0.01, "new": 0.5}, [0.0]
        monkeypatch.setattr(module.time, "perf_counter", lambda: seconds[0])

        class Costly(Count):
            def run(self):
                for step in super().run():
                    seconds[0] += cost[self.name.split()[0]]
                    yield step

        old = jobs.submit(Costly("theory", steps=200))
        steps(jobs, 1)
        for number in range(30):
            jobs.submit(Costly(f"new {number}", steps=1_000))
        # Their first points take 15 seconds, of which it is due half besides.
        while jobs.find("new 29").step is None:
            steps(jobs, 1)
        assert old.state == DONE

    @pytest.mark.parametrize("shows", [True, False], ids=["with results", "without any"])
    @pytest.mark.parametrize("penalty", [0.0, 1.5], ids=["curve", "check"])
    def test_a_small_one_is_not_held_up_by_long_turns(
        self, jobs, clock, monkeypatch, shows, penalty
    ):
        monkeypatch.setattr(module.time, "perf_counter", clock)

        class Costly(Count):
            cost = 1.0

            def run(self):
                for step in super().run():
                    clock.now += self.cost
                    yield step if shows or self.cost < 1 else None

        class Small(Costly):
            cost = 0.1

        large = [jobs.submit(Costly(f"large {number}", steps=1_000)) for number in range(3)]
        asked = list(large)

        def turn():
            for job in asked:
                jobs.renew(job, "many" if job in large else "me")
            steps(jobs, 1)

        for _ in range(60):
            turn()
        begin, small = clock.now, jobs.submit(Small("small", steps=30, penalty=penalty))
        asked.append(small)
        while not small.finished:
            turn()
        # 3 seconds of its own, as many of others, and a turn that was under way.
        assert clock.now - begin < 8

    def test_who_asks_for_one_thing_does_not_wait_for_what_another_asks_for(
        self, jobs, clock, monkeypatch
    ):
        monkeypatch.setattr(module.time, "perf_counter", clock)

        class Slow(Count):
            def run(self):
                for step in super().run():
                    clock.now += 0.5
                    yield step if step.done > 4 else None

        many = [jobs.submit(Slow(f"many {number}", steps=1_000), number) for number in range(60)]
        mine = []

        def turn():
            for visitor, asked in (("many", many), ("me", mine)):
                for job in asked:
                    jobs.renew(job, f"{visitor}/{job.number % 3}")
            steps(jobs, 1)

        for _ in range(30):
            turn()
        begin = clock.now
        mine.append(jobs.submit(Count("mine", steps=6, needs=[Slow("needed", steps=8)])))
        while not mine[0].finished:
            turn()
        # 4 seconds of its own, as many of others, and a turn that was under way.
        assert clock.now - begin < 10

    def test_first_points_come_before_what_only_adds_to_them(self, jobs):
        log = []

        class Slow(Count):
            def run(self):
                for _ in range(12):
                    log.append(self.name)
                    yield None
                yield from super().run()

        jobs.submit(Slow("curve", log=log))
        jobs.submit(Count("check", penalty=3.5, log=log))
        steps(jobs, 12)
        assert log == ["curve"] * 12

    def test_what_only_adds_comes_to_its_end_in_a_crowd(self, jobs, clock):
        old = jobs.submit(Count("curve", steps=5))
        aside = jobs.submit(Count("theory", steps=5, penalty=1e-6))
        for number in range(150):
            jobs.submit(Count(f"new {number}", steps=1_000))
            for job in (old, aside):
                jobs.renew(job, "me")
            steps(jobs, 1)
            clock.now += 0.1
        assert old.state == aside.state == DONE

    def test_penalty(self, jobs):
        log = []
        jobs.submit(Count("check", penalty=3.5, log=log, steps=5))
        jobs.submit(Count("curve", log=log, steps=10))
        steps(jobs, 6)
        assert log == ["curve"] * 4 + ["check", "curve"]

    def test_equal_jobs_in_the_order_they_came(self, jobs):
        log = []
        for name in "cab":
            jobs.submit(Count(name, log=log))
        steps(jobs, 3)
        assert log == ["c", "a", "b"]


class TestLeases:
    def test_lapse_cancels_within_one_step(self, jobs, clock):
        task = Count("a", steps=100)
        job = jobs.submit(task)
        steps(jobs, 5)
        clock.now = LEASE + 1
        assert not jobs.advance()
        assert job.state == CANCELLED and len(task.log) == 5
        # What was published stays, and the change can be seen.
        assert jobs.snapshot(job).step == Step(5, 100, "a 5")
        assert jobs.find("a") is None
        clock.now += KEPT + 1
        assert not jobs.advance() and task.closed == 1 and len(task.log) == 5

    def test_a_job_that_never_began_is_dropped_too(self, jobs, clock):
        task = Count("a")
        job = jobs.submit(task)
        clock.now = LEASE + 1
        assert not jobs.advance() and job.state == CANCELLED and task.begun == 0

    def test_cancelling_raises_the_version(self, jobs, clock):
        job = jobs.submit(Count("a"))
        steps(jobs, 1)
        before = jobs.snapshot(job).version
        clock.now = LEASE + 1
        jobs.advance()
        assert jobs.snapshot(job).version > before

    def test_renewing_keeps_it(self, jobs, clock):
        job = jobs.submit(Count("a", steps=100))
        for _ in range(20):
            clock.now += LEASE / 2
            jobs.renew(job, "me")
            steps(jobs, 1)
        assert job.state == RUNNING

    def test_release_by_one_of_two_keeps_it(self, jobs):
        job = jobs.submit(Count("a", steps=100))
        jobs.renew(job, "me")
        jobs.renew(job, "you")
        jobs.release(job, "me")
        steps(jobs, 3)
        assert job.state == RUNNING
        jobs.release(job, "you")
        assert not jobs.advance() and job.state == CANCELLED

    def test_lapse_of_one_of_two_keeps_it(self, jobs, clock):
        job = jobs.submit(Count("a", steps=100))
        jobs.renew(job, "me")
        clock.now = LEASE - 1
        jobs.renew(job, "you")
        clock.now = LEASE + 1
        steps(jobs, 1)
        clock.now = 3 * LEASE
        assert not jobs.advance()

    def test_whoever_just_submitted_is_not_dropped_by_anothers_release(self, jobs):
        # Between `submit` and the first `renew` of a second watcher, the first one leaves.
        job = jobs.submit(Count("a", steps=100))
        jobs.renew(job, "me")
        assert jobs.submit(Count("a", steps=100)) is job
        jobs.release(job, "me")
        jobs.advance()
        assert job.state == RUNNING

    def test_release_twice_and_of_strangers(self, jobs):
        job = jobs.submit(Count("a"))
        jobs.renew(job, "me")
        jobs.release(job, "stranger")
        steps(jobs, 1)
        jobs.release(job, "me")
        jobs.release(job, "me")
        assert not jobs.advance()
        # A finished job takes no harm either.
        jobs.renew(job, "me")
        jobs.release(job, "me")
        assert job.state == CANCELLED

    def test_a_generator_that_will_not_close(self, jobs, clock):
        class Stubborn(Count):
            resumes = True

            def run(self):
                try:
                    yield Step(1, 2, {})
                finally:
                    raise RuntimeError("no")

        job = jobs.submit(Stubborn("a"))
        steps(jobs, 1)
        clock.now = LEASE + 1
        assert not jobs.advance() and job.state == CANCELLED

    def test_holders_are_unguessable(self):
        assert len({new_holder() for _ in range(100)}) == 100 and len(new_holder()) >= 20


class TestNeeds:
    def test_come_first(self, jobs):
        log = []
        need = Count("train", log=log)
        job = jobs.submit(Count("measure", needs=[need], log=log))
        assert job.state == WAITING
        jobs.drain()
        assert log == ["train"] * 3 + ["measure"] * 3 and job.state == DONE

    def test_are_shared(self, jobs):
        log = []
        jobs.submit(Count("train", log=log))
        for name in "ab":
            jobs.submit(Count(name, needs=[Count("train", log=log)], log=log))
        jobs.drain()
        assert log.count("train") == 3 and log.count("a") == log.count("b") == 3

    def test_dependants_keep_needed_jobs_alive(self, jobs, clock):
        need = Count("train", steps=100)
        job = jobs.submit(Count("measure", needs=[need]))
        for _ in range(5):
            clock.now += LEASE / 2
            jobs.renew(job, "me")
            steps(jobs, 1)
        assert jobs.find("train").state == RUNNING
        jobs.release(job, "me")
        assert not jobs.advance()
        assert job.state == CANCELLED and jobs.find("train") is None
        clock.now += KEPT + 1
        assert not jobs.advance() and need.closed == 1 and len(need.log) == 5

    def test_leave_with_their_only_dependant(self, jobs):
        job = jobs.submit(Count("measure", needs=[Count("train", steps=100)]))
        jobs.renew(job, "me")
        jobs.release(job, "me")
        # Nobody asked for the training itself.
        assert not jobs.advance()

    def test_through_several_generations(self, jobs, clock):
        data = Count("data", steps=100)
        train = Count("train", needs=[data])
        job = jobs.submit(Count("measure", needs=[train]))
        clock.now = LEASE - 1
        jobs.renew(job, "me")
        clock.now = LEASE + 1
        steps(jobs, 1)
        assert jobs.find("data").state == RUNNING and jobs.find("train").state == WAITING

    def test_one_of_two_dependants_leaves(self, jobs, clock):
        need = Count("train", steps=100)
        one, two = (jobs.submit(Count(name, needs=[need])) for name in "ab")
        jobs.renew(one, "me")
        jobs.renew(two, "you")
        jobs.release(one, "me")
        steps(jobs, 3)
        assert one.state == CANCELLED and two.state == WAITING
        assert jobs.find("train").state == RUNNING

    def test_somebody_who_only_watches_a_need(self, jobs):
        need = Count("train", steps=100)
        job = jobs.submit(Count("measure", needs=[need]))
        train = jobs.find("train")
        jobs.renew(job, "me")
        jobs.renew(train, "you")
        jobs.release(job, "me")
        steps(jobs, 3)
        assert job.state == CANCELLED and train.state == RUNNING

    def test_a_dependant_that_has_begun_no_longer_waits(self, jobs):
        log = []
        job = jobs.submit(Count("measure", needs=[Count("train", log=log)], log=log))
        versions = []
        while jobs.advance():
            versions.append(jobs.snapshot(job).version)
        assert versions == sorted(versions)
        assert jobs.snapshot(job).state == DONE


class TestFailure:
    @pytest.mark.parametrize(
        "error, text",
        [
            (InvalidValue("batch", 70_000, "give at most 60,000"), "give at most 60,000"),
            (DamagedData("The data file x is damaged; restore it."), "The data file x is damaged"),
        ],
    )
    def test_what_a_visitor_may_read_is_shown_as_it_is(self, jobs, error, text, caplog):
        job = jobs.submit(Count("a", fail=error))
        jobs.drain()
        found = jobs.snapshot(job)
        assert found.state == FAILED and found.error == str(error) and text in found.error
        assert "Traceback" not in caplog.text
        # What was known stays known.
        assert found.step == Step(3, 3, "a 3")

    def test_anything_else_is_an_apology_and_is_logged(self, jobs, caplog):
        job = jobs.submit(Count("a", fail=RuntimeError("secret path /home/me")))
        with caplog.at_level(logging.ERROR):
            jobs.drain()
        assert jobs.snapshot(job).error == APOLOGY
        assert "secret path" in caplog.text and "Traceback" in caplog.text

    def test_out_of_memory(self, jobs):
        job = jobs.submit(Count("a", fail=MemoryError()))
        jobs.drain()
        assert "memory" in jobs.snapshot(job).error

    def test_reaches_all_dependants(self, jobs):
        need = Count("train", fail=DamagedData("The data file x is damaged."))
        found = [jobs.submit(Count(name, needs=[need])) for name in "abc"]
        further = jobs.submit(Count("d", needs=[Count("a", needs=[need])]))
        jobs.drain()
        for job in (*found, further):
            snapshot = jobs.snapshot(job)
            assert snapshot.state == FAILED
            assert snapshot.error == "The data file x is damaged."
        assert jobs.counts() == {QUEUED: 0, WAITING: 0, RUNNING: 0}

    def test_leaves_the_others_alone(self, jobs):
        good = jobs.submit(Count("good", steps=5))
        jobs.submit(Count("bad", steps=1, fail=RuntimeError()))
        jobs.drain()
        assert good.state == DONE

    def test_is_tried_again_when_asked_again(self, jobs):
        first = jobs.submit(Count("a", fail=RuntimeError()))
        jobs.drain()
        second = jobs.submit(Count("a"))
        assert second is not first
        jobs.drain()
        assert (first.state, second.state) == (FAILED, DONE)
        # Through a need as well.
        third = jobs.submit(Count("m", needs=[Count("t", fail=RuntimeError())]))
        jobs.drain()
        fourth = jobs.submit(Count("m", needs=[Count("t")]))
        jobs.drain()
        assert (third.state, fourth.state) == (FAILED, DONE)

    def test_before_the_first_step(self, jobs):
        class Broken(Count):
            def run(self):
                raise RuntimeError("at once")

        broken, good = jobs.submit(Broken("a")), jobs.submit(Count("b"))
        jobs.drain()
        assert (broken.state, good.state) == (FAILED, DONE)


class TestBounds:
    def test_few_jobs_hold_arrays_at_once(self, jobs):
        log = []
        for number in range(MAX_ACTIVE + 4):
            jobs.submit(Count(f"{number}", steps=100, log=log))
        steps(jobs, 3 * MAX_ACTIVE)
        assert len(set(log)) == MAX_ACTIVE == jobs.counts()[RUNNING]
        jobs.drain()
        assert len(set(log)) == MAX_ACTIVE + 4

    def test_queue(self, jobs, monkeypatch):
        monkeypatch.setenv("DISSOCIATION_MAX_QUEUE", "3")
        for name in "abc":
            jobs.submit(Count(name))
        with pytest.raises(InvalidValue) as caught:
            jobs.submit(Count("d"))
        # Asking for what is on its way already is never too much.
        jobs.submit(Count("a"))
        assert jobs.find("d") is None
        jobs.drain()
        jobs.submit(Count("d"))
        message = str(caught.value)
        assert "too much to do" in message and not message.endswith("..")

    def test_queue_counts_needs_too(self, jobs, monkeypatch):
        monkeypatch.setenv("DISSOCIATION_MAX_QUEUE", "4")
        jobs.submit(Count("a"))
        with pytest.raises(InvalidValue):
            jobs.submit(Count("m", needs=[Count(name) for name in "bcdefgh"]))
        # Nothing of it is left to compete with others.
        assert jobs.counts() == {QUEUED: 1, WAITING: 0, RUNNING: 0}


class TestAhead:
    """What may be asked for next is done while nothing else is."""

    def test_after_everything_else_one_by_one(self, jobs):
        log = []
        for name in ("first", "second"):
            assert jobs.offer(Count(name, steps=2, log=log)) is not None
        jobs.submit(Count("asked", steps=2, log=log))
        jobs.drain()
        assert log == ["asked"] * 2 + ["first"] * 2 + ["second"] * 2

    def test_once_somebody_asks_it_is_as_any_other(self, jobs):
        log = []
        offered = jobs.offer(Count("a", log=log))
        jobs.offer(Count("b", log=log))
        steps(jobs, 1)
        assert jobs.submit(Count("a")) is offered
        assert jobs.counts() == {QUEUED: 0, WAITING: 0, RUNNING: 1}
        jobs.submit(Count("c", log=log))
        jobs.drain()
        assert offered.state == DONE and jobs.snapshot(offered).step.result == "a 3"
        assert log.count("a") == 3 and log[-3:] == ["b"] * 3

    def test_those_who_offered_it_are_no_company(self, jobs):
        offered = jobs.offer(Count("a"))
        jobs.renew(offered, "offers")
        jobs.renew(jobs.submit(Count("a")), "asks")
        assert set(offered.leases) == {"asks"} and jobs.offer(Count("a")) is None
        jobs.release(offered, "asks")
        assert not jobs.advance() and offered.state == CANCELLED

    def test_needed_by_what_is_asked_for(self, jobs):
        offered = jobs.offer(Count("model"))
        asked = jobs.submit(Count("curve", needs=[Count("model")]))
        jobs.drain()
        assert offered.state == asked.state == DONE

    def test_begun_it_gives_way_with_what_it_holds(self, jobs):
        task = Count("a", steps=9)
        offered = jobs.offer(task)
        steps(jobs, 2)
        jobs.submit(Count("b", steps=1))
        steps(jobs, 1)
        assert offered.state == CANCELLED and task.closed == 1
        jobs.drain()
        assert task.begun == 1 and jobs.find("a") is None

    def test_is_not_counted_and_crowds_nobody_out(self, jobs, monkeypatch):
        monkeypatch.setenv("DISSOCIATION_MAX_QUEUE", "2")
        monkeypatch.setattr(module, "FEW", 3)
        offered = [jobs.offer(Count(name)) for name in "abcde"]
        assert [job is not None for job in offered] == [True] * 3 + [False] * 2
        assert jobs.counts() == {QUEUED: 0, WAITING: 0, RUNNING: 0}
        found = [jobs.submit(Count(name)) for name in "xy"]
        assert [jobs.snapshot(job).position for job in found] == [0, 1]

    def test_never_what_must_be_trained_first(self, jobs):
        assert jobs.offer(Count("curve", needs=[Count("model")])) is None

    def test_is_dropped_with_its_last_watcher(self, jobs, clock):
        offered = jobs.offer(Count("a", steps=9))
        jobs.renew(offered, "me")
        jobs.release(offered, "me")
        assert not jobs.advance()
        assert offered.state == CANCELLED
        other = jobs.offer(Count("b", steps=9))
        clock.now += LEASE + 1
        assert not jobs.advance()
        assert other.state == CANCELLED


class TestPosition:
    def positions(self, jobs, found):
        return [jobs.snapshot(job).position for job in found]

    def test_counts_those_who_come_first(self, jobs, monkeypatch):
        monkeypatch.setattr(admission, "MAX_ACTIVE", 1)
        found = [jobs.submit(Count(name, steps=2)) for name in "abcd"]
        assert self.positions(jobs, found) == [0, 1, 2, 3]
        steps(jobs, 1)
        assert self.positions(jobs, found) == [0, 1, 2, 3]
        # Another step ends the first task's work, the one after finds that out.
        steps(jobs, 2)
        assert found[0].state == DONE and self.positions(jobs, found) == [0, 0, 1, 2]
        jobs.drain()
        assert self.positions(jobs, found) == [0, 0, 0, 0]

    def test_falls_when_somebody_ahead_leaves(self, jobs, monkeypatch):
        monkeypatch.setattr(admission, "MAX_ACTIVE", 1)
        found = [jobs.submit(Count(name, steps=9)) for name in "abc"]
        steps(jobs, 1)
        jobs.renew(found[1], "me")
        jobs.release(found[1], "me")
        steps(jobs, 1)
        assert self.positions(jobs, found) == [0, 0, 1]

    def test_of_a_job_that_is_next_is_zero(self, jobs):
        # Fair turns: whoever is new goes first, however many are at work.
        for name in "abc":
            jobs.submit(Count(name, steps=50))
        steps(jobs, 6)
        log = []
        new = jobs.submit(Count("new", log=log))
        position = jobs.snapshot(new).position
        steps(jobs, 1)
        assert log == ["new"] and position == 0


EVENTS = ["submit", "offer", "advance", "advance", "release", "time"]


@settings(max_examples=60)
@given(data=st.data())
def test_any_history_of_events(data):
    """Whatever visitors do: one job a digest, versions grow, nothing is lost or left behind."""
    clock = Clock()
    jobs = Jobs(clock=clock, start=False)
    submitted, versions = [], {}
    for _ in range(data.draw(st.integers(1, 40))):
        event = data.draw(st.sampled_from(EVENTS))
        if event == "submit":
            name = data.draw(st.sampled_from("abcdef"))
            needs = [Count(n) for n in data.draw(st.sets(st.sampled_from("xyz"), max_size=2))]
            fail = data.draw(st.sampled_from([None, None, RuntimeError(), DamagedData("no.")]))
            live = jobs.find(name)
            job = jobs.submit(Count(name, data.draw(st.integers(0, 3)), needs, fail=fail))
            assert live is None or job is live
            jobs.renew(job, "me")
            submitted.append(job)
        elif event == "offer":
            job = jobs.offer(Count(data.draw(st.sampled_from("abcdefgh"))))
            if job is not None:
                submitted.append(job)
        elif event == "advance":
            jobs.advance()
        elif event == "release" and submitted:
            jobs.release(data.draw(st.sampled_from(submitted)), "me")
        else:
            clock.now += data.draw(st.floats(0, LEASE))
        for job in submitted:
            found = jobs.snapshot(job)
            assert found.version >= versions.get(id(job), 0)
            versions[id(job)] = found.version
            assert (found.state == FAILED) == bool(found.error)
            assert found.position >= 0
    jobs.drain()
    assert all(job.finished for job in submitted)
    assert jobs.counts() == {QUEUED: 0, WAITING: 0, RUNNING: 0}
    assert not jobs._by_digest


class TestThread:
    def test_eight_visitors_at_once(self):
        jobs = Jobs()
        names = [f"{number}" for number in range(12)]
        live: set[str] = set()
        begun: set[str] = set()
        results: dict[tuple[int, str], str] = {}

        class Noted(Count):
            def run(self):
                assert self.name not in live  # never two at a time
                live.add(self.name)
                begun.add(self.name)
                for step in super().run():
                    time.sleep(0.0005)
                    yield step
                live.remove(self.name)

        def visit(number: int) -> None:
            rng = random.Random(number)
            order = names[:]
            rng.shuffle(order)
            held = []
            for name in order:
                needs = [Noted("common", 5)]
                job = jobs.submit(Noted(name, 5, needs))
                jobs.renew(job, f"visitor {number}")
                held.append((name, job))
            wait(jobs, [job for _, job in held], timeout=20)
            for name, job in held:
                results[number, name] = jobs.snapshot(job).step.result

        visitors = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join(timeout=30)
        jobs.stop()
        assert len(results) == 8 * 12
        assert all(result == f"{name} 5" for (_, name), result in results.items())
        assert begun == {*names, "common"} and not live

    def test_stops_after_its_chunk(self):
        jobs = Jobs()
        job = jobs.submit(Count("a", steps=10**9))
        jobs.renew(job, "me")
        while jobs.snapshot(job).step is None:
            time.sleep(0.001)
        jobs.stop()
        assert not jobs._thread.is_alive()
        version = jobs.snapshot(job).version
        time.sleep(0.01)
        assert jobs.snapshot(job).version == version

    def test_survives_a_failing_job(self):
        jobs = Jobs()
        bad = jobs.submit(Count("bad", fail=RuntimeError()))
        wait(jobs, [bad], timeout=10)
        good = jobs.submit(Count("good"))
        wait(jobs, [good], timeout=10)
        assert (bad.state, good.state) == (FAILED, DONE)
        jobs.stop()

    def test_leases_lapse_while_nothing_else_happens(self, monkeypatch):
        monkeypatch.setattr(module, "LEASE", 0.05)
        jobs = Jobs()
        job = jobs.submit(Count("a", steps=10**9))
        deadline = time.monotonic() + 5
        while not job.finished and time.monotonic() < deadline:
            time.sleep(0.005)
        assert job.state == CANCELLED
        jobs.stop()

    def test_waiting_too_long(self):
        jobs = Jobs(start=False)
        with pytest.raises(TimeoutError):
            wait(jobs, [jobs.submit(Count("a"))], timeout=0.05)


class TestPuttingOff:
    """While a small job's program is compiled beside, a long turn of another would hold it up."""

    @pytest.fixture
    def both(self, jobs, clock):
        large, small = jobs.submit(Count("large")), jobs.submit(Count("small"))
        jobs.renew(large, "one"), jobs.renew(small, "other")
        large.seconds, large.last = 60.0, 0.6
        small.seconds, small.news, small.turned = 0.5, threading.Event(), clock()
        return large, small

    def test_for_a_moment(self, jobs, clock, both):
        large, small = both
        assert jobs._put_off(large)
        clock.now += module.PUT_OFF
        assert not jobs._put_off(large)

    def test_not_once_it_is_compiled(self, jobs, both):
        large, small = both
        small.news.set()
        assert not jobs._put_off(large)

    def test_not_a_short_turn_nor_for_one_as_large(self, jobs, both):
        large, small = both
        large.last = module.LONG_TURN / 2
        assert not jobs._put_off(large)
        large.last, small.seconds = 0.6, 30.0
        assert not jobs._put_off(large)
