"""How long a request waits for its first points, without a browser: the engine and a clock.

Every figure comes from a process of its own with the networks stored: once with its programs
compiled for the first time (not reported), once fresh with the compilation cache of the first.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUESTS = ("input_noise", "parameter_noise", "transfer")
PATIENCE = 600.0


def _first_points(watch) -> float:
    begin = time.perf_counter()
    while time.perf_counter() - begin < PATIENCE:
        curves = watch.curves()
        if all(curve is not None and (curve.images > 0).any() for curve in curves):
            return time.perf_counter() - begin
        time.sleep(0.002)
    raise TimeoutError("no points")


def child(folder: str, request: str) -> dict[str, float]:
    """In a fresh process: seconds from the request to its first points, twice with other keys."""
    from dissociation.core.experiment import Experiment
    from dissociation.core.manipulations import Duplicate, InputNull, Nuisance, Scale
    from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
    from dissociation.core.networks.training import QUICK
    from dissociation.engine.lab import Lab

    laboratory = Lab(Path(folder))
    training = laboratory.watch_training(QUICK, 2)
    while not training.status().finished:
        time.sleep(0.05)
    # What the page's background thread loads after the first paint.
    import equinox  # noqa: F401
    import jax  # noqa: F401

    from dissociation.core.data.datasets import mnist_test
    from dissociation.core.networks.null_spaces import input_null_space

    mnist_test()
    input_null_space("test")
    measure, steps = {
        "input_noise": (InputNoise(), ((), (InputNull(),))),
        "parameter_noise": (ParameterNoise(), ((), (Duplicate(),), (Scale(),), (Nuisance(),))),
        "transfer": (Transfer(4_000), ((), (Duplicate(),), (Scale(),), (Nuisance(128.0),))),
    }[request]
    found = {}
    # Another key is another experiment, of the same shapes: everything is compiled by then.
    for name, key in (("fresh", 0), ("compiled", 1)):
        experiments = [Experiment(measure, step, seeds=2, key=key) for step in steps]
        begin = time.perf_counter()
        watch = laboratory.watch_curves(experiments)
        _first_points(watch)
        found[name] = time.perf_counter() - begin
        laboratory.release(watch)
        time.sleep(1.5)
    laboratory.stop()
    return found


def latency(say: Callable[[str], object]) -> list[tuple[str, float, str]]:
    """Measures all requests. **Returns:** (what, seconds, bound) rows."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for request in REQUESTS:
            for attempt in range(2):
                command = [sys.executable, "-m", "benchmarks.latency", folder, request]
                output = subprocess.run(
                    command, cwd=ROOT, check=True, capture_output=True, text=True
                ).stdout
                _forget(Path(folder))
                if attempt == 0:
                    continue
                found = json.loads(output.splitlines()[-1])
                label = request.replace("_", " ")
                bound = "0.5 s" if request == "transfer" else "0.3 s"
                rows.append((f"{label}: first points, compiled", found["compiled"], bound))
                rows.append((f"{label}: first points, fresh process", found["fresh"], "1 s"))
                say(f"{label}: {found}")
    return rows


def _forget(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder / "curves", ignore_errors=True)


if __name__ == "__main__":
    print(json.dumps(child(*sys.argv[1:])))
