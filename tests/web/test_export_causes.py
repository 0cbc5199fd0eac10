"""Causes and Bridge exported: files of the real route, against the store; scripts are run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests
from labs import TINY, RecordingLab, fresh_lab

from dissociation import causes_from_json, from_json
from dissociation.address.links import read_address
from dissociation.core.theory.causes_findings import SCALES
from dissociation.features.bridge.address import candidates_of
from dissociation.features.bridge.answer import Measured, _norms
from dissociation.python.sources import read_source
from dissociation.web.export.links import export_path

from .scripts import printed

QUERY = {name: TINY[name] for name in ("recipe", "width", "epochs", "batch")}
PAGES = {
    "causes": "/Causes?" + urlencode({**QUERY, "draws": "1", "scale": "3"}),
    "bridge": "/Bridge?" + urlencode({**QUERY, "show": "balance"}),
}
LINKS = {name: read_address(page)[0] for name, page in PAGES.items()}
STUDY = LINKS["causes"].table.study(LINKS["causes"].values)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[RecordingLab]:
    with pytest.MonkeyPatch.context() as patch:
        made = fresh_lab(tmp_path_factory.mktemp("lab") / "cache", patch)
        made.watch_studies([STUDY])
        made.jobs.drain()
        link = LINKS["bridge"]
        candidates = candidates_of(link.values)[:3]
        made.watch_question(Measured(made.library, candidates, compute=True))
        made.jobs.drain()
        yield made
        made.stop()


def fetch(address: str, page: str, kind: str) -> str:
    answer = requests.get(f"http://{address}/{export_path(LINKS[page], kind)}", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_causes(address, lab):
    found = lab.library.result(STUDY)
    rows = list(csv.DictReader(io.StringIO(fetch(address, "causes", "csv"))))
    assert [float(row["sigma"]) for row in rows] == SCALES.tolist()
    assert [float(row["measured_error"]) for row in rows] == found.measured.errors.tolist()
    values = json.loads(fetch(address, "causes", "json"))
    assert causes_from_json(values["study"]) == STUDY
    assert read_address(values["address"])[0] == LINKS["causes"]
    assert values["terms_network"] == found.sources.terms.tolist()
    assert values["neurons"]["layer2"]["incoming"] == found.sources.incoming[1].tolist()


def test_bridge(address, lab):
    rows = list(csv.DictReader(io.StringIO(fetch(address, "bridge", "csv"))))
    assert [row["rewrite"] for row in rows] == ["trained", "balance", "balance"]
    assert all(float(row["gain"]) > 0 and float(row["sigma50"]) > 0 for row in rows)
    values = json.loads(fetch(address, "bridge", "json"))
    assert from_json(values["networks"][1]["experiment"]).manipulations[0].name == "balance"
    assert set(values["laws"]["gain"]) == {"best", "linear"}


@pytest.mark.parametrize(
    ("page", "kinds"), [("causes", ("shares", "neurons", "margins")), ("bridge", ("bridge",))]
)
def test_page_and_report(page, kinds, address, lab):
    alone, report = fetch(address, page, "page"), fetch(address, page, "report")
    for kind in kinds:
        assert f'"kind": "{kind}"' in alone and f'"kind": "{kind}"' in report
    # Plotly's own traces, which the page has only to show.
    assert "showCharts(" in alone and '"uid": ' in alone and "Complete " in report


def test_scripts_give_the_same_numbers(address, lab, tmp_path):
    """Both in one process, one after the other: most of it is waiting for JAX."""
    # The first lines of a script are its own words.
    causes, bridge = (fetch(address, page, "script") for page in PAGES)
    text = printed(f"{causes}\n{bridge}", tmp_path)
    head, _, tail = text.partition("name\t")
    found = lab.library.result(STUDY)
    first = list(csv.DictReader(io.StringIO(head)))
    for number, name in enumerate(("w1", "w2", "w3", "together")):
        shares = [float(row[name]) for row in first]
        assert shares == pytest.approx(found.measured.shares[:, number].tolist(), abs=2e-4)
    measured = [float(row["measured_error"]) for row in first]
    assert measured == pytest.approx(found.measured.errors.tolist(), abs=2e-3)
    link = LINKS["bridge"]
    rows = [line.split("\t") for line in tail.splitlines()[1:]]
    for (_, half, gain), candidate in zip(rows, candidates_of(link.values)[:3], strict=True):
        norms = lab.library.result(_norms(candidate)).norms
        assert float(gain) == pytest.approx(sum(norms.terms), rel=1e-4)
        assert float(half) > 0


def test_the_command_line_finds_the_same(lab):
    question = read_source(PAGES["causes"]).question
    answer = question.answer(question.stored(lab.library))
    assert answer.csv().startswith("sigma,w1,w2,w3,together")
    assert f"{SCALES[3]:.4g}" in answer.text()
    bridge = read_source(PAGES["bridge"]).question
    points = bridge.stored(lab.library)
    assert [bool(point) for point in points[:4]] == [True, True, True, False]
    answer = bridge.answer(points)
    assert answer.csv().count("\n") == 4 and "Balanced" in answer.text()
    assert bridge.names()[0] == "Trained, network 1"


def test_what_is_not_computed_is_said(address, lab):
    for page, change in (("causes", {"scale": 4.0}), ("bridge", {"compute": "all"})):
        link = LINKS[page]._replace(values={**LINKS[page].values, **change})
        answer = requests.get(f"http://{address}/{export_path(link, 'csv')}", timeout=60)
        assert answer.status_code == 409 and "complete" in answer.text
