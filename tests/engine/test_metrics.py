"""What the lab counts, and whether it says that it is well."""

from __future__ import annotations

import threading
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dissociation.engine import jobs as j
from dissociation.engine import lab as lab_module
from dissociation.engine.bookkeeping import REGISTRY
from dissociation.engine.compute_thread import ComputeThread
from dissociation.engine.job import FINISHED
from dissociation.engine.lab import Lab
from dissociation.engine.metrics import health, metrics_text
from dissociation.engine.task import Step, Task
from dissociation.engine.waiting import wait


class Work(Task):
    kind = "work"

    def __init__(self, name: str, error: Exception | None = None):
        self.digests, self.error = (name,), error

    def run(self):
        yield Step(1, 2, "half")
        if self.error is not None:
            raise self.error
        yield Step(2, 2, "all")


@pytest.fixture
def lab(tmp_path, monkeypatch):
    made = Lab(tmp_path, start=False)
    monkeypatch.setattr(lab_module, "_lab", made)
    yield made
    made.stop()


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"dissociation_{name}", labels) or 0.0


def test_jobs_by_kind_and_state(lab, caplog):
    before = {state: value("jobs_ended_total", kind="work", state=state) for state in FINISHED}
    started, seconds = (
        value("jobs_started_total", kind="work"),
        value("compute_seconds_total", kind="work"),
    )
    lab.jobs.submit(Work("a"))
    lab.jobs.submit(Work("b", RuntimeError("a defect")))
    assert value("jobs", state="queued") == 2
    lab.jobs.drain()
    now = {state: value("jobs_ended_total", kind="work", state=state) for state in FINISHED}
    assert {state: now[state] - before[state] for state in now} == {
        "done": 1,
        "failed": 1,
        "cancelled": 0,
    }
    assert value("jobs_started_total", kind="work") == started + 2
    assert value("compute_seconds_total", kind="work") > seconds
    assert value("jobs", state="queued") == 0


def test_reads_of_the_store(lab):
    from dissociation.core.networks.training import QUICK

    before = value("store_reads_total", compartment="models", result="miss")
    assert lab.library.weights(QUICK, 0) is None
    assert value("store_reads_total", compartment="models", result="miss") == before + 1
    lab.store.put("models", "x", b"y")
    hits = value("store_reads_total", compartment="models", result="hit")
    assert lab.library._read("models", "x", bytes) == b"y"
    assert value("store_reads_total", compartment="models", result="hit") == hits + 1


def test_text_is_what_prometheus_reads(lab):
    lab.rooms.open("BC23", "/Robustness", "q")
    text = metrics_text().decode()
    found = {family.name: family for family in text_string_to_metric_families(text)}
    assert found["dissociation_rooms"].samples[0].value == 1
    assert found["dissociation_queue_limit"].samples[0].value == 200
    assert {
        "dissociation_watches",
        "dissociation_store_trouble",
        "process_resident_memory_bytes",
    } <= set(found)
    assert all(family.documentation for family in found.values())
    assert str(lab.folder) not in text and "_created" not in text


def test_health(lab, monkeypatch):
    assert health(lab) == {
        "status": "ok",
        "store": "",
        "stuck": 0,
        "queue": {"queued": 0, "waiting": 0, "running": 0, "limit": 200},
    }
    lab.store.status_message = (
        "Results cannot be kept on disk and stay in memory until the lab stops."
    )
    assert health(lab)["status"] == "degraded" and health(lab)["store"] == lab.store.status_message
    monkeypatch.setattr(type(lab.jobs), "alive", False)
    assert health(lab)["status"] == "down"


def test_a_scheduler_that_fails_is_told_of_and_goes_on(monkeypatch, caplog):
    monkeypatch.setattr("dissociation.engine.compute_thread.AGAIN", 0.05)
    jobs, broken = j.Jobs(start=False), threading.Event()
    choose = jobs._turns.next

    def next_turn(*arguments):
        if broken.is_set():
            raise OSError("something nobody has thought of")
        return choose(*arguments)

    monkeypatch.setattr(jobs._turns, "next", next_turn)
    broken.set()
    jobs._thread = ComputeThread(jobs._turn_or_wait)
    jobs._thread.start()
    job = jobs.submit(Work("a"))
    deadline = time.monotonic() + 30
    while jobs.alive and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not jobs.alive and "something nobody has thought of" in caplog.text
    broken.clear()
    wait(jobs, [job])
    assert job.state == j.DONE and jobs.alive
    jobs.stop()


def test_a_compute_thread_that_ended_is_noticed():
    jobs = j.Jobs()
    assert jobs.alive
    jobs.stop()
    assert not jobs.alive
