"""A long lesson: a realistic mix of visitors for twenty minutes, some of them up to no good.

`python -m benchmarks.soak [results/reliability/DATE.json] [--minutes 20]`: explorers, visitors who
follow a preset, share and export files, or predict, and senders of what nobody should send. In
the end the server is killed in the middle of its work, and every entry of its store is read.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import json
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from benchmarks.crowd import Server, Strengths, percentile, stocked, stocked_server
from benchmarks.kept import Others, keep
from benchmarks.visitor import Trouble, Visitor
from dissociation.address.presets import PRESETS
from dissociation.engine.store import LIMITS, Store
from dissociation.web.export.files import KINDS
from tests.hostile.catalogue import ADDRESSES, ORIGINS, RAW_REQUESTS, SOCKET_NAMES

#: Visitors at any moment, by what they do.
MIX = {"explore": 12, "preset": 6, "share": 5, "predict": 4, "attack": 3}
#: Visitors of a lesson wait: the page tells them what for.
PATIENCE = 900.0
#: Seconds after the end within which visits that have begun may end.
BELL = 30.0
#: A class looks at few different experiments.
COMMON = 6


class Lesson:
    """Everyone on one server, and what became of them."""

    def __init__(self, own: Server, seed: int = 0):
        self.own = own
        self.draw = Random(seed)
        self.counts: collections.Counter[str] = collections.Counter()
        self.troubles: list[str] = []
        self.moves: list[float] = []
        self.firsts: list[float] = []
        self.strengths = Strengths()
        self.common = [self.strengths.new() for _ in range(COMMON)]
        self._now = 0
        self.most = 0

    async def _enter(self, stack: contextlib.AsyncExitStack) -> Visitor:
        visitor = await stack.enter_async_context(Visitor(self.own.url))
        self._now += 1
        self.most = max(self.most, self._now)
        stack.callback(self._left)
        return visitor

    def _left(self) -> None:
        self._now -= 1

    async def _pause(self, longest: float = 8) -> None:
        await asyncio.sleep(self.draw.uniform(1, longest))

    async def explore(self, visitor: Visitor) -> None:
        """Opens a page and moves controls."""
        page, label = self.draw.choice(
            [("Robustness", "α"), ("Robustness", "α"), ("Representation", "α"), ("Transfer", "α")]
        )
        values = {"rewrite": "scale"} if page == "Representation" else {}
        await visitor.open(page, scale=self.draw.choice(self.common), **values)
        self.firsts.append(await visitor.first_points(PATIENCE))
        for _ in range(self.draw.randint(1, 4)):
            await self._pause()
            answered, _ = await visitor.move(label, self.draw.choice([0.2, 0.4, 0.6, 0.8]))
            self.moves.append(answered)

    async def preset(self, visitor: Visitor) -> None:
        """Follows a link that comes with the lab."""
        link = self.draw.choice([*PRESETS.values()]).link
        await visitor.open(link.path.split("?")[0].strip("/"), **link.query)
        self.firsts.append(await visitor.first_points(PATIENCE))
        await self._pause()

    async def share(self, visitor: Visitor) -> None:
        """Opens what a colleague has sent, waits for all of it, looks at it, takes a file."""
        strength = self.draw.choice(self.common)
        await visitor.open("Robustness", scale=strength)
        await visitor.complete(PATIENCE)
        await self._pause()
        kind = self.draw.choice([*KINDS])
        url = f"{self.own.url}/api/export/{kind}/Robustness?scale={strength}"
        answer = await asyncio.to_thread(_get, url)
        if answer != 200:
            raise Trouble(f"{kind}: {answer}")
        self.counts["files"] += 1

    async def predict(self, visitor: Visitor) -> None:
        """Looks at covered curves."""
        await visitor.open("Robustness", scale=self.draw.choice(self.common), predict="scale")
        await self._pause()

    async def attack(self, visitor: Visitor) -> None:
        """Sends what nobody should: an address, a raw request, a socket."""
        page, _, query = self.draw.choice(ADDRESSES).partition("?")
        visitor.raw_query = query
        with contextlib.suppress(UnicodeEncodeError):
            await visitor.open(page[:200])
        host, port = self.own.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(self.draw.choice(RAW_REQUESTS))
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            await writer.drain()
            await asyncio.wait_for(reader.read(100), 2)
        writer.close()
        origin: Any = self.draw.choice(ORIGINS).replace("{host}", f"{host}:{port}")
        name = self.draw.choice(SOCKET_NAMES)
        with contextlib.suppress(WebSocketException, OSError, ValueError):
            async with connect(f"ws://{host}:{port}/api/jobs/{name}", origin=origin) as line:
                await line.send("x" * 5_000)
                await line.recv()
        self.counts["bad inputs"] += 3
        visitor.errors.clear()
        await self._pause()

    async def stream_of(self, kind: str, end: float) -> None:
        """One visitor after another."""
        act: Callable[[Visitor], Awaitable[None]] = getattr(self, kind)
        await self._pause(10)
        while time.perf_counter() < end:
            try:
                async with contextlib.AsyncExitStack() as stack:
                    await act(await self._enter(stack))
                self.counts[kind] += 1
            except Exception as problem:
                self.troubles.append(f"{kind}: {problem!r}")


def _get(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return int(refused.code)


def entries(folder: Path) -> set[tuple[str, str]]:
    """Names of all entries of a store."""
    store = Store(folder)
    found = {(compartment, name) for compartment in LIMITS for name in store._caches[compartment]}
    store.close()
    return found


def lost(folder: Path, known: set[tuple[str, str]]) -> int:
    """How many of the entries that were there, or are there now, are gone or cannot be read."""
    store = Store(folder)
    expected = known | entries(folder)
    found = sum(store.get(compartment, name) is None for compartment, name in expected)
    store.close()
    return found


async def _begin(url: str, strengths: Strengths) -> None:
    """Asks for much that nobody has asked for yet, and leaves in the middle of it."""
    async with contextlib.AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(Visitor(url)) for _ in range(COMMON)]
        for visitor in visitors:
            await visitor.open("Robustness", scale=strengths.new())
        await visitors[0].first_points(PATIENCE)


def soak(say: Callable[[str], object], minutes: float, stock: Path) -> dict[str, Any]:
    """The whole lesson. **Returns:** what to tell of it."""
    with stocked_server(stocked(stock)) as own:
        lesson = Lesson(own)

        async def everybody() -> None:
            end = time.perf_counter() + 60 * minutes
            streams = [
                lesson.stream_of(kind, end) for kind, number in MIX.items() for _ in range(number)
            ]
            # Whoever still waits when the bell rings goes.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*streams), 60 * minutes + BELL)

        others = Others(own.process)
        asyncio.run(everybody())
        alive, at_end, cores = own.process.is_running(), own.memory(), others.cores()
        known = entries(own.folder)
        asyncio.run(_begin(own.url, lesson.strengths))
        own.process.kill()
        own.process.wait()
        gone = lost(own.folder, known)
    for trouble in lesson.troubles[:20]:
        say(trouble)
    return {
        "minutes": minutes,
        "visitors at once": lesson.most,
        "visits": sum(lesson.counts[kind] for kind in MIX),
        "visits by kind": {kind: lesson.counts[kind] for kind in MIX},
        "files taken": lesson.counts["files"],
        "bad inputs tried": lesson.counts["bad inputs"],
        "visits that failed": len(lesson.troubles),
        "control acknowledged, median s": percentile(lesson.moves, 50),
        "control acknowledged, p95 s": percentile(lesson.moves),
        "first points, p95 s": percentile(lesson.firsts),
        "server alive at the end": alive,
        "memory at the end, MB": at_end,
        "entries in the store": len(known),
        "entries lost": gone,
        "cores used by others": cores,
    }


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("kept", nargs="?", type=Path, help="a run to put the figures into")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--stock", type=Path, help="a folder of trained networks, made if missing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(print, given.minutes, given.stock or Path(folder) / "stock")
    print(json.dumps(figures, indent=1))
    if given.kept:
        keep(given.kept, "soak", figures)


if __name__ == "__main__":
    main()
