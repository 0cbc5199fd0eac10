"""Curves as CSV and as JSON, with every count they rest on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.core.digests import SCHEMA
from dissociation.core.measures.base import Curve
from dissociation.core.theory import Prediction
from dissociation.core.validation import InvalidValue


def check_one_axis(conditions: Sequence[Condition]) -> str:
    """The title of the axis that all conditions share, which a CSV file has one column for.

    **Raises:** `InvalidValue` if they differ.
    """
    titles = list(dict.fromkeys(c.experiment.measure.axes[0].title for c in conditions))
    if len(titles) > 1:
        raise InvalidValue("--out", ", ".join(titles), "write several axes to a .json file")
    return titles[0]


def as_csv(
    conditions: Sequence[Condition],
    curves: Sequence[Curve],
    theories: Sequence[Prediction | None] = (),
) -> str:
    """One row a condition, network and point; errors and predictions summed over noise draws.

    **Arguments:**

    - `theories`: what theory predicts of each, for two more columns: the expected error of the
        network, and the images it comes from; empty where there is no theory. Or none at all.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    axis = check_one_axis(conditions)
    told = ["expected_error", "expected_from_images"] if any(theories) else []
    rows.writerow(["condition", "network", axis, "error", "errors", "predictions", *told])
    known = list(theories) or [None] * len(curves)
    names = condition_names(conditions)
    for name, curve, theory in zip(names, curves, known, strict=True):
        for network, seed in enumerate(curve.seeds):
            wrong = seed.errors.sum(0)
            made = seed.images * len(seed.errors)
            points = zip(curve.x.tolist(), wrong.tolist(), made.tolist(), strict=True)
            for place, (x, errors, predictions) in enumerate(points):
                row = [name, network, x, errors / predictions, errors, predictions]
                if theory is not None:
                    own = theory.seeds[network]
                    row += [float(own.errors[place]), own.images]
                rows.writerow(row + [None] * (6 + len(told) - len(row)))
    return text.getvalue()


def as_values(
    conditions: Sequence[Condition],
    curves: Sequence[Curve],
    theories: Sequence[Prediction | None] = (),
) -> list[dict[str, Any]]:
    """Everything about the curves as plain values.

    `predictions` are those of each draw, as `errors` are; `dissociation.from_json` reads each
    `experiment`. A curve of which theory predicts something has a `theory`: the expected error of
    each network over all draws, and the images it comes from.
    """
    known = list(theories) or [None] * len(curves)
    return [
        {
            "condition": name,
            "experiment": condition.experiment.to_json(),
            "x": curve.x.tolist(),
            "networks": [
                {
                    "network": network,
                    "errors": seed.errors.tolist(),
                    "predictions": seed.images.tolist(),
                    "clean_errors": int(seed.clean_errors),
                    "clean_images": int(seed.clean_images),
                }
                for network, seed in enumerate(curve.seeds)
            ],
            **_theory_values(theory),
        }
        for name, condition, curve, theory in zip(
            condition_names(conditions), conditions, curves, known, strict=True
        )
    ]


def _theory_values(theory: Prediction | None) -> dict[str, Any]:
    if theory is None:
        return {}
    return {"theory": {"expected_errors": theory.rates.tolist(), "images": theory.images}}


def as_json(
    conditions: Sequence[Condition],
    curves: Sequence[Curve],
    theories: Sequence[Prediction | None] = (),
    **about: Any,
) -> str:
    """[`as_values`][] as text, with `about` before it."""
    values = {"schema": SCHEMA, **about, "curves": as_values(conditions, curves, theories)}
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
