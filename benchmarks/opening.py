"""What a visitor of Representation waits for until there is something to see, by way of arrival.

A picture is seen when the browser says that it has painted it (Element Timing); it can be zoomed
when Plotly has drawn it and a frame has passed. A fresh server, networks stored, a real browser.
"""

from __future__ import annotations

import http.client
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import diskcache
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.journey import MINUTES, complete, server
from dissociation.core.networks.training import QUICK
from dissociation.engine.library import Library
from dissociation.engine.store import Store
from dissociation.engine.tasks import training
from dissociation.web.server.packed_files import STATIC

Row = tuple[str, float, str]
#: What one who looks at a page sees, and can use: seconds since they asked for it.
Seen = tuple[float, float]
OPENED, FRESH, FILES = 7, 5, 50
#: Far apart: the lab compares what lies next to a strength before anybody asks for it.
STRENGTHS = (20, 2, 90, 5, 50, 0.3, 11, 30, 0.02, 3, 70, 7, 15)
SIZE = {"width": 1440, "height": 900}
#: As little as a Streamlit page can be, for what browsers take to start Streamlit itself.
EMPTY = "import streamlit as st\n\nst.header('here')\n"
PLOT = "document.querySelector('.js-plotly-plot')"
#: What the second side's matrix is now, as far as Plotly has drawn it; empty before.
PICTURE = (
    f"(() => {{ const of = {PLOT}?.querySelectorAll('.imagelayer image');"
    " return of?.length === 4 ? of[1].href.baseVal : ''; })()"
)
WAIT = f"""(before) => {{
    const now = {PICTURE};
    return now && now !== before;
}}"""
#: Keeps when images were painted, by the clock of the machine; lives as long as the document.
NOTE = """
window.painted = [];
new PerformanceObserver((list) => {
    for (const { renderTime } of list.getEntries()) {
        painted.push((performance.timeOrigin + renderTime) / 1000);
    }
}).observe({ type: "element", buffered: true });
"""


def opening() -> list[Row]:
    """Measures first pictures. **Returns:** (what, seconds, bound)."""
    rows: list[Row] = []
    with networks_stored() as cache, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with server(cache) as (url, _):
            links = (f"{url}/Representation?scale={strength}" for strength in STRENGTHS)
            page = _new_page(browser)
            _say("a link, a new server", [_opened(page, next(links))], rows)
            known = [_opened(page, next(links)) for _ in range(OPENED)]
            _say("a link", known, rows, "1 s")
            menu = [_from_another_page(page, url, cache) for _ in range(OPENED)]
            _say("the menu", menu, rows, "1 s")
            page.context.close()
            fresh = [_in_new_browser(browser, next(links)) for _ in range(FRESH)]
            _say("a link in a new browser", fresh, rows)
            ours = small_file(url)
        script = cache / "empty.py"
        script.write_text(EMPTY)
        with server(cache, str(script)) as (url, _):
            # The first has the server import what it needs.
            empty = [_empty_page(browser, url) for _ in range(FRESH + 1)][1:]
            theirs = small_file(url)
        what = f"an empty Streamlit page in a new browser, median of {FRESH}"
        rows.append((what, statistics.median(empty), ""))
        what = "a small file on a kept connection, from Streamlit alone over from the lab"
        rows.append((what, theirs / ours, ""))
        browser.close()
    return rows


@contextmanager
def networks_stored() -> Iterator[Path]:
    """A cache with the first network of the quick recipe and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Store(Path(folder)))
        for history, network in training(QUICK, 0):
            if network is not None:
                library.save_network(QUICK, 0, network, history)
        library.store.close()
        yield Path(folder)


def _say(how: str, seen: list[Seen], rows: list[Row], aim: str = "") -> None:
    first, drawn = (statistics.median(part) for part in zip(*seen, strict=True))
    times = f", median of {len(seen)}" if len(seen) > 1 else ""
    rows.append((f"representation: first picture by {how}{times}", first, aim))
    rows.append((f"representation: that by {how}, drawn by Plotly{times}", drawn, ""))


def _new_page(browser: Browser) -> Page:
    page = browser.new_context(viewport=SIZE).new_page()
    page.add_init_script(NOTE)
    return page


def _first_picture(page: Page, go: Callable[[], object]) -> Seen:
    begin = time.time()
    go()
    page.wait_for_function(WAIT, arg="", timeout=MINUTES, polling="raf")
    drawn = time.time() - begin
    page.wait_for_function("(begin) => painted.some((at) => at > begin)", arg=begin)
    first = min(at for at in page.evaluate("painted") if at > begin)
    complete(page, 1)
    page.wait_for_timeout(500)
    return first - begin, drawn


def _opened(page: Page, link: str) -> Seen:
    return _first_picture(page, lambda: page.goto(link, wait_until="commit"))


def _from_another_page(page: Page, url: str, cache: Path) -> Seen:
    """Opens the page from the menu of the lab, whose code the browser has by then."""
    # The menu asks for the same comparison each time.
    with diskcache.Cache(cache / "curves") as stored:
        stored.clear()
    page.goto(f"{url}/Robustness?seeds=1&points=5")
    complete(page, 1)
    page.wait_for_timeout(1_500)
    return _first_picture(page, page.get_by_role("link", name="Representation").first.click)


def _in_new_browser(browser: Browser, link: str) -> Seen:
    """Opens a link in a browser that has never seen the lab, nor Streamlit."""
    page = _new_page(browser)
    try:
        return _opened(page, link)
    finally:
        page.context.close()


def _empty_page(browser: Browser, url: str) -> float:
    """What of that is Streamlit's own: a page with one heading."""
    page = _new_page(browser)
    begin = time.time()
    page.goto(url, wait_until="commit")
    page.wait_for_selector("h2", timeout=MINUTES)
    seconds = time.time() - begin
    page.context.close()
    return seconds


def small_file(url: str) -> float:
    """Asks for one file again and again, as browsers do for the hundred that a page is made of."""
    name = min((STATIC / "js").glob("*.js"), key=lambda path: path.stat().st_size).name
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    found = []
    for _ in range(FILES):
        begin = time.perf_counter()
        connection.request("GET", f"/static/js/{name}")
        connection.getresponse().read()
        found.append(time.perf_counter() - begin)
    connection.close()
    return statistics.median(found)


if __name__ == "__main__":
    for what, found, bound in opening():
        print(f"{found:7.3f}  {what}  {bound and f'(aim {bound})'}")
