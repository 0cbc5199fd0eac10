"""Linear networks exported: files, the script's numbers, and the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest

from dissociation.address.links import read_address
from dissociation.cli.main import main
from dissociation.core.linear.study import linear_from_json, study_linear
from dissociation.engine.library import Library
from dissociation.engine.store import Store
from dissociation.python.sources import read_source
from dissociation.web.export.base import Export
from dissociation.web.export.route import MAKE, export_of
from dissociation.web.shell.questions import StudyQuestion

from .scripts import printed

PAGE = "/Linear?v=1&family=lss&steps=5&draws=20&task=random"
LINK, _ = read_address(PAGE)
STUDY = LINK.table.study(LINK.values)
FOUND = study_linear(STUDY)


@pytest.fixture(scope="module")
def export(tmp_path_factory) -> Export:
    return export_of(Library(Store(tmp_path_factory.mktemp("empty"))), LINK)


def test_csv_and_json(export):
    rows = list(csv.DictReader(io.StringIO(MAKE["csv"](export))))
    errors = [float(r["value"]) for r in rows if r["quantity"] == "decoder_error"]
    assert errors == [float(v) for drift in FOUND.drift.values() for v in drift.decoder]
    values = json.loads(MAKE["json"](export))
    assert linear_from_json(values["study"]) == STUDY
    assert read_address(values["address"])[0] == LINK
    assert len(values["values"]) == len(rows)
    assert export.answer.file_name == "dissociation-linear"


def test_page_and_report(export):
    page, report = MAKE["page"](export), MAKE["report"](export)
    for text in (page, report):
        assert '"kind": "walk"' in text and '"kind": "exact"' in text
        assert '"uid": "walk-w1"' in text
    for said in ("Same function?", "Pairs of families", "Complete study", "Theorem 3.3"):
        assert said in report


def test_the_script_gives_the_same_numbers(export, tmp_path):
    rows = list(csv.DictReader(io.StringIO(printed(MAKE["script"](export), tmp_path))))
    along = [row for row in rows if row["quantity"] == "rsa_with_start"]
    own = [float(row["value"]) for row in along if row["family"] == "gls"]
    assert own == pytest.approx(FOUND.drift["gls"].similarity.tolist(), rel=1e-5)


def test_the_command_line_finds_the_same(tmp_path, capsys):
    assert read_source(PAGE).question == StudyQuestion(STUDY)
    cache, out = str(tmp_path / "cache"), tmp_path / "linear.csv"
    assert main(["run", PAGE, "--out", str(out), "--cache", cache]) == 0
    assert out.read_text() == FOUND.as_csv()
    capsys.readouterr()
    assert main(["run", PAGE, "--cache", cache]) == 0
    assert "minimum-weight-norm solution" in capsys.readouterr().out
    assert main(["run", "Linear?n_hidden=3", "--cache", cache]) == 2
    assert "hidden neurons" in capsys.readouterr().err
