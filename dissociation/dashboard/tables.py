"""The tables under a chart: one row a condition, and one row a point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.measures.base import Curve
from dissociation.shares import percent
from dissociation.statistics import bootstrap_interval, summarise
from dissociation.theory import Prediction


def summary_table(conditions: Sequence[Condition], curves: Sequence[Curve]) -> pd.DataFrame:
    """One row a condition: clean error, σ50, ratio to the first, mean error with its interval."""
    rows = []
    reference = conditions[0].experiment
    against = "that of A" if reference.manipulations else "trained"
    names = condition_names(conditions)
    for name, condition, curve in zip(names, conditions, curves, strict=True):
        experiment = condition.experiment
        paired = (experiment.seeds, experiment.recipe) == (reference.seeds, reference.recipe)
        if paired and len(curve.seeds) != len(curves[0].seeds):
            continue
        summary = summarise(curve, curves[0] if paired else curve, experiment.measure.chance)
        low, high = summary.interval
        row = {"Condition": name}
        if not np.isnan(summary.clean):
            row["Clean error"] = _percent(summary.clean)
            row["σ50"] = _significant(summary.half_way)
            row[f"σ50 / {against}"] = _significant(summary.ratio) if paired else "other networks"
        row["Mean error over the curve"] = _percent(summary.area)
        row["95 % interval"] = "–" if np.isnan(low) else f"{_percent(low)} – {_percent(high)}"
        rows.append(row)
    return pd.DataFrame(rows)


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

    **Arguments:**

    - `predictions`: by theory, one a curve, for two more columns; or none at all.
    """
    frames = []
    title = conditions[0].experiment.measure.axes[0].title
    theories = list(predictions) or [None] * len(curves)
    names = condition_names(conditions)
    for name, curve, theory in zip(names, curves, theories, strict=True):
        intervals = np.array([bootstrap_interval(column) for column in curve.rates.T])
        frame = pd.DataFrame(
            {
                "Condition": name,
                title: curve.x,
                "Error": curve.mean,
                "Band low": curve.mean - curve.spread,
                "Band high": curve.mean + curve.spread,
                "95 % low": intervals[:, 0],
                "95 % high": intervals[:, 1],
                "Networks": len(curve.seeds),
                "Images": curve.images,
            }
        )
        if theory is not None:
            frame["Predicted by theory"] = theory.mean
            frame["Images of theory"] = theory.images
        # A curve begins with some of its points; the others have no row until there is something.
        frames.append(frame[frame["Images"] > 0])
    return pd.concat(frames, ignore_index=True)
