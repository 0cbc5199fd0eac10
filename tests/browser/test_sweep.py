"""The Sweep page in a real browser: panels, heat map, contour, zoom over all, one status."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .tiny import address, no_exception, save_export, wait_for_end

pytestmark = pytest.mark.browser

CHARTS = "document.querySelectorAll('.js-plotly-plot')"

PANELS = f"{CHARTS}[0].layout.annotations.filter((a) => a.text.startsWith('<b>'))"


def drawn(page: Page) -> None:
    page.wait_for_selector(".js-plotly-plot .scatterlayer .trace .points path", timeout=60_000)
    page.wait_for_selector(".js-plotly-plot .heatmaplayer image", timeout=60_000)


def test_panels_and_heat_map(lab, page):
    lab.open(page, address("/Sweep", strengths="1,10,50", key="2"))
    wait_for_end(page)
    drawn(page)
    panels = page.evaluate(f"() => {PANELS}.map((a) => a.text)")
    assert panels == ["<b>α = 1</b>", "<b>α = 10</b>", "<b>α = 50</b>"]
    heat = page.evaluate(
        f"() => {{ const [map, line] = {CHARTS}[1].data;"
        " return {rows: map.z.length, columns: map.z[0].length, edges: map.x.length,"
        " known: map.z.flat().every((z) => z !== null), line: line.x}; }"
    )
    assert (heat["rows"], heat["columns"], heat["edges"]) == (3, 12, 13) and heat["known"]
    # A network scaled by 50 breaks at less noise, by the contour as by the table.
    first, _, last = heat["line"]
    assert last < first
    # Both charts are of the same curves: one says how far they are.
    expect(page.locator(".live-chart-text:visible", has_text="Complete:")).to_have_count(1)
    no_exception(page)


def test_taken_home_as_a_page(lab, page, new_page, tmp_path):
    lab.open(page, address("/Sweep", strengths="1,10,50", key="2"))
    wait_for_end(page)
    path = tmp_path / "sweep.html"
    save_export(page, "Chart as a page", path)
    home = new_page()
    home.goto(path.as_uri())
    drawn(home)
    kinds = f"() => [...{CHARTS}].map((node) => node.data.at(0).type)"
    assert home.evaluate(kinds) == ["scatter", "heatmap"]


def test_zoom_holds_for_all_panels_and_stays(lab, page):
    lab.open(page, address("/Sweep", strengths="1,10", key="2"))
    wait_for_end(page)
    drawn(page)
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 90, steps=5)
    page.mouse.up()
    ranges = f"() => ['xaxis', 'xaxis2'].map((name) => {CHARTS}[0]._fullLayout[name].range.join())"
    page.wait_for_function(f"() => {CHARTS}[0]._fullLayout.xaxis.range[0] > -3.9")
    first, second = page.evaluate(ranges)
    assert first == second
    field = page.get_by_label("Strengths α (factor)", exact=True)
    field.fill("1,10,20")
    field.press("Enter")
    page.wait_for_function(f"() => {PANELS}.length === 3")
    wait_for_end(page)
    assert page.evaluate(ranges) == [first, second]
