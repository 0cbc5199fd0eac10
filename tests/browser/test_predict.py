"""Predict, then reveal, in a real browser: drawing, keyboard, and a class in a room."""

from __future__ import annotations

import json
import re
import urllib.parse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .helpers import Finger, brought_to_middle, set_frozen
from .tiny import address, chart_comes_to, drawn, dressed, no_exception, wait_for_end

pytestmark = pytest.mark.browser

WHERE = address("/Robustness", show="scale", key="2", theory="no")
HAND_IN = "Hand in my prediction"


def handles(page: Page):
    return page.locator(".live-chart-handle")


def errors_drawn(page: Page) -> list[float]:
    return [float(h.get_attribute("aria-valuenow")) for h in handles(page).all()]


def chart_names(page: Page, *names: str) -> None:
    """Waits until the legend says just `names`."""
    shown = "data.filter((t) => t.showlegend !== false && t.name).map((t) => t.name)"
    chart_comes_to(page, f"{shown}.join() === {json.dumps(','.join(names))}")


def query(page: Page) -> dict[str, list[str]]:
    return urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)


def open_to_predict(lab, page: Page) -> None:
    lab.open(page, WHERE + "&predict=scale")
    drawn(page)
    expect(handles(page)).to_have_count(9)


def test_draw_then_reveal(lab, page):
    open_to_predict(lab, page)
    chart_names(page, "Trained")
    field = page.locator(".live-chart-field").bounding_box()
    left, top, width, height = (field[side] for side in ("x", "y", "width", "height"))
    page.mouse.move(left + 2, top + 0.9 * height)
    page.mouse.down()
    page.mouse.move(left + 0.5 * width, top + 0.9 * height, steps=3)
    page.mouse.move(left + width - 2, top + 2, steps=3)
    page.mouse.up()
    found = errors_drawn(page)
    assert found == sorted(found) and found[0] < 0.02 and found[-1] > 0.9
    page.get_by_role("button", name="Show the measured curve").click()
    expect(page.get_by_text(re.compile(r"\d+ of 100\."))).to_be_visible()
    wait_for_end(page)
    drawn(page)
    chart_names(page, "Trained", "Scaled (α = 20)", "Your prediction")
    handed_in = [float(value) / 100 for value in query(page)["guess"][0].split(":")[1].split(",")]
    assert handed_in == pytest.approx(found)
    expect(handles(page)).to_have_count(0)
    # Back covers the curve again, with the sketch as it was.
    page.go_back()
    expect(handles(page)).to_have_count(9)
    no_exception(page)


def test_keyboard_and_screen_reader(lab, page):
    open_to_predict(lab, page)
    first = page.get_by_role("slider", name=re.compile("Error you expect at 0.0001"))
    first.focus()
    for key in ("End", "PageDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        first.press(key)
    expect(first).to_have_attribute("aria-valuetext", "91%")
    first.press("Home")
    expect(first).to_have_attribute("aria-valuetext", "1%")
    dressed(page)
    found = Axe().run(page).response["violations"]
    serious = {v["id"] for v in found if v["impact"] in ("serious", "critical")}
    assert serious <= {"nested-interactive"}


def test_a_finger_pulls_points_and_draws_and_scrolls_beside_them(lab, new_page):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    open_to_predict(lab, page)
    finger = Finger(page)
    brought_to_middle(page.locator(".live-chart-field"))
    point = handles(page).nth(4)

    def middle() -> tuple[float, float]:
        box = point.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    x, y = middle()
    # Off the middle of the point, as fingers are.
    assert finger.drag((x + 4, y + 7), (x + 4, y - 89)) == 0
    assert middle() == (pytest.approx(x, abs=1), pytest.approx(y - 96, abs=1))
    field = page.locator(".live-chart-field").bounding_box()
    left, top, width, height = (field[side] for side in ("x", "y", "width", "height"))
    way = [(left + 3, top + 0.9 * height), (left + width - 3, top + 3)]
    assert finger.drag(*way, steps=12) == 0
    found = errors_drawn(page)
    assert found == sorted(found) and found[0] < 0.02 and found[-1] > 0.9
    # Above the plot, where the legend is; and below, where its title is.
    for start in (top - 40, top + height + 40):
        assert finger.drag((left + width / 2, start), (left + width / 2, start - 60)) > 30
    brought_to_middle(page.locator(".live-chart-field"))
    page.get_by_role("button", name="Stop predicting").click()
    expect(handles(page)).to_have_count(0)
    box = brought_to_middle(page.locator(".js-plotly-plot .nsewdrag"))
    x, y = box["middle_x"], box["middle_y"]
    assert finger.drag((x, y), (x, y - 100)) > 60


def draw_across(page: Page, height: float) -> None:
    """One stroke from left to right, at a share of the height from the top."""
    field = page.locator(".live-chart-field").bounding_box()
    left, width, y = field["x"], field["width"], field["y"] + height * field["height"]
    page.mouse.move(left + 2, y)
    page.mouse.down()
    page.mouse.move(left + width - 2, y, steps=6)
    page.mouse.up()


def hand_in(page: Page, height: float) -> None:
    draw_across(page, height)
    expect(page.get_by_role("button", name=HAND_IN)).to_be_visible()
    page.get_by_role("button", name=HAND_IN).click()
    expect(page.locator(".live-chart-words[role=status]")).to_contain_text("Handed in.")


def test_a_class_in_a_room(lab, new_page):
    host = new_page()
    lab.open(host, WHERE)
    wait_for_end(host)
    host.get_by_role("button", name="Predict first").click()
    host.get_by_role("button", name="Open a room for a class").click()
    expect(host.get_by_alt_text(re.compile("QR code"))).to_be_visible()
    host.wait_for_function("() => new URLSearchParams(location.search).has('room')")
    code = query(host)["room"][0]
    chart_names(host, "Trained")
    expect(handles(host)).to_have_count(0)

    link = host.url
    guests = [new_page() for _ in range(5)]
    lab.open(guests[4])
    guests[4].get_by_label("In a class?").fill(code.lower())
    guests[4].get_by_label("In a class?").press("Enter")
    expect(guests[4].get_by_role("heading", name="Robustness")).to_be_visible()
    # The others load side by side.
    for guest in guests[:4]:
        guest.goto(link, wait_until="commit")
    for number, height in enumerate((0.1, 0.9, 0.3, 0.5, 0.1), 1):
        guest = guests[number - 1]
        drawn(guest)
        expect(handles(guest)).to_have_count(9)
        chart_names(guest, "Trained")
        hand_in(guest, height)
        expect(host.get_by_text(re.compile(f"^{number} predictions?"))).to_be_visible()
    # The band comes to everybody without a rerun, and only from the fifth on.
    for page in (host, *guests):
        chart_comes_to(page, "data.some((t) => t.name?.startsWith('The class (5 predictions)'))")

    # The host is still the host after a reload, though nothing in the address says so.
    host.reload()
    expect(host.get_by_role("button", name="Reveal")).to_be_visible()
    # Whoever reloads and hands in again does not count twice.
    guests[0].reload()
    drawn(guests[0])
    guests[0].get_by_role("button", name="Hand in again").click()
    set_frozen(guests[0])
    expect(host.get_by_text(re.compile("^5 predictions"))).to_be_visible()

    host.get_by_role("button", name="Reveal").click()
    for page in (host, *guests):
        chart_comes_to(page, "data.some((t) => t.name === 'Scaled (α = 20)' && t.x.length > 2)")
        expect(page.get_by_text("The mean of the class scores")).to_be_visible()
    expect(guests[0].get_by_text(re.compile(r"^\d+ of 100\."))).to_be_visible()

    host.get_by_role("button", name="New round").click()
    for page in guests:
        expect(page.get_by_role("button", name=HAND_IN)).to_be_visible()
    host.get_by_role("button", name="Close the room").click()
    for page in guests:
        expect(page.get_by_text(f"The room {code} is closed")).to_be_visible()
        no_exception(page)
