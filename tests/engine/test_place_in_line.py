"""Whoever comes back to what was dropped is not last in line, and sees at once what is known."""

from __future__ import annotations

import numpy as np
from curve_studies import curve_digest, curve_study, measuring

from dissociation.core.curves import MeasuredCurve
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Nuisance, Scale
from dissociation.core.measures import ParameterNoise
from dissociation.core.measures.base import SeedCurve
from dissociation.core.networks.training import Recipe
from dissociation.core.similarity.comparison import NetworkSpec
from dissociation.core.theory.bridge import Candidate
from dissociation.engine import paused
from dissociation.engine.jobs import CANCELLED, LEASE, QUEUED, Jobs, Step
from dissociation.engine.library import Library
from dissociation.engine.store import Store
from dissociation.engine.study_watch import StudyWatch
from dissociation.engine.tasks import TrainTask
from dissociation.engine.turns import left, urgency
from dissociation.features.bridge.answer import Measured
from tests.engine.test_jobs import Clock, Count
from tests.engine.test_paused import dropped

TINY = Recipe(epochs=0, width=16)
NOISE = ParameterNoise(images=100, points=3)


def test_keeps_its_place_for_a_while(jobs, clock):
    old = dropped(jobs, clock, Count("a"), chunks=0)
    other = jobs.submit(Count("b"))
    again = jobs.submit(Count("a"))
    assert again is not old
    assert (again.number, again.asked) == (old.number, old.asked) and again.number < other.number
    clock.now += LEASE + 1
    assert not jobs.advance() and again.state == CANCELLED
    clock.now += paused.KEPT + 1
    assert jobs.submit(Count("a")).number > other.number


def test_only_some_places_are_kept(jobs, clock, monkeypatch):
    monkeypatch.setattr(paused, "MOST", 2)
    numbers = [dropped(jobs, clock, Count(name), chunks=0).number for name in "abc"]
    again = [jobs.submit(Count(name)).number for name in "abc"]
    assert again[1:] == numbers[1:] and again[0] > numbers[2]


def test_what_nobody_has_asked_for_has_no_place(jobs, clock):
    offered = jobs.offer(Count("a"))
    clock.now += LEASE + 1
    assert not jobs.advance() and offered.state == CANCELLED
    later = jobs.submit(Count("b"))
    assert jobs.submit(Count("a")).number > later.number


class TestRank:
    def test_nobody_waits_for_the_ten_jobs_of_another(self, jobs):
        log = []
        for number in range(10):
            jobs.submit(Count(f"many {number}", log=log), number)
        jobs.submit(Count("one", log=log))
        for _ in range(4):
            jobs.advance()
        assert log[:3] == ["many 0", "one", "many 1"]

    def test_is_that_of_whoever_wants_it_most(self, jobs):
        need = Count("need")
        job = jobs.submit(Count("a", needs=[need]), 7)
        assert job.position == job.needs[0].position == 7
        jobs.submit(Count("a", needs=[need]), 2)
        assert job.position == job.needs[0].position == 2
        jobs.submit(Count("a", needs=[need]), 5)
        assert job.position == job.needs[0].position == 2

    def test_charts_count_what_they_ask_for_by_its_kind(self, tmp_path):
        library, jobs = Library(Store(tmp_path)), Jobs(start=False)
        for _ in TrainTask(library, TINY, 0).run():
            pass
        plans = [
            Candidate(NetworkSpec(TINY, 0, chain), (Experiment(NOISE, chain, TINY, 1),), True)
            for chain in ((), (Scale(3.0),), (Scale(5.0),), (Nuisance(4.0),))
        ]
        StudyWatch(library, jobs, Measured(library, plans, compute=True).groups())
        kinds: dict[str, list[int]] = {}
        for job in jobs._jobs:
            kinds.setdefault(job.task.kind, []).append(job.position)
        # Strengths of one rewrite are measured together.
        assert kinds == {"norms": [0, 1, 2, 3], "curve": [0, 1, 2]}


def test_what_is_known_is_shown_before_any_turn(tmp_path):
    library = Library(Store(tmp_path))
    for _ in TrainTask(library, TINY, 0).run():
        pass
    plan = Experiment(NOISE, recipe=TINY)
    clock = Clock()
    jobs = Jobs(clock=clock, start=False)
    old = jobs.submit(measuring(library, [plan], [0]))
    found = MeasuredCurve(curve_study(plan, 0), SeedCurve(np.ones((1, 3), int), np.full(3, 20)), 1)
    old.step, old.seconds = Step(0.2, 1, {curve_digest(plan, 0): found}), 2.5
    clock.now += LEASE + 1
    assert not jobs.advance() and old.state == CANCELLED
    job = jobs.submit(measuring(library, [plan], [0]))
    assert job.state == QUEUED and job.step == Step(0.2, 1, {curve_digest(plan, 0): found})
    assert job.seconds == 2.5


class TestUrgency:
    def jobs_of(self, jobs, clock):
        """A long and a short one, half done, that have waited as long."""
        long, short = jobs.submit(Count("long", steps=40)), jobs.submit(Count("short", steps=4))
        for job, done in ((long, 20), (short, 2)):
            job.step, job.seconds = Step(done, 2 * done, None), float(done)
        return long, short

    def test_what_is_soon_done_comes_soon(self, jobs, clock):
        long, short = self.jobs_of(jobs, clock)
        assert (left(long), left(short)) == (20.0, 2.0)
        clock.now += 10
        assert urgency(short, clock.now) > urgency(long, clock.now)

    def test_what_takes_long_comes_in_the_end(self, jobs, clock):
        long, _ = self.jobs_of(jobs, clock)
        clock.now += 300
        new = jobs.submit(Count("new", steps=4))
        new.step, new.seconds = Step(2, 4, None), 2.0
        clock.now += 20
        assert urgency(long, clock.now) > urgency(new, clock.now)
