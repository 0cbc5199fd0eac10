"""One link for a whole class: everybody asks for the same, and nobody has asked before.

Two of the class are real browsers: on what nobody else would use of the cores, as a class has
machines of its own, or in competition with the server for them.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from playwright.async_api import Page, async_playwright

from benchmarks.crowd import ARRIVING, CLASS, PAGE, Row, Server, Strengths, arrive, percentile
from benchmarks.visitor import Visitor

#: Visits of a single visitor, of which the slowest counts.
ALONE = 3
#: Visits of one beside two browsers that open the same link, each within so many seconds of them.
BESIDE, LOOKING = 6, 3.0
#: In a browser: every line that is a condition's, which neither bands nor marks of zeros are.
EACH_HAS_POINTS = """
() => {
  const data = document.querySelector('.js-plotly-plot')?.data ?? [];
  const lines = data.filter((trace) => trace.mode === 'lines+markers');
  return lines.length > 1 && lines.every((trace) => (trace.x?.length ?? 0) >= 2);
}
"""


async def single(own: Server, strengths: Strengths) -> tuple[float, int]:
    """One visitor, several times. **Returns:** the longest way to points, and most jobs begun."""
    firsts, jobs = [], []
    # The first to have something computed also waits for the programs to be loaded.
    async with Visitor(own.url) as visitor:
        await visitor.open(PAGE, scale=strengths.new())
        await visitor.complete()
    for _ in range(ALONE):
        before = sum(own.jobs().values())
        async with Visitor(own.url) as visitor:
            await visitor.open(PAGE, scale=strengths.new())
            firsts.append(await visitor.points_of_each())
            await visitor.complete()
        jobs.append(sum(own.jobs().values()) - before)
        await asyncio.sleep(1)
    return max(firsts), max(jobs)


@asynccontextmanager
async def _browsers(count: int, *, apart: bool) -> AsyncIterator[list[Page]]:
    """Chromium, its pages open.

    **Arguments:**

    - `apart`: as a class has machines of its own, give it what nobody else would use of the cores.
        (To be nice is not enough: so are the lab's compute threads. Where Linux groups processes by
        session, priorities count within a group only, and its group has one, too.)
    """
    with tempfile.TemporaryDirectory() as folder:
        gently = Path(folder) / "chromium"
        gently.write_text(
            "#!/bin/sh\n[ -w /proc/self/autogroup ] && echo 19 > /proc/self/autogroup\n"
            f'exec chrt --idle 0 {shutil.which("chromium")} "$@"\n'
        )
        gently.chmod(0o700)
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(
                executable_path=gently if apart else shutil.which("chromium"),
                args=["--no-sandbox"],
            )
            yield [await chromium.new_page() for _ in range(count)]
            await chromium.close()


async def _look(page: Page, url: str, strength: str) -> float:
    """Seconds from a navigation until every line has points in a browser."""
    begin = time.perf_counter()
    await page.goto(f"{url}/{PAGE}?scale={strength}", wait_until="commit")
    await page.wait_for_function(EACH_HAS_POINTS, timeout=120_000, polling=50)
    return time.perf_counter() - begin


async def _beside(own: Server, strengths: Strengths) -> float:
    """The longest way to points of one visitor who comes while two browsers use the same cores."""
    draw, firsts = Random(3), []
    for _ in range(BESIDE):
        strength = strengths.new()
        async with _browsers(2, apart=False) as pages:
            looking = asyncio.gather(*(_look(page, own.url, strength) for page in pages))
            await asyncio.sleep(draw.uniform(0, LOOKING))
            async with Visitor(own.url) as visitor:
                await visitor.open(PAGE, scale=strength)
                firsts.append(await visitor.points_of_each())
            await looking
        await asyncio.sleep(1)
    return max(firsts)


async def same_link(own: Server, strengths: Strengths) -> list[Row]:
    """Everybody opens one link to an experiment that is not computed yet."""
    rows: list[Row] = []
    alone, jobs = await single(own, strengths)
    rows.append((f"one visitor alone: points of every line, longest of {ALONE}", alone, "s", ""))
    rows.append(("one visitor alone: jobs", jobs, "", ""))
    beside, crowded = await _beside(own, strengths), "two browsers on the server's cores"
    rows.append(
        (f"one visitor, {crowded}: points of every line, longest of {BESIDE}", beside, "s", "")
    )
    soon = f"within {ARRIVING:.0f} s"
    for within, name, apart in (
        (ARRIVING, soon, True),
        (ARRIVING, f"{soon}, {crowded}", False),
        (0.0, "in the same instant", True),
    ):
        strength, before = strengths.new(), sum(own.jobs().values())

        async def visit(_: int, strength: str = strength) -> float:
            async with Visitor(own.url) as visitor:
                await visitor.open(PAGE, scale=strength)
                first = await visitor.points_of_each()
                await visitor.complete()
                return first

        async with _browsers(2, apart=apart) as pages:
            looking = asyncio.gather(*(_look(page, own.url, strength) for page in pages))
            firsts = await arrive(CLASS, within, visit)
            seen = max(await looking)
        text = f"{CLASS} visitors open one link {name}: points of every line"
        of = f"2 × {'one alone' if apart else 'one beside them'}"
        aim = f"{2 * (alone if apart else beside):.2f} s ({of})" if within else ""
        rows.append((f"{text}, median", percentile(firsts, 50), "s", ""))
        rows.append((f"{text}, 95th percentile", percentile(firsts), "s", aim))
        rows.append((f"{text}, in the two browsers", seen, "s", ""))
        begun = sum(own.jobs().values()) - before
        rows.append((f"{CLASS} visitors open one link {name}: jobs", begun, "", f"{jobs:.0f}"))
        await asyncio.sleep(3)
    return rows
