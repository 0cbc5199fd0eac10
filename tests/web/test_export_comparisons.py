"""Compared networks exported: files of the real route, held against the store."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests
from labs import TINY, RecordingLab, fresh_lab

from dissociation.address.links import Link, read_address
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import Comparison, contrast_from_json
from dissociation.features.map.address import points_of
from dissociation.features.map.answer import ComparisonsQuestion
from dissociation.web.export.files import KINDS
from dissociation.web.export.links import export_path

from .scripts import printed

QUERY = {name: TINY[name] for name in ("recipe", "width", "epochs", "batch")}
PAIR = "/Representation?" + urlencode({**QUERY, "rewrite": "duplicate"})
MAP = "/Map?" + urlencode({**QUERY, "show": "", "landmarks": "2", "rotation": "0"})


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[RecordingLab]:
    """A lab in which both pages are complete; comparing is too much to be done for each test."""
    with pytest.MonkeyPatch.context() as patch:
        made = fresh_lab(tmp_path_factory.mktemp("lab") / "cache", patch)
        for address in (PAIR, MAP):
            made.watch_studies(comparisons_of(linked(address)))
        made.jobs.drain()
        yield made
        made.stop()


def comparisons_of(link: Link) -> list[Comparison]:
    if link.table.study is not None:
        return [link.table.study(link.values)]
    return [point.comparison for point in points_of(link.values)]


def linked(address: str) -> Link:
    link, notices = read_address(address)
    assert notices == []
    return link


def fetch(address: str, lab, page: str, kind: str) -> str:
    link = linked(page)
    answer = requests.get(f"http://{address}/{export_path(link, kind)}", timeout=60)
    assert answer.status_code == 200, answer.text
    name = f"dissociation-{link.table.name}{KINDS[kind].ending}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "sandbox" in answer.headers["content-security-policy"]
    return answer.text


def found(lab, page: str):
    comparisons = comparisons_of(linked(page))
    return [(comparison, lab.library.result(comparison)) for comparison in comparisons]


def test_csv_of_a_pair(address, lab):
    rows = list(csv.DictReader(io.StringIO(fetch(address, lab, PAIR, "csv"))))
    ((_, findings),) = found(lab, PAIR)
    assert {row["measure"]: float(row["value"]) for row in rows} == findings.values
    chance = {row["measure"]: float(row["unrelated_mean"]) for row in rows}
    assert chance == {name: one.mean for name, one in findings.baselines.items()}


def test_csv_of_a_map(address, lab):
    rows = list(csv.DictReader(io.StringIO(fetch(address, lab, MAP, "csv"))))
    assert [row["name"] for row in rows] == [f"Trained, network {n}" for n in (1, 2, 3)]
    for row, (_, findings) in zip(rows, found(lab, MAP), strict=True):
        assert {name: float(row[name]) for name in SIMILARITIES} == findings.values


def test_robustness_of_a_map(address, lab):
    page = f"{MAP}&across=input_noise"
    missing = requests.get(f"http://{address}/{export_path(linked(page), 'csv')}", timeout=60)
    assert missing.status_code == 409
    experiments = [point.experiment for point in points_of(linked(page).values)]
    asked = ComparisonsQuestion(comparisons_of(linked(page)), experiments)
    watch = lab.watch_question(asked)
    lab.jobs.drain()
    rows = list(csv.DictReader(io.StringIO(fetch(address, lab, page, "csv"))))
    assert [float(row["sigma50"]) for row in rows] == asked.sigma50s(watch)
    values = json.loads(fetch(address, lab, page, "json"))["contrasts"]
    assert [value["sigma50"] for value in values] == asked.sigma50s(watch)
    report = fetch(address, lab, page, "report")
    assert "σ50" in report and "robustness to input noise" in report


def test_json_makes_the_same_comparison(address, lab):
    values = json.loads(fetch(address, lab, PAIR, "json"))
    ((comparison, findings),) = found(lab, PAIR)
    assert read_address(values["address"])[0] == linked(PAIR)
    assert contrast_from_json(values["study"]) == comparison
    assert values["values"] == findings.values


def test_json_makes_the_same_comparisons(address, lab):
    values = json.loads(fetch(address, lab, MAP, "json"))
    assert read_address(values["address"])[0] == linked(MAP)
    for entry, (comparison, findings) in zip(values["contrasts"], found(lab, MAP), strict=True):
        assert contrast_from_json(entry["contrast"]) == comparison
        assert entry["values"] == findings.values


def close(given: str, expected: float, name: str) -> None:
    assert float(given) == pytest.approx(expected, rel=1e-4, abs=1e-3), name


def test_the_script_of_a_pair_gives_the_same_numbers(address, lab, tmp_path):
    text = printed(fetch(address, lab, PAIR, "script"), tmp_path)
    ((_, findings),) = found(lab, PAIR)
    rows = {row["measure"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows.keys() == findings.values.keys()
    for name, row in rows.items():
        close(row["value"], findings.values[name], name)
        close(row["unrelated_mean"], findings.baselines[name].mean, name)


def test_the_script_of_a_map_gives_the_same_numbers(address, lab, tmp_path):
    text = printed(fetch(address, lab, MAP, "script"), tmp_path)
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    stored = [pair for _, findings in found(lab, MAP) for pair in findings.values.items()]
    assert len(rows) == len(stored)
    for (_, measure, value, chance), (name, expected) in zip(rows, stored, strict=True):
        assert (measure, chance) == (name, "")
        close(value, expected, name)


@pytest.mark.parametrize("kind", ["page", "report"])
@pytest.mark.parametrize(
    ("page", "words"),
    [
        (
            PAIR,
            (
                "The answers are the same",
                "On 1,000 test images 0 predictions changed",
                "Mutual 10 nearest neighbours",
                "exact rewrites of one network",
                "Complete contrast",
                "&quot;strength&quot;: 2.0",
            ),
        ),
        (
            MAP,
            (
                "Other trained networks: ",
                "of the answers to 1,000 test images differ",
                "Linear CKA",
                "Complete contrasts",
            ),
        ),
    ],
)
def test_pages_need_no_network(page, words, kind, address, lab):
    text = fetch(address, lab, page, kind)
    assert text.startswith("<!doctype html>") and "showCharts(" in text
    assert '"uid": ' in text
    assert "<script src" not in text and "<link" not in text.split("<script>")[0]
    assert '"pressable": false' in text
    if kind == "report":
        assert not [part for part in words if part not in text]


@pytest.mark.parametrize(
    "page", [PAIR.replace("duplicate", "permute"), MAP.replace("landmarks=2", "landmarks=3")]
)
def test_what_is_not_computed_is_said(page, address, lab):
    answer = requests.get(f"http://{address}/{export_path(linked(page), 'csv')}", timeout=60)
    assert answer.status_code == 409 and "not complete" in answer.text
    assert lab.jobs.counts() == {"queued": 0, "waiting": 0, "running": 0}


def test_an_empty_map(address, lab):
    path = f"http://{address}/api/export/csv/Map?show=&landmarks=0&rotation=0"
    answer = requests.get(path, timeout=60)
    assert answer.status_code == 400 and "choose a rewrite" in answer.text
