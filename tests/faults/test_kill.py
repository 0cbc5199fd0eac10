"""kill -9 in the middle of a store write, of training, of a curve; `benchmarks.faults` does 200."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_is_broken_and_nothing_lost(tmp_path):
    command = [sys.executable, "-m", "benchmarks.kills", str(tmp_path)]
    command += ["--writes", "30", "--trainings", "1", "--curves", "1"]
    # Where its programs are kept follows from the folder, not from the lab of another test.
    env = {n: v for n, v in os.environ.items() if n != "JAX_COMPILATION_CACHE_DIR"}
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    tolls = json.loads(run.stdout)
    assert {name: toll["kills"] for name, toll in tolls.items()} == {
        "writes": 30,
        "trainings": 1,
        "curves": 1,
    }
    # Otherwise there would be nothing to lose.
    assert tolls["writes"]["checked"] > 400
    assert tolls["curves"]["checked"] > 0
    for toll in tolls.values():
        assert (toll["broken"], toll["lost"], toll["different"]) == (0, 0, 0), tolls
