"""A whole class on one server: visitors by protocol, two of them real browsers, on loopback.

`python -m benchmarks.load [results/reliability/DATE.json] [--only NAME] [--minutes 10]` starts
servers of its own, prints what it finds, and puts it into a kept run. Bounded in number and time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.crowd import (
    ARRIVING,
    CLASS,
    PAGE,
    Row,
    Server,
    Strengths,
    arrive,
    percentile,
    stocked,
    stocked_server,
)
from benchmarks.kept import Others, keep
from benchmarks.one_link import same_link, single
from benchmarks.visitor import Visitor, browser_cookie

DIFFERENT = 12
#: In which their rows are shown, whichever is measured anew.
ORDER = ("same_link", "twelve", "ten_jobs", "memory", "churn")


async def twelve(own: Server, strengths: Strengths) -> list[Row]:
    """A class with twelve experiments, whose visitors go on moving a control."""
    chosen = [strengths.new() for _ in range(DIFFERENT)]
    draw = Random(1)
    firsts: dict[int, list[float]] = {}
    moves: list[tuple[float, float]] = []
    waited: list[bool] = []

    async def visit(number: int) -> None:
        async with Visitor(own.url) as visitor:
            experiment = number % DIFFERENT
            await visitor.open(PAGE, scale=chosen[experiment])
            firsts.setdefault(experiment, []).append(await visitor.points_of_each())
            heard = [m for chart in visitor.charts.values() for m in chart.messages]
            waited.append(any(message.startswith("Waiting:") for message in heard))
            for _ in range(4):
                await asyncio.sleep(draw.uniform(5, 15))
                moves.append(await visitor.move("α", draw.choice([0.2, 0.4, 0.6, 0.8])))

    await arrive(CLASS, ARRIVING, visit)
    text = f"{CLASS} visitors, {DIFFERENT} experiments"
    answers, runs = ([*values] for values in zip(*moves, strict=True))
    slowest = [max(values) for values in firsts.values()]
    return [
        (f"{text}: a control's change acknowledged, median", percentile(answers, 50), "s", ""),
        (f"{text}: a control's change acknowledged, 95th percentile", percentile(answers), "s",
         "0.5 s"),
        (f"{text}: the page has run after it, 95th percentile", percentile(runs), "s", ""),
        (f"{text}: points of every line, 95th percentile", percentile(sum(firsts.values(), [])),
         "s", ""),
        (f"{text}: points of every line, the slowest of each experiment, largest over smallest",
         max(slowest) / min(slowest), "×", ""),
        (f"{text}: visitors who were told how many jobs were ahead", sum(waited), "", ""),
    ]  # fmt: skip


async def ten_jobs(own: Server, strengths: Strengths) -> list[Row]:
    """One visitor has ten tabs with experiments under way; another comes with one."""
    alone, _ = await single(own, strengths)
    async with AsyncExitStack() as stack:
        cookie = browser_cookie(own.url)
        visitors = (Visitor(own.url, cookie) for _ in range(10))
        tabs = [await stack.enter_async_context(tab) for tab in visitors]
        await asyncio.gather(*(tab.open(PAGE, scale=strengths.new()) for tab in tabs))
        await asyncio.sleep(1)
        async with Visitor(own.url) as other:
            await other.open(PAGE, scale=strengths.new())
            first = await other.points_of_each()
    text = "points of every line while another visitor has ten jobs under way"
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

    # What computing takes is not the visitors': one has been there before. The first classes
    # still pay for what grows once: pools, caches, arenas.
    async with Visitor(own.url) as visitor:
        await visitor.open(PAGE, scale=strength)
        await visitor.complete()
    await _settle()
    fresh = own.memory()
    first = await everybody()
    await _settle()
    before = own.memory()
    during = await everybody()
    await _settle()
    after = own.memory()
    await everybody()
    await _settle()
    text = f"memory of {CLASS} visitors of one experiment"
    return [
        (f"{text}, first class, each", (first - fresh) / CLASS, "MB", "5 MB"),
        (f"{text}, second class, each", (during - before) / CLASS, "MB", "5 MB"),
        (f"{text}: left of the second class once it has gone", after - before, "MB", "0 MB"),
        (f"{text}: left of the third class, more than of the second", own.memory() - after, "MB",
         "0 MB"),
    ]  # fmt: skip


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
            await visitor.points_of_each()
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


def load(
    say: Callable[[str], object], only: str, minutes: float, stock: Path
) -> list[dict[str, Any]]:
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
        with stocked_server(stocked(stock)) as own:
            others = Others(own.process)
            found = asyncio.run(scenario(own, Strengths()))  # type: ignore[arg-type]
            cores = others.cores()
        say(f"{name}: others used {cores:.2f} cores meanwhile")
        for what, value, unit, aim in found:
            say(f"{what}: {value:.3g} {unit} (aim {aim or '–'})")
            row = {"what": what, "measured": value, "unit": unit, "aim": aim}
            rows.append({"scenario": name, **row, "others_cores": cores})
    return rows


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("kept", nargs="?", type=Path, help="a run to put the rows into")
    parser.add_argument("--only", default="", help="one scenario")
    parser.add_argument("--minutes", type=float, default=10.0, help="of coming and going")
    parser.add_argument("--stock", type=Path, help="a folder of trained networks, made if missing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stock = given.stock or Path(folder) / "stock"
        rows = load(lambda line: print(line, flush=True), given.only, given.minutes, stock)
    if given.kept:
        found = json.loads(given.kept.read_text()) if given.kept.exists() else {}
        measured = {row["scenario"] for row in rows}
        known = found.get("load", {}).get("rows", [])
        rows += [row for row in known if row["scenario"] not in measured]
        keep(given.kept, "load", {"rows": sorted(rows, key=lambda r: ORDER.index(r["scenario"]))})


if __name__ == "__main__":
    main()
