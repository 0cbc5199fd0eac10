"""The values of a chart as CSV, and as JSON with the complete experiments."""

from __future__ import annotations

import json
from typing import Any

from dissociation import __version__
from dissociation.dashboard.palette import condition_names
from dissociation.dashboard.tables import value_table
from dissociation.dashboard.take_home.stored import Taken
from dissociation.experiment import SCHEMA


def as_csv(taken: Taken) -> str:
    """The table of values under the chart."""
    return value_table(taken.conditions, taken.curves).to_csv(index=False)


def described(taken: Taken) -> dict[str, Any]:
    """Every count of every network, with the experiments that `dissociation.from_json` reads."""
    curves = []
    names = condition_names(taken.conditions)
    for name, condition, curve in zip(names, taken.conditions, taken.curves, strict=True):
        networks = [
            {
                "network": number,
                "errors": seed.errors.tolist(),
                "predictions": seed.images.tolist(),
                "clean_errors": seed.clean_errors,
                "clean_predictions": seed.clean_images,
            }
            for number, seed in enumerate(curve.seeds)
        ]
        curves.append(
            {
                "condition": name,
                "experiment": condition.experiment.to_json(),
                "x": curve.x.tolist(),
                "error": curve.mean.tolist(),
                "networks": networks,
            }
        )
    x, y = taken.conditions[0].experiment.measure.axes
    return {
        "schema": SCHEMA,
        "dissociation": __version__,
        "address": taken.link.path,
        "x": x.title,
        "y": y.title,
        "curves": curves,
    }


def as_json(taken: Taken) -> str:
    """[`described`][] as text."""
    return json.dumps(described(taken), indent=1, allow_nan=False, ensure_ascii=False)
