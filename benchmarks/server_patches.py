"""What the server does beyond Streamlit's own, with each of it and without, in one run.

`python -m benchmarks.server_patches FILE` starts the lab as it is and once without each patch, has
new browsers open its first page in turns, on this machine and as over a slow link, and counts
seconds and bytes. Then tabs of a class are opened and closed, and it counts what Streamlit keeps of
them when nobody comes any more. The figures are put into FILE; `--only pages` or `--only sessions`
measures one of both. About a quarter of an hour, most of it waiting.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks import kept
from benchmarks.journey import ROOT, complete, server
from benchmarks.opening import SIZE, networks_stored, small_file
from benchmarks.visitor import Visitor

#: Where runs are kept.
KEPT = Path(__file__).parent / "results" / "server_patches"
#: The lab, but for what a variant changes about it. Streamlit looks for an app by its name.
LAUNCHER = """
import functools
import sys
import weakref

sys.path.insert(0, {root!r})

import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.runtime.app_session import AppSession

from dissociation.web.server import headers, launch
from dissociation.web.server.routes import ROUTES

sessions = weakref.WeakSet()
begin = AppSession.__init__


@functools.wraps(begin)
def begin_and_note(self, *args, **kwargs):
    begin(self, *args, **kwargs)
    sessions.add(self)


AppSession.__init__ = begin_and_note


def count(request):
    return PlainTextResponse(str(len(sessions)))



{change}
app = st.App(
    {script!r},
    routes=[*ROUTES, Route("/count", count)],
    middleware=[each for each in headers.middleware() if each.cls.__name__ not in LEFT_OUT],
    lifespan=launch.lifespan,
)
"""
AS_IT_IS = "as it is"
#: What is left out of the lab, by lines of the launcher.
VARIANTS = {
    AS_IT_IS: "LEFT_OUT = ()",
    "without no_delay": "LEFT_OUT = ()\nlaunch.send_without_delay = lambda: 0",
    "without packed_files": "LEFT_OUT = ('PackedFiles',)",
}
#: A lab that lets go of what Streamlit keeps of closed tabs, once they may not come back. Streamlit
#: has no public way to ask for it, so this is no part of the lab.
FORGETS = """
from streamlit.runtime.memory_session_storage import MemorySessionStorage

LEFT_OUT = ()
stores, keep, tidy = [], MemorySessionStorage.__init__, launch.tidying.tidy


def keep_and_note(self, *args, **kwargs):
    keep(self, *args, **kwargs)
    stores.append(self)


def forget_and_tidy(lab):
    for store in stores:
        len(store._cache)
    tidy(lab)


MemorySessionStorage.__init__ = keep_and_note
launch.tidying.tidy = forget_and_tidy
"""
#: What a class looks at.
PAGE = "/Robustness?seeds=1&points=5&images=500"
REPEATS, SOON = 9, 60_000.0


class Link(NamedTuple):
    """What lies between a browser and the lab: megabits a second, and milliseconds there and back.

    Chromium acts as if.
    """

    name: str
    megabits: float
    latency: float


LINKS = (Link("this machine", 0.0, 0.0), Link("10 Mbit/s, 20 ms", 10.0, 20.0))
#: Tabs of a class. Streamlit lets them come back for two minutes; a round of tidying follows.
TABS, GONE = 30, 200.0


class Visit(NamedTuple):
    """What one new browser took until the first page had its chart: seconds, and bytes of files."""

    seconds: float
    transferred: int


Lab = tuple[str, psutil.Process]


@contextmanager
def labs(changes: dict[str, str]) -> Iterator[dict[str, Lab]]:
    """Labs by name, each changed by lines of its launcher, with a network stored."""
    with networks_stored() as stock, ExitStack() as running:
        found = {}
        for number, (name, change) in enumerate(changes.items()):
            cache = stock.with_name(f"{stock.name}-{number}")
            running.callback(shutil.rmtree, cache)
            shutil.copytree(stock, cache)
            script = cache / "launcher" / "launcher.py"
            script.parent.mkdir()
            app = str(ROOT / "app.py")
            script.write_text(LAUNCHER.format(root=str(ROOT), script=app, change=change))
            url, process = running.enter_context(server(cache, str(script)))
            found[name] = url, psutil.Process(process.pid)
        yield found


def visit(browser: Browser, url: str, link: Link) -> Visit:
    """Opens the first page in a browser that has never seen the lab."""
    page = browser.new_context(viewport=SIZE).new_page()
    wire: CDPSession = page.context.new_cdp_session(page)
    transferred = 0

    def note(event: dict[str, Any]) -> None:
        nonlocal transferred
        transferred += int(event["encodedDataLength"])

    wire.on("Network.loadingFinished", note)
    wire.send("Network.enable")
    if link.megabits:
        speed = link.megabits * 1e6 / 8
        wire.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": link.latency,
                "downloadThroughput": speed,
                "uploadThroughput": speed,
            },
        )
    begin = time.perf_counter()
    page.goto(url + PAGE, wait_until="commit")
    page.wait_for_selector(".js-plotly-plot .trace", timeout=SOON)
    seconds = time.perf_counter() - begin
    page.wait_for_timeout(500)
    page.context.close()
    return Visit(seconds, transferred)


def pages() -> list[dict[str, Any]]:
    """Each variant by each link: medians, and over the lab as it is.

    And a small file on a connection that is kept, as a page asks for a hundred.
    """
    found: dict[tuple[str, str], list[Visit]] = {}
    files: dict[str, list[float]] = {name: [] for name in VARIANTS}
    with labs(VARIANTS) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        urls = {name: url for name, (url, _) in running.items()}
        for url in urls.values():
            # The first has the server import, compute and pack what it needs.
            page = browser.new_page(viewport=SIZE)
            page.goto(url + PAGE)
            complete(page, 1)
            page.close()
        for turn in range(REPEATS):
            for link in LINKS:
                # Each comes as often right after each other.
                names = list(VARIANTS)[:: 1 if turn % 2 else -1]
                for name in names:
                    files[name].append(small_file(urls[name]))
                    found.setdefault((link.name, name), []).append(visit(browser, urls[name], link))
        browser.close()
    rows = []
    for (link_name, name), visits in found.items():
        own, usual = _medians(visits), _medians(found[link_name, AS_IT_IS])
        rows.append(
            {
                "link": link_name,
                "lab": name,
                "seconds": own.seconds,
                "seconds each": [round(one.seconds, 3) for one in visits],
                "small file, ms": 1_000 * statistics.median(files[name]),
                "bytes": own.transferred,
                "seconds ratio": own.seconds / usual.seconds,
                "bytes ratio": own.transferred / usual.transferred,
            }
        )
    return sorted(rows, key=lambda row: (row["link"], list(VARIANTS).index(row["lab"])))


def _medians(visits: list[Visit]) -> Visit:
    return Visit(*(statistics.median(part) for part in zip(*visits, strict=True)))


async def _look(url: str, tabs: int) -> None:
    """Tabs look at the page until its chart is complete, and are closed."""

    async def look() -> None:
        async with Visitor(url) as visitor:
            await visitor.open("Robustness", seeds="1", points="5", images="500")
            await visitor.complete()

    await asyncio.gather(*(look() for _ in range(tabs)))


def sessions() -> list[dict[str, Any]]:
    """What is kept of a class that left: sessions and memory, while nobody comes and after."""
    rows = []
    with labs({"forgets them": FORGETS, AS_IT_IS: VARIANTS[AS_IT_IS]}) as running:

        def note(when: str) -> None:
            for name, (url, process) in running.items():
                with urllib.request.urlopen(f"{url}/count", timeout=30) as answer:
                    left = int(answer.read())
                memory = process.memory_info().rss / 1e6
                rows.append({"lab": name, "when": when, "sessions": left, "memory, MB": memory})

        def come(tabs: int) -> None:
            for url, _ in running.values():
                asyncio.run(_look(url, tabs))

        come(1)
        time.sleep(GONE)
        note("before the class")
        come(TABS)
        note("the class has left")
        time.sleep(GONE)
        note(f"{GONE:.0f} s later, nobody came")
        come(1)
        time.sleep(GONE)
        note(f"{GONE:.0f} s after one more visitor")
    return rows


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server_patches")
    parser.add_argument("file", type=Path, help="the run to put the figures into")
    parser.add_argument("--only", choices=["pages", "sessions"], help="one of both")
    given = parser.parse_args()
    if given.only != "sessions":
        others = kept.Others()
        rows = pages()
        kept.keep(given.file, "pages", {"rows": rows, "cores used by others": others.cores()})
        for row in rows:
            print(
                f"{row['link']:17}  {row['lab']:20}  {row['seconds']:5.2f} s"
                f" ({row['seconds ratio']:.2f}x)  {row['bytes'] / 1e6:5.2f} MB"
                f" ({row['bytes ratio']:.2f}x)  small file {row['small file, ms']:4.1f} ms",
                flush=True,
            )
    if given.only != "pages":
        rows = sessions()
        kept.keep(given.file, "sessions", {"tabs": TABS, "rows": rows})
        for row in rows:
            print(
                f"{row['lab']:13}  {row['when']:30}  {row['sessions']:3} sessions"
                f"  {row['memory, MB']:5.0f} MB"
            )


if __name__ == "__main__":
    main()
