"""The notebook of the manual: every cell runs, and what it claims holds."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import plotly.graph_objects as go
import pytest

from dissociation import Lab
from dissociation.engine.settings import CACHE_VARIABLE

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


@pytest.fixture
def shown(tmp_path, monkeypatch, capsys):
    """What each cell shows, run in order in one place, as a kernel runs them."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    made = Lab(tmp_path, progress=False)
    monkeypatch.setattr("dissociation.python.lab.engine.lab", lambda: made._engine)
    place: dict[str, object] = {}
    found = []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            *body, last = ast.parse("".join(cell["source"])).body
            if not isinstance(last, ast.Expr):
                body.append(last)
            exec(compile(ast.Module(body, []), NOTEBOOK.name, "exec"), place)
            value = None
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), place)
            found.append(value if value is not None else capsys.readouterr().out)
    yield found, place
    made.close()


def test_every_cell(shown):
    values, place = shown
    figures = [value for value in values if isinstance(value, go.Figure)]
    assert len(figures) == 3 and all(figure.data for figure in figures)
    assert "<table" in place["parameters"]._repr_html_()
    low, high = place["claim"].interval
    assert low < high < 0 and place["claim"].left_out == 0
    assert place["found"].values["disagreement"] == 0
    assert any("scaling changes σ50" in str(value) for value in values)
