"""The benchmarks run, and what the README says of speed is what was measured."""

from __future__ import annotations

import html
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import direct, report, works
from benchmarks.worker import measure
from dissociation import probes

ROOT = Path(__file__).parents[1]
RUNS = sorted((ROOT / "benchmarks" / "results").glob("*.json"))
SMALL = {
    "input noise": works.input_noise(32, 1, 300, 4),
    "parameter noise": works.parameter_noise(32, 2, 300, 4),
    "scale sweep": works.parameter_noise(32, 1, 300, 4, works.SWEEP),
    "transfer": works.transfer(16, 1, 200, 1, (None,)),
}


@pytest.mark.parametrize("name", [n for n in SMALL if n != "transfer"])
def test_both_ways_give_the_same_numbers(name):
    work = SMALL[name]
    prepared = work.prepare()
    theirs, ours = work.direct(prepared), work.ours(prepared)
    assert theirs.shape == ours.shape and theirs.std() > 1
    # Input-null noise is exact up to the rank threshold only where the images have no noise.
    assert np.abs(theirs - ours).max() <= 3


def test_a_measurement():
    found, numbers = measure(SMALL["parameter noise"], "ours")
    assert found["seconds"] > 0 and found["peak_mb"] > 100 and 0 < found["share_of_peak"] < 1
    assert numbers.shape == (4, 2, 4)


def test_both_probes_give_the_same_numbers(monkeypatch):
    # All 200 steps, unrolled, would take a minute to compile.
    monkeypatch.setattr(direct, "STEPS", 5)
    monkeypatch.setattr(probes, "STEPS", 5)
    work = SMALL["transfer"]
    prepared = work.prepare()
    theirs, ours = work.direct(prepared), work.ours(prepared)
    assert abs(int(theirs[0, 0, 0]) - int(ours[0, 0, 0])) <= 3


def test_the_readme_tells_the_latest_kept_run():
    found = json.loads(RUNS[-1].read_text())
    text = (ROOT / "README.md").read_text()
    assert report.readme_section(found) in text


def test_the_page_of_a_kept_run():
    found = json.loads(RUNS[-1].read_text())
    page = report.page(found)
    assert "plotly" in page.lower() and "share of peak" in page
    for row in found["works"]:
        assert html.escape(row["label"]) in page
    assert {row["work"] for row in found["works"]} >= {"input_noise", "training", "null_space"}
