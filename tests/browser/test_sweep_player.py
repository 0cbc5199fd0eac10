"""The sweeps of the map, played in a real browser: what moves, what stays, and how it ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .tiny import comparison_address, no_exception, wait_for_end

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('.js-plotly-plot')"
#: What is drawn, and where: places, looks and axes.
DRAWN = (
    f"() => JSON.stringify([{PLOT}.data.map((t) => [t.uid, t.x, t.y, t.text, t.opacity ?? 1]),"
    f" {PLOT}._fullLayout.xaxis.range, {PLOT}._fullLayout.yaxis.range])"
)
RANGES = f"() => [...{PLOT}._fullLayout.xaxis.range, ...{PLOT}._fullLayout.yaxis.range]"
TRAIL = f"{PLOT}.data.find((t) => t.uid === 'trail-rescale')"


@pytest.fixture
def map_page(lab, new_page) -> Page:
    page = new_page(reduced_motion="no-preference")
    lab.open(page, comparison_address("/Map", show="rescale", landmarks="0", rotation="0"))
    wait_for_end(page)
    page.wait_for_function(f"() => {PLOT}?.data?.[0].x?.length === 6")
    page.wait_for_timeout(300)
    return page


def zoom(page: Page) -> None:
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=6)
    page.mouse.up()
    page.wait_for_timeout(400)


def test_every_rewrite_travels_and_all_is_as_before(map_page):
    page = map_page
    whole = page.evaluate(RANGES)
    zoom(page)
    before, ranges = page.evaluate(DRAWN), page.evaluate(RANGES)
    assert ranges != whole
    page.evaluate(f"() => {{ {PLOT}.theFirst = true; }}")
    play = page.get_by_role("button", name="Play the sweep")
    size = play.bounding_box()
    assert size is not None and size["height"] >= 44
    play.focus()
    page.keyboard.press("Enter")
    # On its way: some of the strengths, the last of them between two.
    page.wait_for_function(f"() => {TRAIL}.x.length >= 3 && {TRAIL}.x.length < 7")
    expect(page.get_by_role("button", name="Pause the sweep")).to_be_focused()
    assert page.evaluate(RANGES) == ranges
    assert page.evaluate(f"() => {PLOT}.data.find((t) => t.uid === 'map-rescale').opacity") < 1
    page.wait_for_function(f"() => {TRAIL}.x[0] === null", timeout=30_000)
    expect(play).to_be_focused()
    assert page.evaluate(DRAWN) == before
    assert page.evaluate(f"() => {PLOT}.theFirst"), "the same node"
    no_exception(page)


def test_by_hand_and_without_motion(map_page):
    page = map_page
    page.emulate_media(reduced_motion="reduce")
    before = page.evaluate(DRAWN)
    slider = page.get_by_role("slider", name="How far along the sweep")
    expect(slider).to_have_attribute("aria-valuetext", "all strengths")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "the trained network")
    page.wait_for_function(f"() => {TRAIL}.x.length === 1")
    page.get_by_role("button", name="Play the sweep").click()
    # From strength to strength, never between: what is passed stands where the map has it.
    page.wait_for_function(f"() => {TRAIL}.x.length === 4")
    places = f"{PLOT}.data.find((t) => t.uid === 'map-rescale').y.slice(0, 3).join()"
    assert page.evaluate(f"() => {TRAIL}.y.slice(1).join() === {places}")
    page.get_by_role("button", name="Pause the sweep").click()
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "all strengths")
    page.wait_for_function(f"() => {TRAIL}.x[0] === null")
    assert page.evaluate(DRAWN) == before
