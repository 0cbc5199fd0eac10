"""An experiment of a second, its numbers, and processes of their own in which things go wrong."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Scale
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.training import Recipe
from dissociation.engine import jobs as j
from dissociation.engine.lab import Lab
from dissociation.engine.waiting import wait

ROOT = Path(__file__).parents[2]
RECIPE = Recipe(epochs=1, batch=2048, width=16)
MEASURE = ParameterNoise(images=400, points=3)


def plans(key: int = 0) -> list[Experiment]:
    """Two conditions of one network."""
    return [Experiment(MEASURE, steps, RECIPE, seeds=1, key=key) for steps in ((), (Scale(5.0),))]


def numbers(lab: Lab, key: int = 0) -> list[Any]:
    """The experiment's weights and counts, computed if need be. **Raises:** if that fails."""
    watch = lab.watch_curves(plans(key))
    if lab.jobs._thread is None:
        # However slow this machine is, no lease lapses.
        lab.jobs._clock = lambda: 0.0
        lab.jobs.drain()
    wait(lab.jobs, watch.watched, timeout=120)
    status = watch.status()
    assert status.state == j.DONE, status.message
    counts = [curve.seeds[0].errors.tolist() for curve in watch.curves() if curve is not None]
    assert len(counts) == 2
    return [lab.library.weights(RECIPE, 0), *counts]


@functools.cache
def compiled() -> str:
    """Where processes of these tests share compiled programs, which take most of their time."""
    made = tempfile.mkdtemp(prefix="compiled-")
    Path(made).chmod(0o777)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def script(
    name: str, *arguments: object, within: tuple[str, ...] = (), own: bool = False
) -> subprocess.Popen:
    """Starts a script of this folder.

    **Arguments:**

    - `within`: commands by way of which it is started.
    - `own`: whether it keeps compiled programs in its lab's folder, as a lab does.
    """
    env = {**os.environ, "JAX_COMPILATION_CACHE_DIR": compiled()}
    if own:
        del env["JAX_COMPILATION_CACHE_DIR"]
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [*within, sys.executable, "-m", f"faults.{name}", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def output(process: subprocess.Popen, timeout: float = 120) -> tuple[str, str]:
    """What a script that must succeed has printed, and its log."""
    printed, log = process.communicate(timeout=timeout)
    assert process.returncode == 0, log
    return printed, log


@functools.cache
def mounting() -> tuple[str, ...]:
    """How to run a command that may mount file systems only it sees; empty if none is allowed."""
    with tempfile.TemporaryDirectory() as folder:
        for way in (("unshare", "-m"), ("unshare", "-U", "-r", "-m")):
            trial = [*way, "mount", "-t", "tmpfs", "-o", "size=1m", "none", folder]
            try:
                if subprocess.run(trial, capture_output=True).returncode == 0:
                    return way
            except OSError:
                return ()
    return ()
