"""How pictures and their table follow a strength that is moved: a real browser, networks stored.

Pictures are there when Plotly has drawn them and a frame has passed, values when the table says
them.
"""

from __future__ import annotations

import shutil
import statistics
import time

from playwright.sync_api import Page, sync_playwright

from benchmarks.journey import MINUTES, complete, server
from benchmarks.opening import PICTURE, SIZE, WAIT, networks_stored

MOVES = 12
#: Seconds between moves of somebody in haste, and of somebody who looks at what has changed.
HASTE, LOOK = 0.4, 2.0
VALUES = "[...document.querySelectorAll('.live-chart-table td')].map((cell) => cell.textContent)"
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
    """Measures moves of the strength. **Returns:** (what, seconds, bound)."""
    rows: list[tuple[str, float, str]] = []
    with networks_stored() as cache, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with server(cache) as (url, _):
            page = browser.new_page(viewport=SIZE)
            _move(page, url, "rescale", rows)
            _move(page, url, "nuisance", rows)
            _move(page, url, "nuisance&key=1", rows, look=LOOK)
        browser.close()
    return rows


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
