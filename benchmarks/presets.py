"""`python -m benchmarks.presets`: computes every named experiment and keeps its figures.

A test holds the sentences to it, claim by claim (`benchmarks/preset_claims.py`).

`--cache FOLDER` uses a store; `--only NAME …` computes some and keeps the others' figures.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kept import keep
from benchmarks.preset_claims import Figures
from dissociation.address.links import Link
from dissociation.address.names import condition_keys
from dissociation.address.presets import PRESETS, preset
from dissociation.address.sweep_page import SWEEP, strengths_of
from dissociation.core.linear.noise import PARAMETERS
from dissociation.core.linear.study import LinearResult
from dissociation.core.measures.base import Curve
from dissociation.core.phantom.study import PhantomResult
from dissociation.core.similarity.comparison import ComparisonResult
from dissociation.core.statistics.summary import summarise
from dissociation.core.theory.bridge import Point, laws, within
from dissociation.core.theory.causes_findings import NoiseDecompositionResult
from dissociation.core.theory.norms import PREDICTORS
from dissociation.engine.lab import Lab
from dissociation.features.bridge.text import FACTOR
from dissociation.features.causes.figures import NUISANCE, kind_names, neuron_shares
from dissociation.python.compute import compute
from dissociation.python.sources import read_source

KEPT = Path(__file__).parent / "results" / "presets" / "presets.json"


def _curves(link: Link, curves: Sequence[Curve]) -> Figures:
    """σ50 against the trained network's, and mean and largest difference of error, by condition."""
    conditions = link.table.conditions(link.values)  # type: ignore[misc]
    experiments = [condition.experiment for condition in conditions]
    found: Figures = {}
    names = condition_keys(experiments)
    if link.table is SWEEP:
        names = ["trained", *(f"{strength:g}" for strength in strengths_of(link.values))]
    for name, experiment, curve in zip(names, experiments, curves, strict=True):
        summary = summarise(curve, curves[0], experiment.measure.chance)
        found[name] = {
            "ratio": None if math.isnan(summary.ratio) else summary.ratio,
            "error": summary.area,
            "largest difference": float(np.max(np.abs(curve.rates - curves[0].rates))),
        }
    return found


def _comparisons(link: Link, findings: Sequence[ComparisonResult]) -> Figures:
    """All measures of each pair, and what the second side is."""
    comparisons = [found.study for found in findings]
    return {
        "pairs": [
            {
                "steps": [[step.name, step.strength] for step in comparison.second.manipulations],
                "task": comparison.second.recipe.task,
                "seed": comparison.second.seed,
                "angle": math.degrees(found.values["procrustes"]),
                **found.values,
            }
            for comparison, found in zip(comparisons, findings, strict=True)
        ]
    }


def _phantom(link: Link, results: Sequence[PhantomResult]) -> Figures:
    (found,) = results
    picture, answers = found.sigma50s()
    check = found.check
    assert check is not None
    changed = check.predictions_changed + check.noisy_predictions_changed
    return {"times": answers / picture, "changed": changed, "legible": found.clean}


def _linear(link: Link, results: Sequence[LinearResult]) -> Figures:
    (found,) = results
    walk = found.walk
    quiet = found.solved.residual / 2
    cost = {name: float(n.expected[0] - quiet) for name, n in found.noisy[PARAMETERS].items()}

    def moved(values: np.ndarray) -> float:
        return float(np.linalg.norm(values[-1] - values[0]) / np.linalg.norm(values[0]))

    family = link.values["family"]
    return {
        "output change": walk.change,
        "w1 moved": moved(walk.networks.w1),
        "w2 moved": moved(walk.networks.w2),
        "similarity moved": moved(walk.similarity),
        "decoder error": float(found.drift[family].decoder[-1]),
        "cost": {name: value / cost["mrns"] for name, value in cost.items()},
    }


def _causes(link: Link, results: Sequence[NoiseDecompositionResult]) -> Figures:
    (found,) = results
    assert found.trained is not None
    layer = found.study.layer
    shares, names = neuron_shares(found.sources, layer).sum(1), kind_names(found, layer)
    return {
        "times": found.sources.gain / found.trained.gain,
        "silent": int(np.sum(names == NUISANCE)),
        "neurons": len(names),
        "their share": float(shares[names == NUISANCE].sum()),
        "changed": found.changed,
    }


def _bridge(link: Link, results: Sequence[Point | tuple[()]]) -> Figures:
    # Networks of one's own, which nobody asked for, have none.
    points = [point for point in results if point != () and math.isfinite(point.sigma50)]
    across = link.values["across"]
    found: Figures = {"points": len(points)}
    gains = [PREDICTORS["gain"].value(point.norms) for point in points]
    found["decades"] = math.log10(max(gains) / min(gains))
    for predictor in (across, "allowed") if across != "allowed" else (across,):
        best, linear = laws(points, predictor)
        assert best is not None
        found[f"{predictor} slope"], found[f"{predictor} r2"] = best.slope, best.r2
        if linear is not None:
            found[f"{predictor} within"] = within(points, predictor, linear, FACTOR)
            value = PREDICTORS[predictor].value
            ratios = [point.sigma50 / float(linear(value(point.norms))) for point in points]  # type: ignore
            found[f"{predictor} most"] = sorted(ratios)[-3:]
    return found


#: Of the pages that show one study, and of the bridge.
OF_PAGES: dict[str, Callable[[Link, Sequence[Any]], Figures]] = {
    "representation": _comparisons,
    "phantom": _phantom,
    "linear": _linear,
    "causes": _causes,
    "bridge": _bridge,
}


def figures_of(link: Link, results: Sequence[Any]) -> Figures:
    """What a preset's sentence is about, of its page's complete results."""
    table = link.table
    if table.conditions is not None:
        return _curves(link, [found.curve for found in results])
    if table.name == "map":
        return _comparisons(link, [found.findings for found in results])
    return OF_PAGES[table.name](link, results)


def measured(lab: Lab, name: str, link: Link) -> Figures:
    """Computes a preset, or its page under other values, by way of the lab."""
    source = read_source(name if link is PRESETS[name].link else link.path)
    return figures_of(link, compute(lab, source.question, lambda *_: None).results)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.presets")
    parser.add_argument("--cache", default="", help="folder of a store")
    parser.add_argument("--only", nargs="+", default=[*PRESETS], help="these experiments alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(given.cache or folder))
        for name in given.only:
            begin = time.perf_counter()
            found = preset(name)
            figures = measured(lab, name, found.link)
            seconds = round(time.perf_counter() - begin, 1)
            print(f"{name} ({seconds} s): {json.dumps(figures)[:400]}", flush=True)
            keep(KEPT, name, {"seconds": seconds, "figures": figures})
        lab.stop()


if __name__ == "__main__":
    main()
