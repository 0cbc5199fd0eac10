from __future__ import annotations

from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from dissociation.features.start import drawing
from dissociation.web.chart.palette import looks


@pytest.fixture(scope="module")
def root():
    return ElementTree.fromstring(drawing._svg())


def test_words(root):
    assert root.get("role") == "img" and "second hidden layer is marked" in root.get("aria-label")
    texts = [text.text for text in root.iter("text")]
    assert texts[:4] == ["784 pixels", "1,024 ReLUs", "1,024 ReLUs", "10 digits"]
    assert texts[4:] == ["W1", "W2", "W3"]


def test_everything_lies_within_the_picture(root):
    _, _, width, height = map(float, root.get("viewBox").split())
    for line in root.iter("line"):
        assert all(0 <= float(line.get(f"x{i}")) <= width for i in (1, 2))
        assert all(0 <= float(line.get(f"y{i}")) <= height for i in (1, 2))
    for circle in root.iter("circle"):
        x, y, r = (float(circle.get(name)) for name in ("cx", "cy", "r"))
        assert r <= x <= width - r and r <= y <= height - r


def test_all_units_are_joined(root):
    units = drawing._UNITS
    joins = sum(a * b for a, b in zip(units, units[1:], strict=False))
    assert len(list(root.iter("circle"))) == sum(units) and len(list(root.iter("line"))) == joins


def test_only_the_rewritten_layer_is_marked(root):
    marked = looks("scale")[0]
    dots = [circle for circle in root.iter("circle") if circle.get("fill") == marked]
    assert {circle.get("cx") for circle in dots} == {str(drawing._X[2])}
    bold = [text.text for text in root.iter("text") if text.get("font-weight") == "700"]
    assert bold == ["W2", "W3"]
    # Whatever is not marked takes the colour of the theme's text.
    lines = {line.get("stroke") for line in root.iter("line")}
    assert lines == {marked, "currentColor"}


def test_draws():
    def script():
        from dissociation.features.start.drawing import network_drawing

        network_drawing()

    page = AppTest.from_function(script, default_timeout=30).run()
    assert not page.exception
