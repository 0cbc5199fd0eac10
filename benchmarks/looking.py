"""What a visitor of Representation waits for: a fresh server, networks stored, a real browser.

Pictures are there when Plotly has drawn them (the promise of `react` has been kept and a frame has
passed), values when the table says them.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.journey import MINUTES, complete, server
from dissociation.engine.library import Library
from dissociation.engine.store import Store
from dissociation.engine.tasks import training
from dissociation.training import QUICK

MOVES, OPENED, FRESH = 12, 5, 3
#: As little as a Streamlit page can be, for what browsers take to start Streamlit itself.
EMPTY = "import streamlit as st\n\nst.header('here')\n"
#: Seconds between moves of somebody in haste, and of somebody who looks at what has changed.
HASTE, LOOK = 0.4, 2.0
PLOT = "document.querySelector('.js-plotly-plot')"
#: What the second side's matrix is now, as far as it is drawn; empty before.
PICTURE = (
    f"(() => {{ const of = {PLOT}?.querySelectorAll('.imagelayer image');"
    " return of?.length === 4 ? of[1].href.baseVal : ''; })()"
)
VALUES = "[...document.querySelectorAll('.live-chart-table td')].map((cell) => cell.textContent)"
WAIT = f"""(before) => {{
    const now = {PICTURE};
    return now && now !== before;
}}"""
WAIT_VALUES = f"""(before) => {{
    const stale = document.querySelector('.live-chart-table.live-chart-stale');
    const cells = {VALUES};
    const values = cells.filter((_, position) => position % 5 === 0);
    return !stale && values.length && !values.includes('…') && cells.join() !== before;
}}"""
#: Every measure's images are all that were asked for.
FINE = f"""() => {{
    const images = {VALUES}.filter((_, position) => position % 5 === 3);
    return images.length && images.every((count) => count === "1,000");
}}"""


def looking() -> list[tuple[str, float, str]]:
    """Measures first pictures and moves of the strength. **Returns:** (what, seconds, bound)."""
    rows: list[tuple[str, float, str]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        cache = Path(folder)
        _train(cache)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with server(cache) as (url, _):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            for what, where in (("a new server", 20), ("again", 30), ("once more", 40)):
                begin = time.perf_counter()
                page.goto(f"{url}/Representation?scale={where}")
                seconds = _picture_since(begin, page)
                rows.append((f"representation: first picture by a link, {what}", seconds, ""))
                complete(page, 1)
                page.wait_for_timeout(500)
            rows.append(_from_another_page(page, url))
            rows.append(_in_new_browsers(browser, url))
            _move(page, url, "rescale", rows)
            _move(page, url, "nuisance", rows)
            _move(page, url, "nuisance&key=1", rows, look=LOOK)
        rows.append(_empty_page(browser, cache))
        browser.close()
    return rows


def _picture_since(begin: float, page: Page) -> float:
    page.wait_for_function(WAIT, arg="", timeout=MINUTES, polling="raf")
    return time.perf_counter() - begin


def _from_another_page(page: Page, url: str) -> tuple[str, float, str]:
    """Opens the page from the menu of the lab, whose code the browser has by then."""
    found = []
    for _ in range(OPENED):
        page.goto(f"{url}/Robustness?seeds=1&points=5")
        complete(page, 1)
        page.wait_for_timeout(1_500)
        begin = time.perf_counter()
        page.get_by_role("link", name="Representation").first.click()
        found.append(_picture_since(begin, page))
        complete(page, 1)
    what = f"representation: first picture from another page, median of {OPENED}"
    return what, statistics.median(found), "1 s"


def _in_new_browsers(browser: Browser, url: str) -> tuple[str, float, str]:
    """Opens links in browsers that have never seen the lab, nor Streamlit."""
    found = []
    for strength in range(50, 50 + FRESH):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        begin = time.perf_counter()
        page.goto(f"{url}/Representation?scale={strength}")
        found.append(_picture_since(begin, page))
        complete(page, 1)
        page.context.close()
    what = f"representation: first picture by a link in a new browser, median of {FRESH}"
    return what, statistics.median(found), ""


def _empty_page(browser: Browser, cache: Path) -> tuple[str, float, str]:
    """What of that is Streamlit's own: a page with one heading, in such browsers."""
    script = cache / "empty.py"
    script.write_text(EMPTY)
    found = []
    with server(cache, str(script)) as (url, _):
        for _ in range(FRESH + 1):
            page = browser.new_context().new_page()
            begin = time.perf_counter()
            page.goto(url)
            page.wait_for_selector("h2", timeout=MINUTES)
            found.append(time.perf_counter() - begin)
            page.context.close()
    # The first has the server import what it needs.
    what = f"an empty Streamlit page in a new browser, median of {FRESH}"
    return what, statistics.median(found[1:]), ""


def _train(cache: Path) -> None:
    library = Library(Store(cache))
    for history, network in training(QUICK, 0):
        if network is not None:
            library.save_network(QUICK, 0, network, history)
    library.store.close()


def _move(
    page: Page, url: str, rewrite: str, rows: list[tuple[str, float, str]], look: float = HASTE
) -> None:
    """Moves a strength there and back: each value for the first time, then again from the store.

    `look`: seconds between moves, in which the lab may be a step ahead.
    """
    page.goto(f"{url}/Representation?rewrite={rewrite}")
    complete(page, 1)
    slider = page.get_by_role("slider").first
    slider.focus()
    for when, key in (("for the first time", "ArrowLeft"), ("again", "ArrowRight")):
        pictures, values, fine = [], [], []
        for _ in range(MOVES):
            page.wait_for_timeout(1_000 * look)
            picture = page.evaluate(PICTURE)
            cells = page.evaluate(f"{VALUES}.join()")
            begin = time.perf_counter()
            slider.press(key)
            page.wait_for_function(WAIT, arg=picture, timeout=MINUTES, polling="raf")
            pictures.append(time.perf_counter() - begin)
            page.wait_for_function(WAIT_VALUES, arg=cells, timeout=MINUTES, polling="raf")
            values.append(time.perf_counter() - begin)
            page.wait_for_function(FINE, timeout=MINUTES, polling="raf")
            fine.append(time.perf_counter() - begin)
            complete(page, 1)
        name = rewrite.partition("&")[0]
        what = f"representation: {name} moved {when}, {look:g} s after the last move"
        rows.append(
            (f"{what}, pictures drawn, median of {MOVES}", statistics.median(pictures), "0.5 s")
        )
        rows.append((f"{what}, pictures drawn, slowest", max(pictures), ""))
        rows.append((f"{what}, table said, median of {MOVES}", statistics.median(values), "0.5 s"))
        rows.append((f"{what}, table said, slowest", max(values), ""))
        every = f"{what}, table of 1,000 images said"
        rows.append((f"{every}, median of {MOVES}", statistics.median(fine), "0.5 s"))
        rows.append((f"{every}, slowest", max(fine), ""))


if __name__ == "__main__":
    for what, seconds, bound in looking():
        print(f"{seconds:7.3f} s  {what}  {bound and f'(aim {bound})'}")
