"""The lecture view on a projector, where all of a chart is in the window; and charts as files."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .tiny import address, chart_comes_to, comparison_address, no_exception, wait_for_end

pytestmark = pytest.mark.browser

SIZES = ((1440, 900), (1280, 720))
PAGES = (
    address("/Robustness", show="scale", key="2", theory="no"),
    address("/Transfer", show="scale", points="3", images="600"),
    address("/Hypothesis", key="2"),
    address("/Sweep", strengths="1,10,50", key="2"),
    "/Inputs?v=1",
    comparison_address("/Representation", rewrite="nuisance", nuisance="16"),
    comparison_address("/Map", show="rescale", landmarks="0", rotation="0"),
    comparison_address("/Phantom", draws="1"),
    "/Linear?steps=20",
    comparison_address("/Causes", rewrite="nuisance", nuisance="16", draws="1"),
    comparison_address("/Bridge"),
)
#: Whether the first chart is whole in the window as it opens, and the others once scrolled to.
FITS = """(first) => {
  const main = document.querySelector('[data-testid="stMain"]');
  const plots = [...document.querySelectorAll('.js-plotly-plot')];
  const inside = (node) => {
    const { top, bottom, left, right, height } = node.getBoundingClientRect();
    return height > 150 && top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
  };
  main.scrollTop = 0;
  if (first && !inside(plots[0])) return false;
  return plots.length > 0 && plots.every((plot) => {
    plot.scrollIntoView({ block: 'center' });
    return inside(plot);
  });
}"""
#: Titles, names in legends and words in charts that lie under a bar of tools.
UNDER_THE_BAR = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap((plot) => {
  const bar = plot.querySelector('.modebar').getBoundingClientRect();
  return [...plot.querySelectorAll('.infolayer text')].filter((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    return left < bar.right && right > bar.left && top < bar.bottom && bottom > bar.top;
  }).map((text) => text.textContent);
})"""
#: Boxes of the legend and of its texts in a file, and what of the texts is not in it.
LEGEND = """() => {
  const box = document.querySelector('.legend .bg').getBoundingClientRect();
  const { left, top, right, bottom } = box;
  const texts = [...document.querySelectorAll('.legendtext')];
  const cut = texts.filter((text) => {
    const own = text.getBoundingClientRect();
    return own.left < left || own.right > right || own.top < top - 1 || own.bottom > bottom + 1;
  });
  return { box: [left, top, right, bottom], count: texts.length, cut: cut.map((t) => t.textContent),
           color: getComputedStyle(document.querySelector('svg rect')).fill };
}"""


def lecture(lab, page: Page, where: str) -> None:
    lab.open(page, where + "&view=lecture")
    page.wait_for_selector(".js-plotly-plot .main-svg")


def fits(page: Page, *, first: bool = True) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(FITS, arg=first)
        assert page.evaluate(UNDER_THE_BAR) == []


def download(page: Page, number: int, kind: str, folder: Path) -> Path:
    button = page.locator(f".modebar-btn[data-title$=' {kind}']").nth(number)
    with page.expect_download() as waiting:
        button.dispatch_event("click")
    path = folder / f"{number}.{kind.lower()}"
    waiting.value.save_as(path)
    return path


def legend_is_whole(alone: Page, path: Path) -> dict:
    alone.goto(path.as_uri())
    found = alone.evaluate(LEGEND)
    assert found["count"] > 0
    assert found["cut"] == []
    return found


def edge_is_clear(path: Path, box: list[float], scale: float = 3) -> None:
    pixels = np.asarray(Image.open(path).convert("L")).astype(int)
    left, top, right, bottom = (round(scale * side) for side in box)
    ground = pixels[0, 0]
    part = pixels[top:bottom, left:right]
    assert (abs(part - ground) > 60).any()
    for edge in (part[:, -3:], part[:, :2], part[:2], part[-2:]):
        assert (abs(edge - ground) <= 60).all()


@pytest.mark.parametrize("where", PAGES, ids=lambda where: where.split("?")[0][1:])
def test_every_chart_fits_the_projector_and_its_files_are_whole(lab, new_page, tmp_path, where):
    page, alone = new_page(viewport={"width": 1440, "height": 900}), new_page()
    lecture(lab, page, where)
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
    fits(page, first=not where.startswith("/Inputs"))
    legends = page.locator(".live-chart .js-plotly-plot").evaluate_all(
        "(plots) => plots.flatMap((plot, n) => (plot.querySelector('.legendtext') ? [n] : []))"
    )
    boxes = {n: legend_is_whole(alone, download(page, n, "SVG", tmp_path)) for n in legends}
    for n in legends[:1]:
        edge_is_clear(download(page, n, "PNG", tmp_path), boxes[n]["box"])
        light = page.locator(".js-plotly-plot").first.evaluate("(n) => n.layout.paper_bgcolor")
        page.emulate_media(color_scheme="dark")
        chart_comes_to(page, f"layout.paper_bgcolor !== '{light}'")
        dark = legend_is_whole(alone, download(page, n, "SVG", tmp_path))
        edge_is_clear(download(page, n, "PNG", tmp_path), dark["box"])
        assert dark["color"] != boxes[n]["color"]
    no_exception(page)


@pytest.mark.parametrize("where", PAGES[:3:2], ids=("Robustness", "Hypothesis"))
def test_what_a_room_reveals_is_on_the_projector(lab, new_page, where):
    page = new_page(viewport={"width": 1280, "height": 720})
    lecture(lab, page, where)
    wait_for_end(page)
    page.get_by_role("button", name="Predict first").click()
    page.get_by_role("button", name="Open a room for a class").click()
    code = page.get_by_alt_text(re.compile("QR code"))
    expect(code).to_be_visible()
    fits(page)
    for seen in (code, page.get_by_role("button", name="Reveal")):
        expect(seen).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Reveal").click()
    chart_comes_to(
        page, "data.filter((t) => t.x?.length > 2 && t.mode?.includes('lines')).length > 3"
    )
    fits(page)
    room = page.locator(".st-key-lab-room").bounding_box()
    plot = page.locator(".js-plotly-plot").first.bounding_box()
    assert plot["x"] + plot["width"] <= room["x"]
