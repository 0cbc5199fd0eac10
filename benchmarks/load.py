"""A whole class on one server: visitors by protocol, two of them real browsers, on loopback.

`python -m benchmarks.load [results/DATE.json] [--only NAME] [--minutes 10]` starts servers of its
own, prints what it finds, and puts it into a kept run. Bounded in number and time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import psutil
from playwright.async_api import async_playwright

from benchmarks.journey import HAS_POINTS, server
from benchmarks.visitor import Visitor

CLASS = 60
#: A class does not press a link in the same instant: seconds within which all have.
ARRIVING = 10.0
DIFFERENT = 12
PAGE = "Robustness"
Row = tuple[str, float, str, str]  # what, measured, unit, aim


@dataclass
class Server:
    """A running lab: where, and its process."""

    url: str
    process: psutil.Process

    def memory(self) -> float:
        """Resident, in MB."""
        return self.process.memory_info().rss / 1e6

    def held(self) -> tuple[int, int]:
        """Threads and sockets."""
        return self.process.num_threads(), len(self.process.net_connections(kind="inet"))


@contextmanager
def stocked_server() -> Iterator[Server]:
    """A server whose networks are trained and whose programs are compiled."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (url, process):
        asyncio.run(_alone(url, 5.5))
        yield Server(url, psutil.Process(process.pid))


def percentile(values: list[float], share: float = 95) -> float:
    """Nearest rank, so that it is one of the values."""
    return float(np.percentile(values, share, method="higher"))


class Strengths:
    """Strengths of the scale rewrite that nobody has asked for yet."""

    def __init__(self) -> None:
        self._next = 0

    def new(self) -> str:
        """Another one."""
        self._next += 1
        return f"{2 + self._next / 50:.4g}"


async def _alone(url: str, strength: float | str) -> tuple[float, float]:
    async with Visitor(url) as visitor:
        ran = await visitor.open(PAGE, scale=str(strength))
        first = await visitor.first_points()
        await visitor.complete()
        return ran, first


async def _single(url: str, strengths: Strengths, times: int = 5) -> float:
    """First points of one visitor: the longest of several."""
    found = []
    for _ in range(times):
        async with Visitor(url) as visitor:
            await visitor.open(PAGE, scale=strengths.new())
            found.append(await visitor.first_points())
        await asyncio.sleep(2)
    return max(found)


async def arrive(
    count: int, within: float, visit: Callable[[int], Awaitable[Any]], seed: int = 0
) -> list[Any]:
    """Visits that begin at random moments within so many seconds."""
    draw = Random(seed)

    async def later(number: int, seconds: float) -> Any:
        await asyncio.sleep(seconds)
        return await visit(number)

    return await asyncio.gather(
        *(later(number, draw.uniform(0, within)) for number in range(count))
    )


async def _browser(url: str, strength: str) -> float:
    """Seconds from a navigation to the first points in Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = await chromium.new_page()
        begin = time.perf_counter()
        await page.goto(f"{url}/{PAGE}?scale={strength}", wait_until="commit")
        condition = HAS_POINTS.replace("{chart}", "0").replace("{least}", "2")
        await page.wait_for_function(condition, timeout=120_000, polling=20)
        seconds = time.perf_counter() - begin
        await chromium.close()
        return seconds


async def same_link(own: Server, strengths: Strengths) -> list[Row]:
    """Everybody opens one link to an experiment that is not computed yet."""
    rows: list[Row] = []
    single = await _single(own.url, strengths)
    rows.append(("one visitor alone: first points, longest of 5", single, "s", ""))
    for within, name in ((ARRIVING, f"within {ARRIVING:.0f} s"), (0.0, "in the same instant")):
        strength = strengths.new()

        async def visit(_: int, strength: str = strength) -> float:
            async with Visitor(own.url) as visitor:
                await visitor.open(PAGE, scale=strength)
                first = await visitor.first_points()
                await visitor.complete()
                return first

        browsers = asyncio.gather(*(_browser(own.url, strength) for _ in range(2)))
        firsts = await arrive(CLASS, within, visit)
        text = f"{CLASS} visitors open one link {name}: first points"
        aim = f"{2 * single:.2f} s (2 × one alone)" if within else ""
        rows.append((f"{text}, median", percentile(firsts, 50), "s", ""))
        rows.append((f"{text}, 95th percentile", percentile(firsts), "s", aim))
        rows.append((f"{text}, two browsers among them", max(await browsers), "s", ""))
        await asyncio.sleep(3)
    return rows


async def twelve(own: Server, strengths: Strengths) -> list[Row]:
    """A class with twelve experiments, whose visitors go on moving a control."""
    chosen = [strengths.new() for _ in range(DIFFERENT)]
    draw = Random(1)
    firsts: dict[int, list[float]] = {}
    moves: list[float] = []
    told: list[bool] = []

    async def visit(number: int) -> None:
        async with Visitor(own.url) as visitor:
            experiment = number % DIFFERENT
            await visitor.open(PAGE, scale=chosen[experiment])
            firsts.setdefault(experiment, []).append(await visitor.first_points())
            told.append(any("line" in m for c in visitor.charts.values() for m in c.messages))
            for _ in range(4):
                await asyncio.sleep(draw.uniform(5, 15))
                moves.append(await visitor.move("α", draw.choice([0.2, 0.4, 0.6, 0.8])))

    await arrive(CLASS, ARRIVING, visit)
    text = f"{CLASS} visitors, {DIFFERENT} experiments"
    slowest = [max(values) for values in firsts.values()]
    return [
        (f"{text}: a control's change acknowledged, median", percentile(moves, 50), "s", ""),
        (f"{text}: a control's change acknowledged, 95th percentile", percentile(moves), "s",
         "0.5 s"),
        (f"{text}: first points, 95th percentile", percentile(sum(firsts.values(), [])), "s", ""),
        (f"{text}: first points, the slowest of each experiment, largest over smallest",
         max(slowest) / min(slowest), "×", ""),
    ]  # fmt: skip


async def ten_jobs(own: Server, strengths: Strengths) -> list[Row]:
    """One visitor has ten experiments under way; another comes with one."""
    alone = await _single(own.url, strengths, 3)
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(Visitor(own.url)) for _ in range(10)]
        await asyncio.gather(*(tab.open(PAGE, scale=strengths.new()) for tab in tabs))
        await asyncio.sleep(1)
        async with Visitor(own.url) as other:
            await other.open(PAGE, scale=strengths.new())
            first = await other.first_points()
    text = "first points while another visitor has ten jobs under way"
    return [(text, first, "s", ""), (f"{text}, over alone", first / alone, "×", "")]


async def memory(own: Server, strengths: Strengths) -> list[Row]:
    """What a visitor holds, and whether it comes back."""
    strength = strengths.new()

    async def everybody() -> float:
        async with AsyncExitStack() as stack:
            visitors = [await stack.enter_async_context(Visitor(own.url)) for _ in range(CLASS)]
            for visitor in visitors:
                await visitor.open(PAGE, scale=strength)
                await visitor.complete()
            return own.memory()

    # A first class warms up what grows once: pools, caches, arenas.
    await everybody()
    await _settle()
    before = own.memory()
    during = await everybody()
    await _settle()
    text = f"memory of {CLASS} visitors of one experiment"
    return [
        (f"{text}, MB each", (during - before) / CLASS, "MB", "5 MB"),
        (f"{text}: left after they have gone", own.memory() - before, "MB", "0 MB"),
    ]


async def _settle() -> None:
    # Longer than Streamlit keeps the session of a closed tab, and the lab a finished watch.
    await asyncio.sleep(150)


async def churn(own: Server, strengths: Strengths, minutes: float) -> list[Row]:
    """Visitors come, look, move something and leave, for minutes on end."""
    draw = Random(2)
    visits, troubles = 0, []

    async def one() -> None:
        nonlocal visits
        async with Visitor(own.url) as visitor:
            await visitor.open(PAGE, scale=draw.choice(known))
            await visitor.first_points()
            await asyncio.sleep(draw.uniform(0.5, 4))
            await visitor.move("α", draw.random())
            await asyncio.sleep(draw.uniform(0.5, 4))
        visits += 1

    async def stream_of(end: float) -> None:
        while time.perf_counter() < end:
            try:
                await one()
            except Exception as problem:
                troubles.append(repr(problem))

    known = [strengths.new() for _ in range(4)]
    await asyncio.gather(*(stream_of(time.perf_counter() + 60) for _ in range(10)))
    await _settle()
    memory_before, held_before = own.memory(), own.held()
    visits, troubles = 0, []
    end = time.perf_counter() + 60 * minutes
    await asyncio.gather(*(stream_of(end) for _ in range(10)))
    await _settle()
    threads, sockets = (a - b for a, b in zip(own.held(), held_before, strict=True))
    text = f"{minutes:g} minutes of coming and going"
    for problem in troubles[:5]:
        print("trouble:", problem)
    return [
        (f"{text}: visits", visits, "", ""),
        (f"{text}: visits that failed", len(troubles), "", "0"),
        (f"{text}: threads more than before", threads, "", "0"),
        (f"{text}: sockets more than before", sockets, "", "0"),
        (f"{text}: memory more than before", own.memory() - memory_before, "MB", "0 MB"),
    ]


def load(say: Callable[[str], object], only: str, minutes: float) -> list[dict[str, Any]]:
    """All scenarios, each on a server of its own. **Returns:** rows of plain values."""
    scenarios: dict[str, Callable[[Server, Strengths], Awaitable[list[Row]]]] = {
        "same_link": same_link,
        "twelve": twelve,
        "ten_jobs": ten_jobs,
        "memory": memory,
        "churn": lambda own, strengths: churn(own, strengths, minutes),
    }
    rows = []
    for name, scenario in scenarios.items():
        if only not in ("", name):
            continue
        with stocked_server() as own:
            for what, value, unit, aim in asyncio.run(scenario(own, Strengths())):  # type: ignore[arg-type]
                say(f"{what}: {value:.3g} {unit} (aim {aim or '–'})")
                rows.append(
                    {"scenario": name, "what": what, "measured": value, "unit": unit, "aim": aim}
                )
    return rows


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("kept", nargs="?", type=Path, help="a run to put the rows into")
    parser.add_argument("--only", default="", help="one scenario")
    parser.add_argument("--minutes", type=float, default=10.0, help="of coming and going")
    given = parser.parse_args()
    rows = load(lambda line: print(line, flush=True), given.only, given.minutes)
    if given.kept:
        found = json.loads(given.kept.read_text())
        measured = {row["scenario"] for row in rows}
        others = [row for row in found.get("load", []) if row["scenario"] not in measured]
        found["load"] = others + rows
        given.kept.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
