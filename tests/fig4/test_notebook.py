"""The notebook's own cells, with its own imports, against the curves that it gave originally."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CELLS = ROOT.parent / "shared" / "check" / "notebook.py"


@pytest.mark.timeout(1_200)
@pytest.mark.skipif(os.environ.get("CI") == "true", reason=".ci/run runs them by themselves")
@pytest.mark.skipif(not CELLS.exists(), reason=f"the notebook's cells are not at {CELLS}")
def test_every_cell_runs_and_every_curve_agrees():
    done = subprocess.run(
        [sys.executable, str(CELLS)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert "every curve of the notebook" in done.stdout
