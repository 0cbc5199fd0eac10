"""Whether a page still answers while a job runs: from a slider's move to its acknowledgement.

A long job keeps both cores busy. A slider is moved again and again; the page has acknowledged a
move once the chart dims its old curve or shows the new one, and the new strength is in its legend's
place. Process start is timed here too, up to the first content and the first stored chart.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.journey import MINUTES, complete, server

MOVES = 40
LONG = "/Robustness?show=scale&points=200&draws=64"
#: The chart element's own text and class change as soon as the script's answer arrives.
WATCH = """
() => {
  window.moved = 0; window.acknowledged = 0;
  const plot = document.querySelector('.live-chart-plot');
  const text = document.querySelector('.live-chart-text');
  const note = () => { if (!window.acknowledged) window.acknowledged = performance.now(); };
  new MutationObserver(note).observe(plot, { attributes: true, attributeFilter: ['class'] });
  window.addEventListener('keydown', () => {
    window.moved = performance.now(); window.acknowledged = 0;
  }, true);
  const params = () => new URLSearchParams(location.search).get('scale');
  let last = params();
  setInterval(() => { const now = params(); if (now !== last) { last = now; note(); } }, 5);
}
"""


def _moves(page: Page) -> list[float]:
    slider = page.get_by_role("slider", name="α (factor)")
    slider.focus()
    page.evaluate(WATCH)
    waits = []
    for number in range(MOVES):
        slider.press("ArrowLeft" if number % 12 < 6 else "ArrowRight")
        page.wait_for_function(
            "() => window.acknowledged > window.moved", timeout=MINUTES, polling=5
        )
        waits.append(page.evaluate("() => window.acknowledged - window.moved") / 1_000)
        page.wait_for_timeout(250)
    return waits


def answering() -> list[tuple[str, float, str]]:
    """Measures. **Returns:** (what, seconds, bound) rows."""
    rows: list[tuple[str, float, str]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        cache = Path(folder)
        with server(cache) as (url, _):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(url + "/Robustness?show=scale")
            complete(page, 1)
            page.goto(url + LONG)
            page.wait_for_function(
                "() => (document.querySelector('.js-plotly-plot')?.data ?? [])"
                ".some((t) => t.mode && (t.x?.length ?? 0) > 2)",
                timeout=MINUTES,
            )
            waits = _moves(page)
            name = "a slider's move acknowledged while a job runs"
            rows.append((f"{name}, median of {MOVES}", float(np.median(waits)), ""))
            rows.append((f"{name}, 95th percentile", float(np.quantile(waits, 0.95)), "0.3 s"))
            page.close()
        begin = time.perf_counter()
        with server(cache) as (url, _):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(url + "/Robustness?show=scale")
            page.wait_for_selector("h1")
            rows.append(("process start to page content", time.perf_counter() - begin, "1.5 s"))
            page.wait_for_function(
                "() => (document.querySelector('.js-plotly-plot')?.data ?? [])"
                ".some((t) => t.mode && (t.x?.length ?? 0) > 2)",
                timeout=MINUTES,
                polling=10,
            )
            rows.append(
                ("process start to the first stored chart", time.perf_counter() - begin, "2.5 s")
            )
            page.close()
        browser.close()
    return rows


if __name__ == "__main__":
    for row in answering():
        print(row)
