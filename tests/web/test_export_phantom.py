"""A phantom exported: files of the real route, held against the store; the script is run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests
from labs import TINY, RecordingLab, fresh_lab

from dissociation.address.links import read_address
from dissociation.core.phantom.study import PhantomResult, phantom_from_json
from dissociation.core.validation import InvalidValue
from dissociation.python.sources import read_source
from dissociation.web.export.files import KINDS
from dissociation.web.export.links import export_path
from dissociation.web.shell.questions import StudyQuestion

from .scripts import printed

QUERY = {name: TINY[name] for name in ("recipe", "width", "epochs", "batch")}
PAGE = "/Phantom?" + urlencode({**QUERY, "draws": "2", "phantom.layer": "1"})
LINK, _ = read_address(PAGE)
STUDY = LINK.table.study(LINK.values)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[RecordingLab]:
    with pytest.MonkeyPatch.context() as patch:
        made = fresh_lab(tmp_path_factory.mktemp("lab") / "cache", patch)
        made.watch_studies([STUDY])
        made.jobs.drain()
        yield made
        made.stop()


@pytest.fixture
def found(lab) -> PhantomResult:
    return lab.library.result(STUDY)


def fetch(address: str, kind: str) -> str:
    answer = requests.get(f"http://{address}/{export_path(LINK, kind)}", timeout=60)
    assert answer.status_code == 200, answer.text
    name = f"dissociation-phantom{KINDS[kind].ending}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    return answer.text


def test_csv(address, found):
    rows = list(csv.DictReader(io.StringIO(fetch(address, "csv"))))
    assert [float(row["sigma"]) for row in rows] == STUDY.x.tolist()
    assert [float(row["legibility_mean"]) for row in rows] == found.legibility.mean(0).tolist()
    assert [float(row["unchanged_sd"]) for row in rows] == found.unchanged.std(0).tolist()


def test_json(address, found):
    values = json.loads(fetch(address, "json"))
    assert phantom_from_json(values["study"]) == STUDY
    assert read_address(values["address"])[0] == LINK
    assert values["legibility"] == found.legibility.tolist()
    assert values["predictions_changed"] == 0 and values["correlation"] == found.clean


def test_page_and_report(address, lab):
    page, report = fetch(address, "page"), fetch(address, "report")
    for text in (page, report):
        assert '"kind": "phantom"' in text and '"uid": "phantom-after"' in text
    for words in ("Same function?", "The solve", "not one answer changed", "Complete study"):
        assert words in report


def test_script_gives_the_same_numbers(address, found, tmp_path):
    rows = list(csv.DictReader(io.StringIO(printed(fetch(address, "script"), tmp_path))))
    legibility = [float(row["legibility_mean"]) for row in rows]
    assert legibility == pytest.approx(found.legibility.mean(0).tolist(), abs=2e-4)


def test_the_command_line_finds_the_same(lab, found):
    question = read_source(PAGE).question
    assert question == StudyQuestion(STUDY)
    answer = question.answer(question.stored(lab.library))
    assert answer.csv().startswith("sigma,legibility_mean")
    assert f"{STUDY.x[3]:.4g}" in answer.text()


def test_what_is_not_computed_is_said(address, lab):
    link = LINK._replace(values={**LINK.values, "phantom": 3.0})
    answer = requests.get(f"http://{address}/{export_path(link, 'csv')}", timeout=60)
    assert answer.status_code == 409 and "not complete yet" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phantom": {"name": "scale"}}, "name a phantom"),
        ({"phantom": None}, "name"),
        ({"phantom": {"name": "phantom", "picture": "x"}}, "face"),
        ({"noise": "sound"}, "input_noise"),
        ({"draws": 0}, "1 to 64"),
        ({"more": 1}, "choose one of"),
        ({"schema": 99}, "reads schema"),
        ({"recipe": {"epochs": "many"}}, "epochs"),
    ],
)
def test_bad_descriptions(change, words):
    with pytest.raises(InvalidValue, match=words):
        phantom_from_json({**STUDY.to_json(), **change})


def test_what_is_left_out_is_as_usual():
    assert phantom_from_json({"phantom": STUDY.phantom.canonical()}).draws == 8
