"""Exported files: from the real route, compared with the store, and the script really run."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import numpy as np
import pytest
import requests
from labs import TINY

from dissociation.address.links import Link, read_address
from dissociation.core.experiment import from_json
from dissociation.core.runner import run
from dissociation.core.theory import predicted_curve
from dissociation.features.curves.figures import LEGEND
from dissociation.web.export.files import KINDS
from dissociation.web.export.links import export_path

from .scripts import printed

ADDRESS = "/Robustness?" + urlencode({**TINY, "points": "3", "show": "scale", "compose": "scale:3"})


@pytest.fixture
def client(address, lab):
    """Asks the routes on a real server."""
    return lambda path: requests.get(f"http://{address}{path}", timeout=30)


@pytest.fixture
def link(lab):
    """An address whose curves are complete in the lab."""
    found, notices = read_address(ADDRESS)
    assert notices == []
    shown = [c.experiment for c in found.table.conditions(found.values)]
    lab.watch_curves(shown, predicted=True)
    lab.jobs.drain()
    return found


def experiments(link):
    return [condition.experiment for condition in link.table.conditions(link.values)]


def fetch(client, link, kind):
    answer = client("/" + export_path(link, kind))
    assert answer.status_code == 200, answer.text
    disposition = answer.headers["content-disposition"]
    assert disposition == f'attachment; filename="dissociation-parameter-noise{KINDS[kind].ending}"'
    assert "sandbox" in answer.headers["content-security-policy"]
    return answer.text


def test_csv_holds_every_point(client, link):
    rows = list(csv.DictReader(io.StringIO(fetch(client, link, "csv"))))
    names = list(dict.fromkeys(row["condition"] for row in rows))
    assert names == ["Trained", "Scaled (α = 20)", "Scaled (α = 3)"]
    for name, experiment in zip(names, experiments(link), strict=True):
        own = [row for row in rows if row["condition"] == name]
        np.testing.assert_array_equal([float(row["error"]) for row in own], run(experiment).mean)
        theory = [float(row["expected_error"]) for row in own]
        np.testing.assert_array_equal(theory, predicted_curve(experiment).mean)


def test_json_makes_the_same_experiments(client, link):
    found = json.loads(fetch(client, link, "json"))
    assert read_address(found["address"])[0] == link
    for entry, experiment in zip(found["curves"], experiments(link), strict=True):
        assert from_json(entry["experiment"]) == experiment
        curve = run(experiment)
        assert entry["networks"][0]["errors"] == curve.seeds[0].errors.tolist()
        assert entry["networks"][0]["clean_errors"] == curve.seeds[0].clean_errors
        assert entry["x"] == curve.x.tolist()
        assert np.shape(entry["theory"]["expected_errors"]) == (1, 3)
        assert entry["theory"]["images"] == 200


def test_without_theory_files_are_without_it(client, link):
    without = Link(link.table, {**link.values, "theory": False})
    assert "expected" not in fetch(client, without, "csv")
    (curve, *_) = json.loads(fetch(client, without, "json"))["curves"]
    assert "theory" not in curve
    assert LEGEND in fetch(client, link, "page") and LEGEND not in fetch(client, without, "page")


def test_the_script_gives_the_same_numbers(client, link, tmp_path):
    text = printed(fetch(client, link, "script"), tmp_path)
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    expected = [
        (f"{x:.6g}", f"{error:.6f}")
        for experiment in experiments(link)
        for x, error in zip(run(experiment).x, run(experiment).mean, strict=True)
    ]
    assert [(x, error) for _, x, error in rows] == expected


@pytest.mark.parametrize("kind", ["page", "report"])
def test_pages_need_no_network(kind, client, link):
    text = fetch(client, link, kind)
    assert text.startswith("<!doctype html>") and '"uid": "line-' in text
    assert "<script src" not in text and "<link" not in text.split("<script>")[0]
    if kind == "report":
        assert "Same function?" in text and "0 of 10,000 predictions changed" in text
        assert "Scaled (α = 3)" in text and "95 % interval" in text


def test_what_is_not_computed_is_said(client, lab):
    link, _ = read_address(ADDRESS)
    answer = client("/" + export_path(link, "csv"))
    assert answer.status_code == 409 and "not complete" in answer.text
    assert lab.jobs.counts() == {"queued": 0, "waiting": 0, "running": 0}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/export/exe/Robustness", 404),
        ("/api/export/csv/Nowhere", 400),
        ("/api/export/csv/Inputs", 400),
        ("/api/export/csv/Start", 400),
        ("/api/export/csv/..%2f..%2fetc%2fpasswd", 404),
        ("/api/export/csv/Robustness?compose=" + "scale:2," * 1_200, 400),
    ],
)
def test_bad_requests(path, status, client):
    answer = client(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text and len(answer.text) < 500


def test_only_two_files_are_made_at_once(client, monkeypatch):
    from dissociation.web.export import route

    busy, most, lock = [0], [0], threading.Lock()

    def slow(kind, where):
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        time.sleep(0.05)
        with lock:
            busy[0] -= 1
        return "x", "file"

    monkeypatch.setattr(route, "_made", slow)
    with ThreadPoolExecutor(8) as visitors:
        answers = list(visitors.map(client, ["/api/export/csv/Robustness"] * 8))
    assert [answer.text for answer in answers] == ["x"] * 8 and most[0] == 2
