"""A lab for a crowd of visitors: its server, what that holds, and how visitors arrive."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import psutil
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.journey import server
from benchmarks.visitor import Visitor

#: The page that they look at.
PAGE = "Robustness"
#: Visitors of a class, who do not press a link in the same instant: seconds within which all have.
CLASS, ARRIVING = 60, 10.0
Row = tuple[str, float, str, str]  # what, measured, unit, aim
#: Within so many seconds its networks are trained on any machine, whatever else it does.
TRAINED = 900.0


@dataclass
class Server:
    """A running lab: where, its process, and the folder of its results."""

    url: str
    process: psutil.Process
    folder: Path

    def memory(self) -> float:
        """Resident, in MB."""
        return self.process.memory_info().rss / 1e6

    def held(self) -> tuple[int, int]:
        """Threads and sockets."""
        return self.process.num_threads(), len(self.process.net_connections(kind="inet"))

    def jobs(self) -> dict[str, int]:
        """Jobs that it has begun, by kind."""
        with urllib.request.urlopen(f"{self.url}/api/metrics", timeout=30) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        samples = [sample for family in families for sample in family.samples]
        return {
            sample.labels["kind"]: int(sample.value)
            for sample in samples
            if sample.name == "dissociation_jobs_started_total"
        }


def stocked(folder: Path) -> Path:
    """Has networks trained and programs compiled in a folder, if it is not there yet."""
    if not folder.exists():
        with server(folder) as (url, _):
            asyncio.run(_once(url))
    return folder


@contextmanager
def stocked_server(stock: Path) -> Iterator[Server]:
    """A server with a copy of a stocked folder, that has had its first visitor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(stock, Path(name) / "lab"))
        with server(folder) as (url, process):
            asyncio.run(_once(url))
            yield Server(url, psutil.Process(process.pid), folder)


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


async def _once(url: str) -> None:
    async with Visitor(url) as visitor:
        await visitor.open(PAGE, scale="5.5")
        await visitor.complete(TRAINED)


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
