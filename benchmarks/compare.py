"""Runs the comparisons, each side in a process of its own, and compares their numbers."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.growth import SERIES
from benchmarks.machine import describe, peak
from benchmarks.works import Work, notebook

ROOT = Path(__file__).parents[1]


def _side(name: str, side: str, point: str = "") -> tuple[dict[str, float], np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.npz"
        command = [sys.executable, "-m", "benchmarks.worker", name, side, str(result)]
        found = subprocess.run(
            [*command, "--point", point], cwd=ROOT, check=True, capture_output=True, text=True
        )
        with np.load(result) as numbers:
            return json.loads(found.stdout.splitlines()[-1]), numbers["result"]


def _difference(direct: np.ndarray, ours: np.ndarray, work: Work) -> str:
    apart = np.abs(np.asarray(direct, float) - np.asarray(ours, float))
    form = ".0f" if work.unit == "predictions" else ".1g"
    if work.by_condition and len(apart) > 1:
        return ", ".join(format(own.max(), form) for own in apart) + f" {work.unit} by condition"
    return f"{apart.max():{form}} {work.unit} (mean {apart.mean():.2g})"


def compared(work: Work, point: str = "", *, name: str = "", direct: bool = True) -> dict[str, Any]:
    """One row of the report."""
    ours, numbers = _side(name or work.name, "ours", point)
    row: dict[str, Any] = {
        "work": work.name,
        "label": work.label,
        "scale": work.scale,
        "direct_s": None,
        "ours_s": ours["seconds"],
        "ratio": None,
        "share_of_peak": ours.get("share_of_peak"),
        "peak_mb": ours["peak_mb"],
        "direct_peak_mb": None,
        "aim": list(work.aim),
        "difference": "–",
    }
    if work.direct is not None and direct:
        other, expected = _side(name or work.name, "direct", point)
        row |= {
            "direct_s": other["seconds"],
            "ratio": other["seconds"] / ours["seconds"],
            "direct_peak_mb": other["peak_mb"],
            "difference": _difference(expected, numbers, work),
        }
    return row


def compare(say: Callable[[str], object], *, growth: bool = True, only: str = "") -> dict[str, Any]:
    """Everything, as plain values for [`benchmarks.report`][]."""
    found: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "machine": {**describe(), "peak_gflops": peak() / 1e9},
        "works": [],
        "growth": {},
    }
    for work in notebook():
        if only and work.name != only:
            continue
        row = compared(work)
        found["works"].append(row)
        ratio = "" if row["ratio"] is None else f", {row['ratio']:.1f}×"
        share = "" if row["share_of_peak"] is None else f", {row['share_of_peak']:.0%} of peak"
        say(f"{work.label}: {row['ours_s']:.2f} s{ratio}{share}; {row['difference']}")
    for name, series in SERIES.items() if growth else ():
        points = []
        for value in series.values:
            row = compared(series.work(value), str(value), name=name, direct=value <= series.direct)
            kept = ("direct_s", "ours_s", "peak_mb", "direct_peak_mb", "difference")
            points.append({"value": value, **{key: row[key] for key in kept}})
        found["growth"][name] = {"label": series.label, "points": points}
        say(f"growth with {series.label}: done")
    return found
