"""Jobs that nobody watches stop within one chunk, a new choice replaces the old, and failures."""

from __future__ import annotations

import itertools
import threading
import time

import pytest
from labs import TINY, Visit, fresh_lab

from dissociation.core import manipulations as m
from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomStudy
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.engine import jobs as j
from dissociation.engine import paused
from dissociation.engine.jobs import CANCELLED, DONE, FAILED, Jobs
from dissociation.engine.tasks import StudyTask, TrainTask
from dissociation.web.shell.watching import _start_over

from .tiny import RECIPE, plans

#: Work of every kind, and what it is done by.
KINDS = {
    "training": (TrainTask, lambda lab: lab.watch_training(Recipe(epochs=3, width=16), 1)),
    "curve": (StudyTask, lambda lab: lab.watch_curves(plans())),
    "contrast": (
        StudyTask,
        lambda lab: lab.watch_studies(
            [Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE, 0, (m.Scale(2.0),)), images=500)]
        ),
    ),
    "causes": (
        StudyTask,
        lambda lab: lab.watch_studies([NoiseDecomposition((m.Scale(2.0),), RECIPE, draws=8)]),
    ),
    "phantom": (StudyTask, lambda lab: lab.watch_studies([PhantomStudy(m.Phantom(1.0), RECIPE)])),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A lab whose networks are trained, with a compute thread that the tests start."""
    with pytest.MonkeyPatch.context() as patch:
        made = fresh_lab(tmp_path_factory.mktemp("cache"), patch)
        made.watch_training(RECIPE, 1)
        made.jobs.drain()
        yield made
        made.stop()


@pytest.fixture
def lab(tmp_path, monkeypatch):
    made = fresh_lab(tmp_path / "cache", monkeypatch)
    yield made
    made.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_cancelled_within_one_chunk(kind, shared, monkeypatch):
    task, ask = KINDS[kind]
    begun, reached, ended = itertools.count(), threading.Event(), threading.Event()
    released = threading.Event()
    chunks = 0
    run = task.run

    def counted(self):
        nonlocal chunks
        try:
            for step in run(self):
                chunks = next(begun) + 1
                if chunks == 2:
                    reached.set()
                    # A small job would be done before this test had its turn to drop it.
                    released.wait(60)
                yield step
        finally:
            ended.set()

    monkeypatch.setattr(task, "run", counted)
    # What stays paused for whoever asks again goes after a while, which is over at once here.
    monkeypatch.setattr(paused, "KEPT", 0.0)
    monkeypatch.setattr(shared, "jobs", Jobs())
    watch = ask(shared)
    assert reached.wait(60)
    at = chunks
    shared.release(watch)
    released.set()
    assert ended.wait(60), "the generator was closed, its arrays are gone"
    # The one that was at work when it was told, and no other.
    assert chunks <= at + 1
    job = next(job for job in watch.watched if isinstance(job.task, task))
    deadline = time.monotonic() + 60
    while not job.finished and time.monotonic() < deadline:
        time.sleep(0.001)
    assert job.state == CANCELLED and shared.jobs.find(job.task.digests[0]) is None
    shared.jobs.stop()


def test_a_new_choice_supersedes_the_old_one(lab):
    visit = Visit("robustness", {**TINY, "show": "scale", "scale": "3"})
    lab.jobs.drain()
    visit.test.query_params["scale"] = "4"
    visit.run()
    old = visit.watch()
    (scaled,) = (job for job in old.watched if job.task.kind == "curve")
    assert lab.jobs.advance() and not scaled.finished
    visit.test.query_params["scale"] = "5"
    visit.run()
    new = visit.watch()
    assert new is not old and lab.find(old.id) is None and lab.find(new.id) is new
    assert lab.jobs.advance()
    assert scaled.state == CANCELLED
    lab.jobs.drain()
    assert new.status().state == DONE


def test_what_both_choices_need_goes_on(lab):
    visit = Visit("robustness", {**TINY, "show": "scale", "scale": "3"})
    training = [job for job in visit.watch().all_jobs() if isinstance(job.task, TrainTask)]
    assert lab.jobs.advance()
    visit.test.query_params["scale"] = "5"
    visit.run()
    again = [job for job in visit.watch().all_jobs() if isinstance(job.task, TrainTask)]
    assert len(training) == 1 and again == training
    lab.jobs.drain()
    assert training[0].state == DONE and visit.watch().status().state == DONE


def test_a_worker_exception_reaches_all_and_any_can_try_again(lab, monkeypatch, caplog):
    visits = [Visit("robustness", {**TINY, "show": "scale"}) for _ in range(2)]
    run = StudyTask.run

    def broken(self):
        raise RuntimeError("secret path /home/me")
        yield

    monkeypatch.setattr(StudyTask, "run", broken)
    lab.jobs.drain()
    assert "secret path" in caplog.text
    for visit in visits:
        status = visit.watch().status()
        assert (status.state, status.message) == (FAILED, j.APOLOGY)
        assert "secret" not in visit.run().text()
    monkeypatch.setattr(StudyTask, "run", run)
    # Both press "Try again": one job for both.
    for visit in visits:
        slot = f"watch|{visit.page}"
        failed = visit.test.session_state[slot][1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("streamlit.session_state", visit.test.session_state)
            patch.setattr(type(visit.test.session_state), "pop", _pop, raising=False)
            _start_over(visit.page, failed)
        visit.run()
    jobs = [[job for job in v.watch().watched if job.task.kind == "curve"] for v in visits]
    assert jobs[0] == jobs[1] and len(jobs[0]) == 1
    lab.jobs.drain()
    for visit in visits:
        assert visit.watch().status().state == DONE


def _pop(state, key, default=None):
    if key in state:
        del state[key]
    return default
