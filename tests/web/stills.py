"""Figures of Plotly's own, held to what the browser's code makes of the same charts."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dissociation.python.found import Found
from dissociation.web.chart import outline
from dissociation.web.chart.plots import drawn
from dissociation.web.chart.still import COLORS, still

ROOT = Path(__file__).parents[2]
#: What only a browser decides, or draws itself: of representations, the digits.
BROWSER = {"representation": {"dragmode", "shapes"}}


def same_layout(found: Found, number: int) -> None:
    """A figure that Python makes has the layout that it has on a page as wide."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("NO NODE on the PATH: figures of Python were not held to the browser's")
    width = 1000
    figure, traces = found.charts[number]
    part = drawn(figure, traces)
    step = part["walk"]["last"] if part["walk"] else 0
    given = {"figure": outline(figure), "part": part, "colors": COLORS, "width": width}
    answer = subprocess.run(
        [node, "tests/web/chart/layout_of.js"],
        cwd=ROOT,
        input=json.dumps({**given, "step": step}),
        capture_output=True,
        text=True,
        check=True,
    )
    shown = json.loads(answer.stdout)
    made = json.loads(still(figure, traces, width).to_json())["layout"]
    made.pop("template", None)
    own = BROWSER.get(figure.kind, {"dragmode"})
    expected = {name: value for name, value in shown.items() if name not in own}
    made, expected = _known(made), _known(expected)
    apart = {name for name in {*made, *expected} if made.get(name) != _rounded(expected.get(name))}
    assert not apart, [(name, made.get(name), expected.get(name)) for name in apart]


def _known(value: Any) -> Any:
    """Without what is not set, which JSON of the two writes differently."""
    if isinstance(value, dict):
        found = {name: _known(one) for name, one in value.items()}
        return {name: one for name, one in found.items() if one not in (None, {}, [])}
    return [_known(one) for one in value] if isinstance(value, list) else value


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
