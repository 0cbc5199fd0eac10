"""One side of one comparison in a process of its own: `python -m benchmarks.worker`.

Prints one line of JSON (`seconds`, `peak_mb` and, for ours, `share_of_peak`) and leaves the numbers
in a file for the comparison.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from benchmarks.growth import SERIES
from benchmarks.machine import peak, peak_memory
from benchmarks.works import Work, notebook


def measure(work: Work, side: str) -> tuple[dict[str, float], np.ndarray]:
    """Prepares, warms up, times."""
    prepared = work.prepare()
    run = work.direct if side == "direct" else work.ours
    warm = work.warm_direct if side == "direct" else work.warm_ours
    assert run is not None
    if warm is not None:
        warm(prepared)
    # What else happens on the machine changes its peak from minute to minute, so the peak is
    # measured on both sides of the clock.
    before = peak() if work.arithmetic else 0.0
    seconds: list[float] = []
    result = None
    while not seconds or (sum(seconds) < 3 and len(seconds) < 5):
        begin = time.perf_counter()
        result = run(prepared)
        seconds.append(time.perf_counter() - begin)
    best = float(np.median(seconds))
    found = {"seconds": best, "peak_mb": peak_memory()}
    if work.arithmetic:
        around = (before + peak()) / 2
        found |= {"peak": around, "share_of_peak": work.arithmetic / best / around}
    return found, work.numbers(result)


def _pick(name: str, point: str) -> Work:
    if point:
        return SERIES[name].work(int(point))
    return next(work for work in notebook() if work.name == name)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("side", choices=["direct", "ours"])
    parser.add_argument("result")
    parser.add_argument("--point", default="")
    given = parser.parse_args()
    found, result = measure(_pick(given.name, given.point), given.side)
    np.savez(given.result, result=result)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
