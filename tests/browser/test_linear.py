"""The walk of linear networks in a real browser: weights move, outputs stand, and the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .tiny import chart_comes_to, no_exception, save_export

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('.js-plotly-plot')"


def drawn(key: str) -> str:
    return f"() => JSON.stringify({PLOT}.data.find((t) => t.uid === 'walk-{key}').z)"


def test_weights_wander_while_outputs_stand(lab, new_page):
    page = new_page(reduced_motion="no-preference")
    lab.open(page, "/Linear?steps=40")
    chart_comes_to(page, "data.filter((t) => t.type === 'heatmap').length === 4")
    slider = page.get_by_role("slider", name="Step of the walk")
    expect(slider).to_have_attribute("aria-valuetext", "step 40 of 40")
    page.evaluate(f"() => {{ {PLOT}.theFirst = true; }}")
    weights, outputs = page.evaluate(drawn("w1")), page.evaluate(drawn("outputs"))
    play = page.get_by_role("button", name="Play the walk")
    size = play.bounding_box()
    assert size is not None and size["height"] >= 44
    play.focus()
    page.keyboard.press("Enter")
    chart_comes_to(page, "data.find((t) => t.uid === 'walk-now').x[0] >= 3")
    pause = page.get_by_role("button", name="Pause the walk")
    expect(pause).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate(drawn("w1")) != weights
    assert page.evaluate(drawn("outputs")) == outputs
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "step 0 of 40")
    chart_comes_to(page, "data.find((t) => t.uid === 'walk-now').x[0] === 0")
    chart_comes_to(page, "layout.annotations[0].text.includes('moved by 0')")
    page.keyboard.press("End")
    chart_comes_to(page, "data.find((t) => t.uid === 'walk-now').x[0] === 40")
    assert page.evaluate(drawn("w1")) == weights
    # Without motion: a few stills.
    page.emulate_media(reduced_motion="reduce")
    play.click()
    chart_comes_to(page, "data.find((t) => t.uid === 'walk-now').x[0] >= 7")
    page.get_by_role("button", name="Pause the walk").click()
    assert page.evaluate(f"() => {PLOT}.theFirst"), "the same node"
    no_exception(page)


def test_taken_home_the_walk_still_plays(lab, page, new_page, tmp_path):
    lab.open(page, "/Linear?steps=20")
    path = tmp_path / "walk.html"
    save_export(page, "Chart as a page", path)
    home = new_page(reduced_motion="no-preference")
    home.goto(path.as_uri())
    chart_comes_to(home, "data.filter((t) => t.type === 'heatmap').length === 4")
    (slider,) = home.get_by_role("slider", name="Step of the walk").all()
    expect(slider).to_have_attribute("aria-valuetext", "step 20 of 20")
    weights = home.evaluate(drawn("w1"))
    slider.focus()
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "step 0 of 20")
    home.wait_for_function(f"(before) => ({drawn('w1')})() !== before", arg=weights)
    home.get_by_role("button", name="Play the walk").click()
    expect(slider).to_have_attribute("aria-valuetext", "step 20 of 20")
    home.wait_for_function(f"(before) => ({drawn('w1')})() === before", arg=weights)
