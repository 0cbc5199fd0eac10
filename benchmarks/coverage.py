"""How often the lab's 95 % intervals hold the truth, by how many networks they come from.

`python -m benchmarks.coverage FILE` trains a pool of small networks, measures them, and takes the
pool for all networks there are: of many studies of a few networks, drawn from it with replacement,
it counts how many intervals hold the pool's own mean. The counts are put into FILE, and
`python -m benchmarks.report FILE` puts them into `docs/intervals.md`. About five minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import kept
from dissociation.core import manipulations as m
from dissociation.core.experiment import noise_key
from dissociation.core.measures import Curve, InputNoise, Measure, ParameterNoise, Transfer
from dissociation.core.networks.network import Network, seed_key
from dissociation.core.networks.training import Recipe, trained
from dissociation.core.statistics.hypothesis import AREA, AT, HALF_WAY, summaries
from dissociation.core.statistics.summary import interval

#: Where runs are kept; `docs/intervals.md` tells of the latest.
KEPT = Path(__file__).parent / "results" / "coverage"
RECIPE, POOL, KEY = Recipe(epochs=1, width=32), 60, 37
NETWORKS, STUDIES = (3, 5, 10, 20), 10_000
#: Within which coverage counts as right.
LEAST, MOST = 0.92, 0.98
BEGIN, END = "<!-- coverage: written by benchmarks/report.py -->", "<!-- /coverage -->"


class Plan(NamedTuple):
    """What is measured: a measure, how B rewrites the trained A, and where errors are compared."""

    measure: Measure
    rewrite: m.Manipulation
    at: float


PLANS = {
    "parameter noise, 1 draw": Plan(ParameterNoise(1_000, points=12), m.Scale(5.0), 0.1),
    "parameter noise, 4 draws": Plan(ParameterNoise(1_000, points=12, draws=4), m.Scale(5.0), 0.1),
    "input noise": Plan(InputNoise(1_000, points=12), m.InputNull(0.1), 0.3),
    "transfer": Plan(Transfer(500, 3), m.Nuisance(64.0), 500.0),
}


def measured(plan: Plan, networks: Sequence[Network]) -> tuple[Curve, Curve]:
    """The curves of A and B over all these networks."""
    measure, key = plan.measure, noise_key(KEY)
    keys = [seed_key(seed, key) for seed in range(len(networks))]
    rows = [
        [m.apply_all(n, steps, key=own) for n, own in zip(networks, keys, strict=True)]
        for steps in ((), (plan.rewrite,))
    ]
    *_, last = (curves for curves in measure.stream(rows, keys=keys, key=key) if curves is not None)
    first, second = (Curve(measure.x, tuple(seeds), measure.total) for seeds in last)
    return first, second


def of_networks(plan: Plan, first: Curve, second: Curve) -> dict[str, tuple[np.ndarray, tuple]]:
    """What has an interval: `(networks, ...)` values, and what their mean lies within."""

    def both(summary: str) -> list[np.ndarray]:
        sides = (first, second)
        return [summaries(c, summary, chance=plan.measure.chance, at=plan.at) for c in sides]

    share, difference = (0.0, 1.0), (-1.0, 1.0)
    (area, other_area), (at, other_at) = both(AREA), both(AT)
    found = {
        "error at a point of the curve": (first.rates, share),
        "B − A at a point of the curve": (second.rates - first.rates, difference),
        "mean error over the curve": (area, share),
        "B − A, mean error": (other_area - area, difference),
        "B − A, error at one point": (other_at - at, difference),
    }
    if plan.measure.axes[1].log:
        half, other_half = both(HALF_WAY)
        found["B − A, σ50"] = other_half - half, (-np.inf, np.inf)
        found["ratio of σ50"] = other_half / half, (0.0, np.inf)
    return found


def covered(
    values: np.ndarray, bounds: tuple, networks: int, studies: int, rng: np.random.Generator
) -> np.ndarray:
    """`(...)` share of the intervals of studies that hold the mean of all `(pool, ...)` values.

    Studies whose networks are all alike have no interval and are not counted; NaN without others.
    """
    truth = values.mean(0)
    picks = rng.integers(0, len(values), (networks, studies))
    low, high = interval(values[picks], bounds)
    held = (low <= truth) & (truth <= high)
    counted = np.isfinite(low).sum(0)
    return held.sum(0) / np.where(counted, counted, np.nan)


def rows(networks: Sequence[Network], studies: int = STUDIES) -> Iterator[dict[str, Any]]:
    """One row a measure and kind of interval: coverage by the number of networks.

    Of curves it is the mean over their points, with the least and the most of a single point.
    """
    rng = np.random.Generator(np.random.PCG64(0))
    for name, plan in PLANS.items():
        for kind, (values, bounds) in of_networks(plan, *measured(plan, networks)).items():
            found = [covered(values, bounds, n, studies, rng) for n in NETWORKS]
            yield {
                "measure": name,
                "kind": kind,
                "coverage": [float(np.nanmean(shares)) for shares in found],
                "points": [[float(np.nanmin(s)), float(np.nanmax(s))] for s in found],
            }


def coverage(say: Callable[[str], object]) -> dict[str, Any]:
    """Everything, as plain values: the `rows`, and what they were measured on."""
    networks = [trained(RECIPE, seed_key(seed)) for seed in range(POOL)]
    say(f"{POOL} networks of width {RECIPE.width} trained")
    found = []
    for row in rows(networks):
        found.append(row)
        shares = ", ".join(f"{share:.1%}" for share in row["coverage"])
        say(f"{row['measure']}: {row['kind']}: {shares}")
    return {
        "pool": POOL,
        "width": RECIPE.width,
        "epochs": RECIPE.epochs,
        "studies": STUDIES,
        "networks": list(NETWORKS),
        "rows": found,
    }


def within(found: dict[str, Any]) -> bool:
    """Whether every kind of interval holds the truth as often as it should."""
    return all(LEAST <= share <= MOST for row in found["rows"] for share in row["coverage"])


def table(found: dict[str, Any]) -> str:
    """Coverage as a Markdown table."""
    head = [f"{n} networks" for n in found["networks"]]
    lines = ["| interval of | measure | " + " | ".join(head) + " |", "|---" * (2 + len(head)) + "|"]
    for row in sorted(found["rows"], key=lambda row: row["kind"]):
        cells = [
            f"{share:.1%}" + (f" ({low:.0%} to {high:.0%})" if low < high else "")
            for share, (low, high) in zip(row["coverage"], row["points"], strict=True)
        ]
        lines.append("| " + " | ".join([row["kind"], row["measure"], *cells]) + " |")
    return "\n".join(lines)


def section(found: dict[str, Any]) -> str:
    """What `docs/intervals.md` says of a kept run."""
    words = (
        f"{found['studies']:,} studies for each number of networks, drawn with replacement from "
        f"{found['pool']} networks of width {found['width']} (trained for {found['epochs']} epoch; "
        f"{found['date']}). In brackets: the least and the most at a single point of the curve."
    )
    return "\n\n".join([BEGIN, words, table(found), END])


def main() -> None:
    """See the module."""
    found = coverage(print)
    print("\n" + table(found))
    kept.keep(Path(sys.argv[1]), "coverage", found)


if __name__ == "__main__":
    main()
