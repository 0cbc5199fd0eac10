"""Measures of similarity against independent packages, in turns, and how long a comparison takes.

`python -m benchmarks --only similarity` prints it; `python -m benchmarks.similarity FILE` measures
and puts it into a kept run.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import independent, machine
from dissociation.core import manipulations as m
from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import stratified_order
from dissociation.core.networks.network import Network, hidden_and_logits, seed_key
from dissociation.core.networks.training import QUICK, trained
from dissociation.core.similarity import SIMILARITIES, Pair
from dissociation.core.similarity.comparison import Comparison, NetworkSpec

ROOT = Path(__file__).parents[1]
LAYER, FEW, ALL = 2, 1_000, 10_000
#: The rewrite of which the measures say most: it moves the layer and widens it.
REWRITE = m.Nuisance(512.0)
#: Turns of both ways, and seconds after which there are no more than two.
TURNS, PATIENCE = 7, 10.0
#: Seconds between turns.
PAUSE = 0.1
#: Strengths that a slider passes. Wider layers compile something, the first time.
STRENGTHS: tuple[tuple[m.Manipulation, ...], ...] = (
    tuple(m.Scale(alpha) for alpha in (2.0, 3.0, 4.0, 5.0, 6.0, 7.0)),
    tuple(m.Nuisance(neurons) for neurons in (128.0, 256.0, 384.0, 640.0, 768.0, 1024.0)),
)
#: As wide as the network itself.
SAME_WIDTH = m.Scale(20.0)

Way = Callable[[np.ndarray, np.ndarray], float]


@dataclass(frozen=True)
class Rival:
    """Another way to one of our measures.

    - `measure`: ours, by its name; `by`: who does it otherwise; `way`: how.
    - `images`: on how many it is compared.
    """

    measure: str
    by: str
    way: Way
    images: Sequence[int] = (FEW, ALL)


RIVALS = (
    Rival("cka", "NumPy, by neurons", independent.cka_by_neurons),
    Rival("cka", "NumPy, by images", independent.cka_by_images, (FEW,)),
    Rival("cka_debiased", "NumPy, by images", independent.debiased_cka, (FEW,)),
    Rival("procrustes", "SciPy", independent.procrustes),
    Rival("ridge_forwards", "scikit-learn", independent.ridge),
    Rival("ridge_backwards", "scikit-learn", independent.ridge_back),
    Rival("neighbours", "scikit-learn", independent.neighbours),
    *(
        Rival(
            f"rsa_{kind}_{how}",
            "rsatoolbox",
            functools.partial(independent.rsa, kind=kind, how=name),
            (FEW,),
        )
        for kind in ("euclidean", "correlation")
        for how, name in (("pearson", "corr"), ("spearman", "spearman"))
    ),
)


def in_turns(ours: Callable[[], float], theirs: Callable[[], float]) -> list[tuple[float, float]]:
    """The shortest time of either way and its value: timed in turns, after one that does not count.

    What else the machine does slows both, and the shortest least. Ours has one thread for
    factorisations, as in the lab, theirs as many as it likes; threads that wait for more work by
    spinning have stopped before the next turn.
    """
    ways = ((ours, 1), (theirs, None))
    values = [way() for way, _ in ways]
    times: list[list[float]] = [[], []]
    begin = time.perf_counter()
    while len(times[0]) < 2 or (len(times[0]) < TURNS and time.perf_counter() - begin < PATIENCE):
        for own, (way, threads) in zip(times, ways, strict=True):
            with threadpool_limits(threads, user_api="blas"):
                time.sleep(PAUSE)
                start = time.perf_counter()
                way()
                own.append(time.perf_counter() - start)
    return [(min(own), value) for own, value in zip(times, values, strict=True)]


def compared(rival: Rival, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """One row of the report: ours from the activations, with nothing known of them before."""
    measure = SIMILARITIES[rival.measure]
    (ours, value), (theirs, expected) = in_turns(
        lambda: measure.of(Pair(x, y)), lambda: rival.way(x, y)
    )
    return {
        "measure": measure.label,
        "images": len(x),
        "by": rival.by,
        "ours_ms": 1e3 * ours,
        "theirs_ms": 1e3 * theirs,
        "ratio": theirs / ours,
        "value": value,
        "difference": abs(value - expected),
    }


@functools.cache
def network() -> Network:
    """A trained network of the quick recipe."""
    return trained(QUICK, seed_key(0))


def activations(images: int) -> tuple[np.ndarray, np.ndarray]:
    """`(images, d)` of the network and of its rewrite, layer 2."""
    both = comparison(REWRITE, images)
    shown = mnist_test().images[stratified_order()[:images]]
    first, second = (
        hidden_and_logits(side.rewritten(network(), both.key), shown, LAYER)[0]
        for side in (both.first, both.second)
    )
    return first, second


def comparison(step: m.Manipulation, images: int, *, thorough: bool = True) -> Comparison:
    """The network beside its rewrite."""
    return Comparison(
        NetworkSpec(), NetworkSpec(QUICK, 0, (step,)), LAYER, images, thorough=thorough
    )


def first_news(both: Comparison) -> tuple[float, float]:
    """Seconds until a comparison has its pictures, and until it has all values."""
    begin, seen = time.perf_counter(), 0.0
    for found in both.stream(*(network() for _ in both.needs())):
        if found is None:
            continue
        seen = seen or time.perf_counter() - begin
        if len(found.values) == len(SIMILARITIES):
            return seen, time.perf_counter() - begin
    raise AssertionError("values are missing")


def whole(both: Comparison) -> float:
    """Seconds until a comparison has found everything."""
    begin = time.perf_counter()
    for _ in both.stream(*(network() for _ in both.needs())):
        pass
    return time.perf_counter() - begin


def after_a_move() -> list[tuple[str, float, str]]:
    """What is seen after a strength has moved. **Returns:** (what, seconds, aim) rows."""
    rows = []
    for steps in STRENGTHS:
        for moved in ("for the first time", "again"):
            first_news(comparison(SAME_WIDTH, FEW))
            seen = np.array([first_news(comparison(step, FEW)) for step in steps])
            pictures, values = np.median(seen, axis=0)
            name = f"contrast, {steps[0].name} moved {moved}"
            rows.append((f"{name}: pictures", float(pictures), ""))
            rows.append((f"{name}: all values, 1,000 images", float(values), "0.5 s"))
    return rows


def at_all_images() -> tuple[str, float, str]:
    """The shortest of three, of other strengths."""
    steps = (SAME_WIDTH, *STRENGTHS[0][:2])
    seconds = [whole(comparison(step, ALL)) for step in steps]
    return "contrast: everything, 10,000 images", min(seconds), "10 s"


def memory_grows(folder: Path) -> float:
    """In this process: GiB by which a comparison of all images raises the peak."""
    with np.load(folder / "network.npz") as stored:
        networks = (Network(*(stored[name] for name in Network._fields)),) * 2
    # Loads JAX and compiles, which is not the comparison's own.
    for _ in comparison(SAME_WIDTH, FEW, thorough=False).stream(*networks[:1]):
        pass
    before = machine.peak_memory()
    for _ in comparison(SAME_WIDTH, ALL).stream(*networks[:1]):
        pass
    return (machine.peak_memory() - before) / 1024


def memory() -> tuple[str, float, str]:
    """The same in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "network.npz", **network()._asdict())
        command = [sys.executable, "-m", "benchmarks.similarity", "--memory", folder]
        found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    what = "contrast: memory of 10,000 images × 1,024 neurons, GiB"
    return what, float(found.stdout.splitlines()[-1]), "1.5 GiB"


def similarity(say: Callable[[str], object]) -> dict[str, list[dict[str, Any]]]:
    """Everything, as plain values for [`benchmarks.report`][]: `measures` and `contrasts`."""
    measures = []
    for images in (FEW, ALL):
        x, y = activations(images)
        for rival in RIVALS:
            if images in rival.images:
                measures.append(row := compared(rival, x, y))
                say(f"{row['measure']}, {images:,}: {row['ours_ms']:.0f} ms, {row['ratio']:.1f}×")
    # As in the lab: see `dissociation.engine.priority`.
    with threadpool_limits(1, user_api="blas"):
        rows = (*after_a_move(), at_all_images(), memory())
    comparisons = [{"what": what, "measured": value, "aim": aim} for what, value, aim in rows]
    return {"measures": measures, "contrasts": comparisons}


def main() -> None:
    """See the module."""
    if sys.argv[1] == "--memory":
        print(memory_grows(Path(sys.argv[2])))
        return
    kept = Path(sys.argv[1])
    found = json.loads(kept.read_text())
    found["similarity"] = similarity(print)
    kept.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
