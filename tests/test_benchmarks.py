"""The benchmarks run, and what the manual says of speed is what was measured."""

from __future__ import annotations

import html
import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import cluster_words, coverage, direct, kept, reliability, report, similarity, works
from benchmarks.worker import measure
from dissociation.core import manipulations as m
from dissociation.core.data.datasets import mnist_test
from dissociation.core.measures import ParameterNoise, probes
from dissociation.core.networks.network import hidden_and_logits
from dissociation.core.similarity.pictures import EMBEDDED

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


@pytest.mark.parametrize(
    "rival", similarity.RIVALS, ids=lambda rival: f"{rival.measure} {rival.by}"
)
def test_independent_packages_give_the_same_values(rival, reference_networks, monkeypatch):
    monkeypatch.setattr(similarity, "PATIENCE", 0.0)
    monkeypatch.setattr(similarity, "PAUSE", 0.0)
    shown = mnist_test().images[:120]
    sides = (hidden_and_logits(network, shown, 2)[0] for network in reference_networks)
    row = similarity.compared(rival, *sides)
    # A near tie among neighbours may fall the other way.
    assert row["difference"] < (5e-3 if rival.measure == "neighbours" else 1e-4)
    assert 0 < row["value"] < 1.6 and row["ours_ms"] > 0 and row["theirs_ms"] > 0


def test_a_comparison_is_timed(reference_networks, monkeypatch):
    monkeypatch.setattr(similarity, "network", lambda: reference_networks[0])
    pictures, values = similarity.first_news(similarity.comparison(m.Scale(2.0), EMBEDDED))
    assert 0 < pictures < values


def test_what_is_told_of_speed_is_the_latest_kept_run():
    found = json.loads(RUNS[-1].read_text())
    assert report.section(found) in (ROOT / "docs" / "performance.md").read_text()


def test_the_page_of_a_kept_run():
    found = json.loads(RUNS[-1].read_text())
    page = report.page(found)
    assert "plotly" in page.lower() and "share of peak" in page
    for row in found["works"]:
        assert html.escape(row["label"]) in page
    assert {row["work"] for row in found["works"]} >= {"input_noise", "training", "null_space"}


def test_what_is_told_of_reliability_is_the_latest_kept_run():
    found = kept.latest()
    assert reliability.section(found) in (ROOT / "docs" / "reliability.md").read_text()
    machines = (ROOT / "docs" / "more-machines.md").read_text()
    # Nothing is told of a cluster that was not kept.
    assert ("written by benchmarks/report.py" in machines) == ("cluster" in found)
    if "cluster" in found:
        assert cluster_words.filled(machines, found["cluster"]) == machines


def test_what_is_told_of_intervals_is_the_latest_kept_run_and_right():
    found = json.loads(max(coverage.KEPT.glob("*.json")).read_text())["coverage"]
    assert coverage.section(found) in (ROOT / "docs" / "intervals.md").read_text()
    assert found["pool"] >= 40 and found["studies"] >= 2_000 and coverage.within(found)
    assert found["networks"] == [3, 5, 10, 20]
    kinds = {row["kind"] for row in found["rows"]}
    assert kinds >= {"B − A at a point of the curve", "B − A, σ50", "ratio of σ50"}
    assert {row["measure"] for row in found["rows"]} == set(coverage.PLANS)


def test_coverage_is_counted(reference_networks, monkeypatch):
    plan = coverage.Plan(ParameterNoise(200, points=8, noise_low=1e-3), m.Scale(5.0), 0.1)
    monkeypatch.setattr(coverage, "PLANS", {"noise": plan})
    rows = list(coverage.rows(reference_networks, studies=200))
    assert len(rows) == 7
    for row in rows:
        assert len(row["coverage"]) == 4 and all(0 <= share <= 1 for share in row["coverage"])
    normal = np.random.default_rng(0).normal(size=2_000)
    share = coverage.covered(normal, (-np.inf, np.inf), 5, 4_000, np.random.default_rng(1))
    assert 0.94 < share < 0.96
    # What nine in ten networks have in common and one has not is covered less often.
    rare = (np.arange(2_000) % 10 == 0) + 1e-3 * normal
    share = coverage.covered(rare, (-np.inf, np.inf), 5, 4_000, np.random.default_rng(1))
    assert share < 0.8


def test_a_kept_run_grows_section_by_section(tmp_path):
    path = tmp_path / "new" / "run.json"
    kept.keep(path, "kills", {"tolls": {}})
    kept.keep(path, "soak", {"minutes": 1})
    kept.keep(path, "kills", {"tolls": {"writes": {"kills": 3}}})
    found = json.loads(path.read_text())
    assert found["kills"]["tolls"]["writes"] == {"kills": 3} and found["soak"]["minutes"] == 1
    assert all(section["machine"]["cores"] and section["date"] for section in found.values())


@pytest.mark.parametrize("name", sorted(file.stem for file in (ROOT / "benchmarks").glob("*.py")))
def test_every_benchmark_finds_what_it_needs(name):
    """Most are run by hand, and rarely."""
    importlib.import_module(f"benchmarks.{name}")
