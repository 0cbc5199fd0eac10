"""A step that does not return costs its own job, and nobody else's."""

from __future__ import annotations

import logging
import threading

import pytest

from dissociation.engine.job import DONE, FAILED
from dissociation.engine.jobs import Jobs, Step, Task
from dissociation.engine.lab import Lab
from dissociation.engine.metrics import health, metrics_text
from dissociation.engine.settings import STEP_LIMIT
from dissociation.engine.waiting import wait


class Counted(Task):
    digests = ("counted",)

    def run(self):
        yield Step(1, 1, "counted")


class NeverReturns(Task):
    """Its only step goes on until the test ends; then it stores what it found."""

    digests = ("never",)

    def __init__(self, lab):
        self.lab = lab
        self.release, self.ended = threading.Event(), threading.Event()

    def run(self):
        try:
            self.loop_without_end()
            self.lab.store.put("curves", "late", b"found too late")
            yield Step(1, 1, "late")
        finally:
            self.ended.set()

    def loop_without_end(self):
        while not self.release.wait(0.01):
            pass


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv(STEP_LIMIT.variable, "1")
    made = Lab(tmp_path)
    monkeypatch.setattr("dissociation.engine.lab._lab", made)
    yield made
    made.stop()


def test_the_next_job_runs_and_nothing_late_is_kept(lab, caplog):
    stuck = NeverReturns(lab)
    before = lab.jobs._thread
    with caplog.at_level(logging.ERROR):
        failed, done = lab.jobs.submit(stuck), lab.jobs.submit(Counted())
        wait(lab.jobs, [failed, done], timeout=60)
    assert (failed.state, done.state) == (FAILED, DONE)
    assert "longer than 1 s" in failed.error and "smaller settings" in failed.error
    # Where it is stuck, down to the line.
    assert "loop_without_end" in caplog.text and "digest=never" not in failed.error
    assert health(lab)["status"] == "degraded" and health(lab)["stuck"] == 1
    assert b"dissociation_stuck_steps 1.0" in metrics_text()
    # Whoever asks for the same is told at once, and costs no further thread.
    again = lab.jobs.submit(NeverReturns(lab))
    wait(lab.jobs, [again], timeout=60)
    assert again.state == FAILED and again.error == failed.error and lab.jobs.stuck == 1

    stuck.release.set()
    assert stuck.ended.wait(60)
    before.join(60)
    assert not before.is_alive() and lab.jobs.alive
    assert lab.store.get("curves", "late") is None
    assert (failed.state, failed.step) == (FAILED, None)
    assert health(lab)["status"] == "ok"
    # It may be asked for again now.
    released = NeverReturns(lab)
    released.release.set()
    wait(lab.jobs, [third := lab.jobs.submit(released)], timeout=60)
    assert third.state == DONE


def test_a_long_job_of_short_steps_is_not_given_up(monkeypatch):
    monkeypatch.setenv(STEP_LIMIT.variable, "1")

    class Long(Task):
        digests = ("long",)

        def run(self):
            pause = threading.Event()
            for number in range(14):
                pause.wait(0.1)
                yield Step(number + 1, 14, number)

    jobs = Jobs()
    wait(jobs, [job := jobs.submit(Long())], timeout=60)
    assert job.state == DONE
    jobs.stop()
