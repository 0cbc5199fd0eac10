"""Exported scripts, run as whoever exported them would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from labs import ROOT


def printed(text: str, folder: Path) -> str:
    """Runs a script from a folder. **Returns:** what it prints."""
    script = folder / "taken_home.py"
    script.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    return done.stdout
