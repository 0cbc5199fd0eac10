"""A finger on a phone: what is pulled or pressed follows it, and anywhere else the page scrolls."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .helpers import Finger, brought_to_middle
from .tiny import chart_comes_to, comparison_address, drawn, wait_for_end

pytestmark = pytest.mark.browser

ZONES = ".js-plotly-plot :is(.nsewdrag, .nsdrag, .ewdrag, .legend)"


@pytest.fixture
def phone(new_page) -> Page:
    return new_page(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        reduced_motion="no-preference",
    )


def scrolls_from_everywhere(page: Page, finger: Finger) -> None:
    """From the plots, their axes and their legends."""
    zones = page.locator(ZONES)
    assert zones.count() > 2
    for number in range(min(zones.count(), 4)):
        box = brought_to_middle(zones.nth(number))
        x, y = box["middle_x"], min(max(box["middle_y"], 300), 600)
        assert finger.drag((x, y), (x, y - 90), steps=4) > 40, number


@pytest.mark.parametrize("where", ["/Inputs", "/Linear?steps=20"])
def test_the_page_scrolls_under_a_finger_on_a_chart(lab, phone, where):
    lab.open(phone, where)
    phone.wait_for_selector(".js-plotly-plot .nsewdrag", state="attached")
    scrolls_from_everywhere(phone, Finger(phone))


def test_a_finger_moves_the_slider_of_a_walk_and_zooms_when_told_to(lab, phone):
    lab.open(phone, "/Linear?steps=20")
    finger = Finger(phone)
    slider = phone.get_by_role("slider", name="Step of the walk")
    expect(slider).to_have_attribute("aria-valuetext", "step 20 of 20")
    box = brought_to_middle(slider)
    y, right = box["middle_y"], box["x"] + box["width"] - 8
    assert finger.drag((right, y), (box["middle_x"], y + 3)) == 0
    expect(slider).to_have_attribute("aria-valuetext", "step 10 of 20")
    chart_comes_to(phone, "data.find((t) => t.uid === 'walk-now').x[0] === 10")
    play = brought_to_middle(phone.get_by_role("button", name="Play the walk"))
    finger.tap(play["middle_x"], play["middle_y"])
    chart_comes_to(phone, "data.find((t) => t.uid === 'walk-now').x[0] > 10")
    zoom = brought_to_middle(phone.locator(".modebar-btn[data-val=zoom]").first)
    finger.tap(zoom["middle_x"], zoom["middle_y"])
    chart_comes_to(phone, "layout.dragmode === 'zoom'")
    plot = brought_to_middle(phone.locator(".js-plotly-plot .nsewdrag").first)
    x, y = plot["x"] + 0.2 * plot["width"], plot["y"] + 0.2 * plot["height"]
    to = (x + 0.6 * plot["width"], y + 0.6 * plot["height"])
    assert finger.drag((x, y), to) == 0
    chart_comes_to(phone, "Array.isArray(layout.xaxis.range) && layout.xaxis.autorange === false")


def test_a_finger_opens_a_point_of_the_map(lab, phone):
    lab.open(phone, comparison_address("/Map", show="rescale", landmarks="0", rotation="0"))
    wait_for_end(phone)
    drawn(phone)
    chart_comes_to(phone, "data[0].x?.length === 6")
    # The weakest rescaling keeps the function, so it stands at the foot of the axis.
    point = phone.locator(".js-plotly-plot .scatterlayer .trace .points path").first
    box = brought_to_middle(point)
    Finger(phone).tap(box["middle_x"], box["middle_y"])
    expect(phone.get_by_role("heading", name="Representation", exact=True)).to_be_visible()
