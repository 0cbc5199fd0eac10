"""Whoever adds a manipulation, a measure, a similarity or a page writes one file or folder.

Each of these here appears by that, and by one line, in a control, an address, the page, CSV, JSON,
the report, the script and the command line.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from labs import ROOT


@pytest.mark.parametrize("kind", ["manipulation", "measure", "similarity", "feature"])
def test_one_file_and_one_line(kind, tmp_path):
    command = [sys.executable, "-m", "tests.extending.extended", kind, str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3_000:]
    assert run.stdout.splitlines()[-1] == "seen"
