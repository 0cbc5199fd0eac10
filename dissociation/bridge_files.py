"""The points of the bridge, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from dissociation.address.names import condition_key, side_name
from dissociation.core.digests import SCHEMA
from dissociation.core.theory.bridge import Point, laws
from dissociation.core.theory.norms import NORM_NAMES, PREDICTORS


def _table(columns: Sequence[str], lines: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue()


BRIDGE = ("name", "rewrite", "strength", "network", "sigma50", *PREDICTORS, *NORM_NAMES)


def bridge_rows(points: Sequence[Point]) -> list[list[Any]]:
    """One row a network, with [`BRIDGE`][]; a σ50 that is not defined is `None`."""
    lines: list[list[Any]] = []
    for point in points:
        steps = point.side.manipulations
        strengths = "+".join(f"{step.strength:g}" for step in steps)
        about = [side_name(point.side), condition_key(steps), strengths, point.side.seed + 1]
        half = point.sigma50 if math.isfinite(point.sigma50) else None
        told = [predictor.value(point.norms) for predictor in PREDICTORS.values()]
        lines.append([*about, half, *told, *point.norms.flat().values()])
    return lines


def bridge_csv(points: Sequence[Point]) -> str:
    """One row a network."""
    return _table(BRIDGE, bridge_rows(points))


def bridge_json(points: Sequence[Point], **about: Any) -> str:
    """Every network with its experiment, which `dissociation.from_json` reads, and the laws.

    **Arguments:**

    - `about`: what stands before it.
    """
    found = [
        {**dict(zip(BRIDGE, row, strict=True)), "experiment": point.experiment.to_json()}
        for row, point in zip(bridge_rows(points), points, strict=True)
    ]
    ties = {
        name: {part: law and law._asdict() for part, law in laws(points, name)._asdict().items()}
        for name in PREDICTORS
    }
    values = {"schema": SCHEMA, **about, "laws": ties, "networks": found}
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
