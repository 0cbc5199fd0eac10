"""Representation and Map in a real browser: pictures, a slider that moves them, a point pressed."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from .helpers import set_frozen
from .tiny import comparison_address, no_exception, wait_for_end

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('.js-plotly-plot')"


def pictures(page: Page) -> None:
    page.wait_for_function(
        f"() => {PLOT}?.data?.filter((t) => t.type === 'image').length === 4", timeout=60_000
    )


def the_pointer_finds_distances(page: Page) -> None:
    """What the browser has painted is the bitmap of 250 by 250, and each of its points tells."""
    painted = page.evaluate(
        """async () => {
            const image = new Image();
            image.src = document.querySelector('.imagelayer image').href.baseVal;
            await image.decode();
            return [image.naturalWidth, image.naturalHeight, image.src.slice(0, 22)];
        }"""
    )
    assert painted == [250, 250, "data:image/bmp;base64,"]
    box = page.locator(".imagelayer image").first.bounding_box()
    assert box is not None
    spot = [0.3, 0.7]
    x, y = (
        box[a] + box[b] * share for a, b, share in zip("xy", ("width", "height"), spot, strict=True)
    )
    page.mouse.move(x, y, steps=3)
    words = page.locator(".hovertext").text_content() or ""
    found = re.search(r"images (\d+) and (\d+)\s*distance ([\d.]+)", words)
    assert found is not None, words
    column, row = int(found[1]), int(found[2])
    assert abs(column - 75) <= 2 and abs(row - 175) <= 2
    value = page.evaluate(f"([row, column]) => {PLOT}.data[0].text[row][column]", [row, column])
    assert value == pytest.approx(float(found[3]), rel=0.01) and value > 0


def test_pictures_measures_and_a_moved_strength(lab, page):
    lab.open(page, comparison_address("/Representation", rewrite="nuisance", nuisance="16"))
    pictures(page)
    wait_for_end(page)
    expect(page.get_by_text("The answers are the same").first).to_be_visible()
    shapes = page.evaluate(
        f"() => {PLOT}.data.map((t) => t.type === 'image' ? [t.text.length, t.text[0].length]"
        " : [t.x.length])"
    )
    assert shapes[0] == shapes[3] == [250, 250] and shapes[2] == shapes[5] == [500]
    first, second = (f"() => {PLOT}.data[{n}].text[3].join()" for n in (0, 3))
    trained, rewritten = page.evaluate(first), page.evaluate(second)
    page.evaluate(f"() => {{ {PLOT}.theFirst = true; }}")
    the_pointer_finds_distances(page)
    slider = page.get_by_role("slider", name=re.compile("groups"))
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function(
        f"(before) => {PLOT}.data[3].text[3].join() !== before", arg=rewritten, timeout=60_000
    )
    # The same node, and the trained side as it was.
    assert page.evaluate(first) == trained
    assert page.evaluate(f"() => {PLOT}.theFirst")
    no_exception(page)


def places(page: Page, which: str) -> list[list[float]]:
    """Left, top, width and height of each, from left to right and top to bottom."""
    found = page.evaluate(
        """(which) => [...document.querySelectorAll(which)].map((node) => {
            const box = node.getBoundingClientRect();
            return [box.x, box.y, box.width, box.height];
        })""",
        which,
    )
    return sorted(found)


@pytest.mark.parametrize("width", [1280, 390])
def test_matrices_are_seen_before_the_plotting_library_is_there(lab, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    held: list[Route] = []
    page.route("**/api/plotly.min.js*", lambda route: held.append(route))  # noqa: PLW0108
    lab.open(page, comparison_address("/Representation", rewrite="scale", scale="3"))
    first = page.locator(".live-chart-sight img")
    expect(first).to_have_count(4)
    wait_for_end(page)
    assert page.locator(".js-plotly-plot").count() == 0
    seen = places(page, ".live-chart-sight img")
    for route in held:
        route.continue_()
    pictures(page)
    # The plot takes their place: nothing jumps, and nothing is there twice.
    expect(first).to_have_count(0)
    drawn = places(page, ".imagelayer image")
    assert np.abs(np.subtract(seen, drawn)).max() < 1
    no_exception(page)


def test_a_point_of_the_map_opens_its_page(lab, page):
    where = comparison_address("/Map", show="", landmarks="1", rotation="0")
    lab.open(page, where)
    wait_for_end(page)
    page.wait_for_function(f"() => {PLOT}?.data?.[0].x?.[0] > 0")
    spot = (
        f"() => {{ const n = {PLOT}; const l = n._fullLayout;"
        " const box = n.getBoundingClientRect(); const t = n.data[0];"
        " return [box.left + l.xaxis._offset + l.xaxis.d2p(t.x[0]),"
        " box.top + l.yaxis._offset + l.yaxis.d2p(t.y[0])]; }"
    )
    page.wait_for_timeout(300)
    x, y = page.evaluate(spot)
    page.mouse.move(x + 1, y + 1, steps=3)
    expect(page.locator(".hovertext")).to_be_visible()
    page.mouse.click(x + 1, y + 1)
    expect(page.get_by_role("heading", name="Representation", exact=True)).to_be_visible()
    page.wait_for_function("() => new URLSearchParams(location.search).get('network_b') === '2'")
    pictures(page)
    # One step back is the map as it was left, not an address of neither page.
    page.go_back()
    expect(page.get_by_role("heading", name="Map", exact=True)).to_be_visible()
    expect(page).to_have_url(lab.url + where)
    set_frozen(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    no_exception(page)


def test_sweeps_of_the_map_that_end_in_one_place_share_a_label(lab, page):
    # Permuted networks answer as before and are as alike as scaled ones, up to rounding.
    where = comparison_address("/Map", show="scale,permute", landmarks="0", rotation="0")
    lab.open(page, where)
    wait_for_end(page)
    sweeps = f"{PLOT}?.data?.filter((t) => t.uid.startsWith('map-'))"
    page.wait_for_function(f"() => {sweeps}?.length === 3 && {sweeps}.every((t) => t.x[0] > 0)")
    (shared,) = page.evaluate(f"() => {sweeps}.map((t) => t.text.at(-1)).filter(Boolean)")
    assert shared.startswith("α = ") and shared.count("=") == 2
