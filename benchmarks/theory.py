"""Predicted curves against the mean of many draws, for every rewrite, and how long they take.

`python -m benchmarks --only theory` prints it; `python -m benchmarks.theory FILE` measures and puts
it into a kept run, with `--expectation` or `--speed` only what takes a minute: the lines against
the expected error itself, from a draw for every image, and how long they take.
"""

from __future__ import annotations

import functools
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dissociation.core import manipulations as m
from dissociation.core.experiment import noise_key
from dissociation.core.measures import InputNoise, Measure, ParameterNoise
from dissociation.core.networks.network import Network, seed_key
from dissociation.core.networks.training import QUICK, trained
from dissociation.core.theory import stream_network
from tests.core.theory.independent_draws import expected_errors

IMAGES, DRAWS, KEY = 512, 64, 37
Chain = tuple[m.Manipulation, ...]
#: The notebook's rewrites at its strengths, the lab's others, and some in sequence.
REWRITES: dict[str, Chain] = {
    "trained": (),
    "scale 20": (m.Scale(20.0),),
    "duplicate 2": (m.Duplicate(2.0),),
    "nuisance 1024": (m.Nuisance(1024.0),),
    "nuisance 1024, identical": (m.Nuisance(1024.0, incoming="identical"),),
    "input-null 0.1": (m.InputNull(0.1),),
    "rescale 1": (m.Rescale(1.0),),
    "permute": (m.Permute(1.0),),
    "balance 1": (m.Balance(1.0),),
    "hidden-null 0.1": (m.HiddenNull(0.1),),
    "phantom 1": (m.Phantom(1.0),),
    "nuisance 512 in pairs": (m.Nuisance(512.0, group=2),),
    "duplicate 2, then scale 0.05": (m.Duplicate(2.0), m.Scale(0.05)),
    "duplicate 1.2, then nuisance 128 in threes": (m.Duplicate(1.2), m.Nuisance(128.0, group=3)),
    "duplicate layer 1": (m.Duplicate(2.0, layer=1),),
}
#: Rewrites that input noise can tell from the trained network.
INEXACT = ("trained", "input-null 0.1", "hidden-null 0.1")
#: Kinds of noise, and which rewrites are tried on each.
KINDS: dict[str, tuple[Measure, Sequence[str]]] = {
    "parameters, absolute": (ParameterNoise(IMAGES, draws=DRAWS), tuple(REWRITES)),
    "parameters, relative": (ParameterNoise(IMAGES, draws=DRAWS, mode="relative"), tuple(REWRITES)),
    "parameters, W1 alone": (ParameterNoise(IMAGES, draws=DRAWS, layers="1"), ("trained",)),
    "parameters, W2 alone": (ParameterNoise(IMAGES, draws=DRAWS, layers="2"), ("trained",)),
    "parameters, W3 alone": (ParameterNoise(IMAGES, draws=DRAWS, layers="3"), ("trained",)),
    "inputs": (InputNoise(IMAGES), INEXACT),
}
#: Rewrites held against the expected error, and at so many noise scales.
EXPECTED = ("trained", "duplicate 2", "nuisance 1024", "nuisance 1024, identical", "phantom 1")
EXPECTED_POINTS = 14
#: What counts as right: standard errors of the measured mean, or a difference of errors.
STANDARD_ERRORS, TOLERANCES = 2.0, {"parameter_noise": 0.01, "input_noise": 0.015}


@functools.cache
def network() -> Network:
    """A quick-recipe network of width 1,024."""
    return Network(*map(np.asarray, trained(QUICK, seed_key(0))))


def rewritten(name: str) -> Network:
    """One of the rewrites of it."""
    return m.apply_all(network(), REWRITES[name], key=seed_key(0, noise_key(KEY)))


def measured(measure: Measure, networks: Sequence[Network]) -> np.ndarray:
    """`(networks, DRAWS, S)` error of each draw of the noise."""
    runs = DRAWS // getattr(measure, "draws", 1)
    found = []
    for run in range(runs):
        key = noise_key(KEY + run)
        rows = [[network] for network in networks]
        news = measure.stream(rows, keys=[seed_key(0, key)], key=key)
        *_, last = (curves for curves in news if curves is not None)
        found.append(np.stack([row[0].rates for row in last]))
    return np.concatenate(found, axis=1)


def compared(kind: str, name: str, runs: np.ndarray) -> dict[str, Any]:
    """A prediction against the draws `(DRAWS, S)`: where it is furthest off, as plain values."""
    measure = KINDS[kind][0]
    *_, last = stream_network(measure, rewritten(name))
    assert last is not None
    mean, error = runs.mean(0), runs.std(0, ddof=1) / np.sqrt(len(runs))
    difference = last.errors - mean
    worst = int(np.argmax(np.abs(difference)))
    within = np.abs(difference) <= TOLERANCES[measure.name]
    if measure.name == "parameter_noise":
        within |= np.abs(difference) <= STANDARD_ERRORS * error
    return {
        "kind": kind,
        "rewrite": name,
        "difference": float(difference[worst]),
        "sigma": float(measure.x[worst]),
        "predicted": float(last.errors[worst]),
        "measured": float(mean[worst]),
        "standard_error": float(error[worst]),
        "outside": int(np.sum(~within)),
        "points": len(within),
    }


def accuracy(say: Callable[[str], object]) -> Iterator[dict[str, Any]]:
    """Every kind of noise and rewrite."""
    for kind, (measure, names) in KINDS.items():
        # A few at a time: together they share products, and all would take much memory.
        for some in (names[start : start + 4] for start in range(0, len(names), 4)):
            for name, runs in zip(some, measured(measure, list(map(rewritten, some))), strict=True):
                row = compared(kind, name, runs)
                say(
                    f"{kind}, {name}: {row['difference']:+.4f} at σ = {row['sigma']:.3g}, "
                    f"{row['outside']} of {row['points']} outside"
                )
                yield row


def expectation(say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Against the expected error itself, for the rewrites that 64 draws say least about."""
    measure = ParameterNoise(IMAGES, points=EXPECTED_POINTS)
    rows = []
    for name in EXPECTED:
        own = rewritten(name)
        runs = expected_errors(measure, own, key=noise_key(KEY), draws=DRAWS)
        *_, last = stream_network(measure, own)
        assert last is not None
        difference, error = last.errors - runs.mean(0), runs.std(0, ddof=1) / np.sqrt(len(runs))
        worst = int(np.argmax(np.abs(difference)))
        rows.append(
            {
                "rewrite": name,
                "difference": float(difference[worst]),
                "sigma": float(measure.x[worst]),
                "standard_error": float(error[worst]),
            }
        )
        say(f"{name}: {difference[worst]:+.4f} at σ = {measure.x[worst]:.3g}, of the expectation")
    return rows


def speed() -> list[dict[str, Any]]:
    """Seconds until a curve is there, and until it is complete, everything compiled."""
    rows = []
    crowd = "parameters, nuisance 1024, identical"
    works: list[tuple[str, Measure, Network]] = [
        ("parameters", ParameterNoise(), network()),
        (crowd, ParameterNoise(), rewritten("nuisance 1024, identical")),
        ("inputs", InputNoise(), network()),
    ]
    for label, measure, own in works:
        for _ in stream_network(measure, own):
            pass
        begin, first = time.perf_counter(), 0.0
        for found in stream_network(measure, own):
            if found is not None and not first:
                first = time.perf_counter() - begin
        whole = time.perf_counter() - begin
        name = f"predicted curve, noise on {label}"
        rows.append({"what": f"{name}: first seen", "measured": first, "aim": "0.3 s"})
        rows.append({"what": f"{name}: 512 images, 40 σ", "measured": whole, "aim": "2 s"})
    return rows


def theory(say: Callable[[str], object]) -> dict[str, list[dict[str, Any]]]:
    """Everything, as plain values for [`benchmarks.report`][]: `accuracy` and `speed`."""
    *_, found = _coming(say)
    return found


def _coming(say: Callable[[str], object]) -> Iterator[dict[str, list[dict[str, Any]]]]:
    seconds = speed()
    for row in seconds:
        say(f"{row['what']}: {row['measured']:.2f} s")
    expected, rows = expectation(say), []
    for row in accuracy(say):
        rows.append(row)
        yield {"accuracy": rows, "speed": seconds, "expectation": expected}


def main() -> None:
    """See the module."""
    kept = Path(sys.argv[1])
    found = json.loads(kept.read_text())
    if {"--expectation", "--speed"} & set(sys.argv):
        if "--speed" in sys.argv:
            found["theory"]["speed"] = speed()
        if "--expectation" in sys.argv:
            found["theory"]["expectation"] = expectation(functools.partial(print, flush=True))
        kept.write_text(json.dumps(found, indent=1) + "\n")
        return
    # Written as it comes: it takes long.
    for found["theory"] in _coming(functools.partial(print, flush=True)):
        kept.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
