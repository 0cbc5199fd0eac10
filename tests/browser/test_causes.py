"""The Causes page in a real browser: four charts of one job, and a slider that computes nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .tiny import comparison_address, no_exception, wait_for_end

pytestmark = pytest.mark.browser

PLOTS = "[...document.querySelectorAll('.js-plotly-plot')]"


def test_four_charts_and_another_noise_scale(lab, page):
    where = comparison_address("/Causes", rewrite="nuisance", nuisance="16", draws="1")
    lab.open(page, where)
    wait_for_end(page)
    page.wait_for_function(f"() => {PLOTS}.length === 4 && {PLOTS}.every((p) => p.data)")
    kinds = page.evaluate(f"() => {PLOTS}.map((p) => p.data.map((t) => t.stackgroup ?? t.type))")
    shares, margins, trade_off, neurons = kinds
    assert shares.count("shares") == 4 and "bar" in margins and neurons.count("bar") == 2
    assert set(trade_off) == {"scatter"}
    # Shares of what was sampled add up to all of it.
    sums = page.evaluate(
        f"() => {{ const [a, b, c, d] = {PLOTS}[0].data.map((t) => t.y);"
        " return a.map((_, i) => a[i] + b[i] + c[i] + d[i]); }"
    )
    assert len(sums) == 25 and all(abs(total - 1) < 1e-3 for total in sums)
    told = f"() => {PLOTS}[1].layout.annotations[0].text"
    before, noisy = page.evaluate(told), page.evaluate(f"() => {PLOTS}[1].data.at(-1).y.join()")
    assert "σ = 0.05" in before
    page.evaluate(f"() => {PLOTS}.forEach((p) => {{ p.theFirst = true; }})")
    slider = page.get_by_role("slider", name=re.compile("Noise σ"))
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function(f"() => {PLOTS}[1].layout.annotations[0].text.includes('0.07')")
    assert page.evaluate(f"() => {PLOTS}[1].data.at(-1).y.join()") != noisy
    # Stored and on the same nodes: nothing was asked for anew.
    assert page.evaluate(f"() => {PLOTS}.every((p) => p.theFirst)")
    expect(page.get_by_text("At σ = 0.07", exact=True)).to_be_visible()
    no_exception(page)
