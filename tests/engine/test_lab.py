from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from curve_studies import stored_curve

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Nuisance, Scale
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.network import seed_key, weights_digest
from dissociation.core.networks.training import Recipe, trained
from dissociation.core.runner import run
from dissociation.core.validation import InvalidValue
from dissociation.engine import jobs as j
from dissociation.engine import lab as module
from dissociation.engine.asker import Asker
from dissociation.engine.lab import Lab
from dissociation.engine.settings import CACHE_VARIABLE, cache_folder, keep_compiled_programs
from dissociation.engine.tasks import TrainTask
from dissociation.engine.waiting import wait

ROOT = Path(__file__).parents[2]
#: Thirty steps, shared with the other tests of the engine, so that they are compiled once.
TINY = Recipe(epochs=1, batch=2_000, width=16)
PLAN = Experiment(ParameterNoise(images=1_300, points=3, noise_low=0.01), recipe=TINY)
SCALED = Experiment(PLAN.measure, (Scale(20.0),), TINY)
PADDED = Experiment(PLAN.measure, (Nuisance(8.0),), TINY)
VARIABLES = (
    CACHE_VARIABLE,
    "JAX_COMPILATION_CACHE_DIR",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES",
    "JAX_COMPILATION_CACHE_MAX_SIZE",
    "TF_CPP_MIN_LOG_LEVEL",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """A lab sets variables for the JAX of its own process; not for those of later tests."""
    for name in VARIABLES:
        # Set before it is deleted, so that it is deleted again at the end if it was not there.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path / "lab", start=False)
    yield made
    made.stop()


class TestFolder:
    def test_default_and_variable(self, monkeypatch, tmp_path):
        assert cache_folder() == ROOT / "cache"
        monkeypatch.setenv(CACHE_VARIABLE, "")
        assert cache_folder() == ROOT / "cache"
        monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "elsewhere"))
        assert cache_folder() == tmp_path / "elsewhere"

    def test_a_file_is_no_folder(self, monkeypatch, tmp_path):
        path = tmp_path / "file"
        path.write_text("")
        monkeypatch.setenv(CACHE_VARIABLE, str(path))
        with pytest.raises(InvalidValue, match="give a folder") as caught:
            cache_folder()
        assert caught.value.field == CACHE_VARIABLE
        with pytest.raises(InvalidValue):
            Lab(start=False)

    def test_compiled_programs_lie_beside_the_results(self, tmp_path):
        keep_compiled_programs(tmp_path)
        kept = Path(os.environ["JAX_COMPILATION_CACHE_DIR"])
        assert kept.parent == tmp_path and kept.name.startswith("compiled-")
        assert int(os.environ["JAX_COMPILATION_CACHE_MAX_SIZE"]) == 512 * 2**20

    def test_unless_they_are_kept_elsewhere(self, tmp_path, monkeypatch):
        monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "/elsewhere")
        keep_compiled_programs(tmp_path)
        assert os.environ["JAX_COMPILATION_CACHE_DIR"] == "/elsewhere"

    def test_scipy_factorises_with_one_thread(self, tmp_path):
        code = (
            "import pathlib, threadpoolctl\nfrom dissociation.engine.lab import Lab\n"
            f"Lab(pathlib.Path({str(tmp_path)!r}), start=False)\n"
            "import scipy.linalg\n"
            "pools = threadpoolctl.threadpool_info()\n"
            "print([p['num_threads'] for p in pools if 'scipy.libs' in p['filepath']])"
        )
        env = {name: value for name, value in os.environ.items() if "_NUM_THREADS" not in name}
        command = [sys.executable, "-c", code]
        found = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
        assert found.stdout.split() == ["[1]"]

    def test_one_lab_a_process(self, tmp_path, monkeypatch):
        monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
        monkeypatch.setattr(module, "_lab", None)
        found: list[Lab] = []
        threads = [threading.Thread(target=lambda: found.append(module.lab())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8 and len({id(lab) for lab in found}) == 1
        assert found[0].folder == tmp_path
        found[0].stop()


class TestWatches:
    def test_are_found_by_their_id(self, lab):
        curves, training = lab.watch_curves([PLAN]), lab.watch_training(TINY, 2)
        assert lab.find(curves.id) is curves and lab.find(training.id) is training
        assert lab.find("nonsense") is None

    def test_released_they_are_gone_and_their_jobs_with_them(self, lab):
        watch = lab.watch_training(TINY, 1)
        lab.release(watch)
        assert lab.find(watch.id) is None
        assert not lab.jobs.advance()
        assert watch.status().finished

    def test_finished_ones_are_forgotten_after_a_while(self, lab, monkeypatch):
        recipe = Recipe(epochs=0, width=16)
        now = [time.monotonic()]
        watch = lab.watch_training(recipe, 1)
        monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
        lab.jobs.drain()
        assert watch.status().finished
        now[0] += module.KEEP_WATCHES - 1
        lab.watch_training(recipe, 1)
        assert lab.find(watch.id) is watch
        now[0] += 2
        lab.watch_training(recipe, 1)
        assert lab.find(watch.id) is None

    def test_long_ones_can_be_asked_for_a_while_after_their_end(self, lab, monkeypatch):
        recipe = Recipe(epochs=0, width=16)
        now = [time.monotonic()]
        watch = lab.watch_training(recipe, 1)
        monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
        now[0] += 10 * module.KEEP_WATCHES
        watch.renew()
        lab.jobs.drain()
        lab.watch_training(recipe, 1)
        # A browser that reconnects right after the end is still told the result.
        assert lab.find(watch.id) is watch

    def test_tabs_of_a_browser_count_as_the_many_jobs_of_one_visitor(self, lab):
        plans = [Experiment(PLAN.measure, (Scale(2.0 + n),), TINY) for n in range(7)]

        def position(browser: str, tab: str) -> int:
            with lab.asked_by(Asker(browser, tab)):
                return min(job.position for job in lab.watch_curves([plans.pop()]).watched)

        assert position("a", "1") == 0
        assert position("a", "1") == 0, "its next choice replaces the first"
        assert position("a", "2") == 1
        assert position("a", "3") == 2
        assert position("b", "1") == 0
        lab.jobs.drain()
        assert position("a", "4") == 0, "all others have their first results"
        assert lab.watch_curves([plans.pop()]).watched[0].position == 0

    def test_tabs_that_ask_in_the_same_moment_are_counted(self, lab):
        found = []

        def another() -> None:
            with lab.asked_by(Asker("a", "2")):
                found.append(lab.watch_training(TINY, 1).watched[0].position)

        with lab.asked_by(Asker("a", "1")):
            thread = threading.Thread(target=another)
            thread.start()
            thread.join()
        assert found == [1]

    def test_are_bounded(self, lab, monkeypatch):
        monkeypatch.setenv("DISSOCIATION_MAX_WATCHES", "3")
        recipe = Recipe(epochs=0, width=16)
        made = [lab.watch_training(recipe, 1) for _ in range(6)]
        known = [watch for watch in made if lab.find(watch.id)]
        assert made[-1] in known and 3 <= len(known) <= 4

    def test_the_one_looked_at_longest_ago_goes_first(self, lab, monkeypatch):
        monkeypatch.setenv("DISSOCIATION_MAX_WATCHES", "3")
        recipe = Recipe(epochs=0, width=16)
        first, second, third = (lab.watch_training(recipe, 1) for _ in range(3))
        for watch, seen in ((first, 0.0), (second, 30.0), (third, 20.0)):
            monkeypatch.setattr(watch, "seen", watch.seen - seen)
        lab.watch_training(recipe, 1)
        lab.watch_training(recipe, 1)
        assert lab.find(first.id) is first and lab.find(second.id) is None


def test_visitors_in_threads(tmp_path):
    """Four visitors at once, with a compute thread: each gets the right curves."""
    lab = Lab(tmp_path / "lab")
    found = {}

    def visit(number):
        plans = [PLAN, (SCALED, PADDED)[number % 2]]
        watch = lab.watch_curves(plans)
        wait(lab.jobs, watch.watched, timeout=60)
        found[number] = (plans, watch)

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(4)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(timeout=90)
    assert len(found) == 4
    networks = [trained(TINY, seed_key(seed)) for seed in range(2)]
    expected = {plan: run(plan, networks) for plan in (PLAN, SCALED, PADDED)}
    for plans, watch in found.values():
        assert watch.status().state == j.DONE, watch.status().message
        for plan, curve in zip(plans, watch.curves(), strict=True):
            assert curve is not None and curve.complete
            for one, other in zip(curve.seeds, expected[plan].seeds, strict=True):
                assert np.abs(one.errors - other.errors).max() <= 2
    lab.stop()


#: Trains network 0, measures half a curve, trains half of network 1, and is killed.
VICTIM = """
import os, signal, sys
sys.path.insert(0, "tests")
from pathlib import Path
from engine.test_lab import PLAN, SCALED, TINY, Lab, Recipe, Experiment
lab = Lab(Path(sys.argv[1]), start=False)
lab.watch_training(TINY, 1)
lab.jobs.drain()
one = Experiment(PLAN.measure, (), TINY, seeds=1)
curves = lab.watch_curves([one])
while not (curve := curves.curves()[0]) or not 0 < curve.images.min():
    assert lab.jobs.advance()
assert not curve.complete
training = lab.watch_training(TINY, 2)
while len(training.histories()[1].epochs) < 3:
    assert lab.jobs.advance()
print(lab.library.weights(TINY, 0), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_in_the_middle_of_everything(tmp_path):
    folder = tmp_path / "lab"
    victim = subprocess.run(
        [sys.executable, "-c", VICTIM, str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert victim.returncode == -9, victim.stderr
    lab = Lab(folder, start=False)
    assert lab.store.status_message == ""
    # What was finished is there, what was not is not.
    networks = [trained(TINY, seed_key(seed)) for seed in range(2)]
    assert victim.stdout.strip() == lab.library.weights(TINY, 0) == weights_digest(networks[0])
    assert lab.library.weights(TINY, 1) is None and stored_curve(lab.library, PLAN, 0) is None
    # And the rest follows, with the numbers of a run that nobody disturbed.
    watch = lab.watch_curves([PLAN, SCALED])
    assert [job.task.seed for job in watch.all_jobs() if isinstance(job.task, TrainTask)] == [1]
    lab.jobs.drain()
    assert watch.status().state == j.DONE
    undisturbed = Lab(tmp_path / "other", start=False)
    other = undisturbed.watch_curves([PLAN, SCALED])
    undisturbed.jobs.drain()
    for plan, one, two in zip((PLAN, SCALED), watch.curves(), other.curves(), strict=True):
        direct = run(plan, networks)
        for a, b, c in zip(one.seeds, two.seeds, direct.seeds, strict=True):
            np.testing.assert_array_equal(a.errors, b.errors)
            assert np.abs(a.errors - c.errors).max() <= 2
    lab.stop()
    undisturbed.stop()
