"""A real scheduler and two real workers on the loopback: the same numbers, whatever is killed."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import signal
import time
from collections.abc import Iterator

import numpy as np
import pytest
from curve_studies import checking, measuring, stored_checks, whole_curve

from benchmarks.cluster_processes import Processes
from dissociation.cli.main import main
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Nuisance
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.training import Recipe
from dissociation.core.validation import InvalidValue
from dissociation.engine import jobs as j
from dissociation.engine import records
from dissociation.engine.cluster.link import Link
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.settings import SCHEDULER_PATIENCE, SCHEDULER_VARIABLE
from dissociation.engine.store import Store
from dissociation.engine.tasks import TrainTask

#: Thirty steps, shared with the other tests of the engine, so that they are compiled once.
TINY = Recipe(epochs=1, batch=2_000, width=16)
#: Long enough that something can be killed in its middle.
PLAN = Experiment(ParameterNoise(points=40, draws=8), (Nuisance(8.0),), TINY)
SEEDS = (0, 1)
#: On a machine that has much else to do.
DEADLINE = 200.0


@pytest.fixture(scope="module")
def processes(tmp_path_factory) -> Iterator[Processes]:
    made = Processes(tmp_path_factory.mktemp("cluster"))
    for _ in range(2):
        made.add_worker()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path / "compiled"))
    monkeypatch.setenv(SCHEDULER_PATIENCE.variable, "5")


@pytest.fixture
def labs(processes, tmp_path, monkeypatch) -> Iterator:
    """Makes labs that use the cluster, each with a store of its own."""
    monkeypatch.setenv(SCHEDULER_VARIABLE, processes.address)
    made: list[Lab] = []

    def one() -> Lab:
        lab = Lab(tmp_path / f"lab{len(made)}")
        made.append(lab)
        lab.executor.require()
        assert lab.status_message == ""
        return lab

    yield one
    for lab in made:
        lab.stop()


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Iterator[Library]:
    """What a process computes by itself: its networks are trained."""
    library = Library(Store(tmp_path_factory.mktemp("alone")))
    for seed in SEEDS:
        list(TrainTask(library, TINY, seed).run())
    yield library
    library.store.close()


def stocked(lab: Lab, alone: Library) -> Lab:
    """Gives a lab the trained networks."""
    for seed in SEEDS:
        network, history = alone.network(TINY, seed), alone.history(TINY, seed)
        assert network is not None and history is not None
        lab.library.save_network(TINY, seed, network, history)
    return lab


def until(lab: Lab, watch, condition) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition(watch.status()):
        assert time.monotonic() < deadline, watch.status()
        watch.renew()
        time.sleep(0.005)


def follow(lab: Lab, watch) -> list[float]:
    """Waits for the end. **Returns:** every progress that was seen."""
    seen: list[float] = []

    def finished(status) -> bool:
        if not seen or status.progress != seen[-1]:
            seen.append(status.progress)
        return status.finished

    until(lab, watch, finished)
    assert watch.status().state == j.DONE, watch.status()
    return seen


def computed_alone(alone: Library, *plans: Experiment) -> None:
    for plan in plans:
        list(measuring(alone, [plan], SEEDS).run())


def assert_same_curves(first: Library, second: Library, *plans: Experiment) -> None:
    for plan in plans:
        one, other = whole_curve(first, plan), whole_curve(second, plan)
        assert one is not None and other is not None
        for a, b in zip(one.seeds, other.seeds, strict=True):
            np.testing.assert_array_equal(a.errors, b.errors)
            np.testing.assert_array_equal(a.images, b.images)
            assert (a.clean_errors, a.clean_images) == (b.clean_errors, b.clean_images)
            assert a.notes == b.notes


def test_curves_and_checks_are_as_they_are_computed_alone(labs, alone):
    lab = stocked(labs(), alone)
    watch = lab.watch_curves([PLAN])
    seen = follow(lab, watch)
    assert seen == sorted(seen) and len(seen) > 3
    # What was computed elsewhere counts as compute time.
    assert watch.status().seconds > 0
    computed_alone(alone, PLAN)
    assert_same_curves(alone, lab.library, PLAN)
    list(checking(alone, PLAN).run())
    assert stored_checks(lab.library, PLAN) == stored_checks(alone, PLAN) is not None


def test_a_network_is_as_it_is_trained_alone(labs, alone, monkeypatch):
    published: list[float] = []
    step = TrainTask.step

    def noted(self, history, **more):
        published.append(history.epochs[-1])
        return step(self, history, **more)

    monkeypatch.setattr(TrainTask, "step", noted)
    lab = labs()
    training = lab.watch_training(TINY, 1)
    seen = follow(lab, training)
    # How much of it a look now and then has seen depends on who has the cores.
    assert seen == sorted(seen) and seen[-1] == 1
    assert published == sorted(published) and len(set(published)) > 3
    assert training.status().seconds > 0
    mine, theirs = alone.history(TINY, 0), lab.library.history(TINY, 0)
    assert dataclasses.replace(mine, seconds=0) == dataclasses.replace(theirs, seconds=0)
    # Where many have their turn at a time, the second network does not wait for the first.
    jobs = [lab.jobs.submit(TrainTask(lab.library, TINY, seed)) for seed in (2, 3)]
    assert jobs[1].needs == jobs[1].after == ()


def test_two_labs_share_the_work_and_weights_are_sent_once(labs, alone, monkeypatch):
    plans = [PLAN, dataclasses.replace(PLAN, key=1)]
    both = [stocked(labs(), alone) for _ in range(2)]
    packed: list[str] = []
    pack = records.pack_network
    monkeypatch.setattr(records, "pack_network", lambda n: packed.append("") or pack(n))
    watches = [(lab, lab.watch_curves([plan])) for plan in plans for lab in both]
    for lab, watch in watches:
        follow(lab, watch)
    assert len(packed) == len(both) * len(SEEDS)
    computed_alone(alone, *plans)
    for lab in both:
        assert_same_curves(alone, lab.library, *plans)


def test_a_cancelled_job_takes_its_units_back(labs, alone):
    lab, other = stocked(labs(), alone), stocked(labs(), alone)
    plan = dataclasses.replace(PLAN, key=2)
    watch, kept = lab.watch_curves([plan]), other.watch_curves([plan])
    gone = lab.watch_curves([dataclasses.replace(PLAN, key=3)])
    until(lab, gone, lambda status: status.progress > 0)
    watch.cancel()
    gone.cancel()
    # What another lab wants stays, and what nobody wants any more keeps nobody waiting.
    follow(other, kept)
    assert whole_curve(lab.library, plan) is None
    deadline = time.monotonic() + DEADLINE
    while lab.jobs.counts()[j.RUNNING]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_worker_is_killed_in_the_middle(labs, alone, processes):
    lab = stocked(labs(), alone)
    plan = dataclasses.replace(PLAN, key=4)
    watch = lab.watch_curves([plan], None)
    until(lab, watch, lambda status: status.progress > 0)
    assert watch.status().progress < 0.9
    victim = processes.workers.pop(0)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    seen = follow(lab, watch)
    assert seen == sorted(seen) and lab.status_message == ""
    computed_alone(alone, plan)
    assert_same_curves(alone, lab.library, plan)


def test_warm_uses_it(tmp_path, monkeypatch, alone, processes, caplog):
    monkeypatch.setenv(SCHEDULER_VARIABLE, processes.address)
    caplog.set_level(logging.INFO, "dissociation")
    plan = dataclasses.replace(PLAN, key=7)
    (tmp_path / "plan.json").write_text(json.dumps(plan.to_json()))
    folder = tmp_path / "warm"
    assert main(["warm", str(tmp_path / "plan.json"), "--cache", str(folder)]) == 0
    assert f"computing on the cluster at {processes.address}" in caplog.text
    found = Library(Store(folder))
    computed_alone(alone, plan)
    assert_same_curves(alone, found, plan)
    found.store.close()


def test_nobody_answers(tmp_path, monkeypatch, alone, capsys):
    monkeypatch.setenv(SCHEDULER_VARIABLE, "tcp://127.0.0.1:9")
    monkeypatch.setenv(SCHEDULER_PATIENCE.variable, "1")
    lab = Lab(tmp_path / "lab")
    try:
        with pytest.raises(InvalidValue, match="no Dask scheduler with workers") as caught:
            lab.executor.require()
        assert caught.value.field == SCHEDULER_VARIABLE
        # Pages are told, and get their curves nonetheless.
        stocked(lab, alone)
        follow(lab, lab.watch_curves([PLAN]))
        assert "does not answer" in lab.status_message and "by itself" in lab.status_message
    finally:
        lab.stop()
    # Whoever waits at a terminal would rather know than wait.
    assert main(["warm", "balanced", "--cache", str(tmp_path / "warm")]) == 2
    assert SCHEDULER_VARIABLE in capsys.readouterr().err


# The last one: there is no cluster after it.
def test_the_scheduler_goes_away_in_the_middle(labs, alone, processes, caplog, monkeypatch):
    lab = stocked(labs(), alone)
    plan = dataclasses.replace(PLAN, key=5)
    watch = lab.watch_curves([plan])
    until(lab, watch, lambda status: status.progress > 0)
    assert watch.status().progress < 0.9
    processes.scheduler.kill()
    seen = follow(lab, watch)
    assert seen == sorted(seen)
    assert "by itself" in lab.status_message and "by itself" in caplog.text
    computed_alone(alone, plan)
    assert_same_curves(alone, lab.library, plan)
    # And what is asked for afterwards does not even try.
    sent = []
    monkeypatch.setattr(Link, "send", lambda self, units, batch: sent.append(units))
    follow(lab, lab.watch_curves([dataclasses.replace(PLAN, key=6)]))
    assert not sent
