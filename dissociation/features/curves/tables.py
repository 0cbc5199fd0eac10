"""The tables under a chart: one row a condition, and one row a point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve
from dissociation.core.shares import percent
from dissociation.core.statistics.summary import (
    LEAST,
    TOO_FEW,
    interval,
    rest_alike,
    spread,
    summarise,
)
from dissociation.core.theory import Prediction

#: What stands in the row of a condition that waits for the images of the first.
WAITING = "…"


def summary_table(conditions: Sequence[Condition], curves: Sequence[Curve]) -> pd.DataFrame:
    """One row a condition: clean error, σ50, ratio to the first, mean error, with intervals.

    All rows rest on the same networks and images: others hold [`WAITING`][] until they do.
    """
    rows = []
    reference = conditions[0].experiment
    against = "that of A" if reference.manipulations else "trained"
    names = condition_names(conditions)
    for name, condition, curve in zip(names, conditions, curves, strict=True):
        experiment = condition.experiment
        row = {"Condition": name}
        rows.append(row)
        other = _other_than(reference, experiment)
        both = ((reference, curves[0]), (experiment, curve))
        complete = all(c.complete and len(c.seeds) == e.seeds for e, c in both)
        if not (complete if other else rest_alike(curve, curves[0])):
            continue
        summary = summarise(curve, curve if other else curves[0], experiment.measure.chance)
        few = len(curve.seeds) < LEAST
        if not np.isnan(summary.clean):
            row["Clean error"] = _percent(summary.clean)
            row["σ50"] = _significant(summary.sigma50)
            row[f"σ50 / {against}"] = other or _significant(summary.ratio)
            bounds = (
                "–" if other or curve is curves[0] else _range(summary.ratio_interval, "{:.3g}")
            )
            row[f"95 % interval of σ50 / {against}"] = TOO_FEW if few and bounds == "–" else bounds
        row["Mean error over the curve"] = _percent(summary.area)
        row["95 % interval"] = TOO_FEW if few else _range(summary.interval, "{:.2%}")
    return pd.DataFrame(rows).fillna(WAITING)


def _other_than(reference: Experiment, experiment: Experiment) -> str:
    """Why a condition can have no ratio to the reference; empty if it can."""
    if (experiment.seeds, experiment.recipe) != (reference.seeds, reference.recipe):
        return "other networks"
    same = (experiment.measure, experiment.key) == (reference.measure, reference.key)
    return "" if same else "other settings"


def _range(bounds: tuple[float, float], form: str) -> str:
    return "–" if np.isnan(bounds[0]) else " – ".join(map(form.format, bounds))


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else percent(value, 2)


def _significant(value: float) -> str:
    return "outside the range" if np.isnan(value) else f"{value:.3g}"


def value_table(
    conditions: Sequence[Condition],
    curves: Sequence[Curve],
    predictions: Sequence[Prediction | None] = (),
) -> pd.DataFrame:
    """One row a point and condition: x, mean error, band, interval over networks, images.

    Curves of several noise draws a network have two more columns, as more networks help against
    what varies between networks, and more draws against what varies between draws.

    **Arguments:**

    - `predictions`: by theory, one a curve, for two more columns; or none at all.
    """
    frames = []
    title = conditions[0].experiment.measure.axes[0].title
    theories = list(predictions) or [None] * len(curves)
    names = condition_names(conditions)
    for name, curve, theory in zip(names, curves, theories, strict=True):
        low, high = interval(curve.rates, (0.0, 1.0))
        frame = pd.DataFrame(
            {
                "Condition": name,
                title: curve.x,
                "Error": curve.mean,
                "Band low": curve.mean - curve.spread,
                "Band high": curve.mean + curve.spread,
                "95 % low": low,
                "95 % high": high,
                "Networks": len(curve.seeds),
                "Images": curve.images,
            }
        )
        runs = np.stack([seed.rates for seed in curve.seeds])
        if runs.shape[1] > 1:
            found = spread(runs)
            frame["SD between networks"] = found.between_networks
            frame["SD between draws"] = found.between_draws
        if theory is not None:
            frame["Predicted by theory"] = theory.mean
            frame["Images of theory"] = theory.images
        # A curve begins with some of its points; the others have no row until there is something.
        frames.append(frame[frame["Images"] > 0])
    return pd.concat(frames, ignore_index=True)
