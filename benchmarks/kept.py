"""Runs that are kept: one JSON file, whose sections are measured by programs of their own."""

from __future__ import annotations

import datetime
import json
import os
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.machine import describe

#: The runs of load, faults, cluster and soak; those of speed are in the folder above.
RELIABILITY = Path(__file__).parent / "results" / "reliability"


def keep(path: Path, section: str, figures: dict[str, Any]) -> None:
    """Puts a section into a run, which is made if it is not there, with the day and the machine."""
    found = json.loads(path.read_text()) if path.exists() else {}
    about = {"date": datetime.date.today().isoformat(), "machine": describe()}
    found[section] = {**about, **figures}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def latest() -> dict[str, Any]:
    """The latest run of reliability."""
    return json.loads(max(RELIABILITY.glob("*.json")).read_text())


class Others:
    """How many cores others have used since it was made; what is measured shares them.

    **Arguments:**

    - `own`: processes that belong to the measurement and are still running when it is asked.
    """

    def __init__(self, *own: psutil.Process):
        self._own = own
        self._begin, self._busy, self._ours = time.perf_counter(), _busy(), self._used()

    def _used(self) -> float:
        ours = os.times()
        ended = ours.children_user + ours.children_system
        alive = sum(sum(process.cpu_times()[:4]) for process in self._own)
        return ours.user + ours.system + ended + alive

    def cores(self) -> float:
        """Cores in use, on average, by anybody else."""
        others = (_busy() - self._busy) - (self._used() - self._ours)
        return max(0.0, others / (time.perf_counter() - self._begin))


def _busy() -> float:
    now = psutil.cpu_times()
    # Linux counts what guests take as a part of the user's time.
    return sum(now) - now.idle - getattr(now, "iowait", 0.0) - getattr(now, "guest", 0.0)
