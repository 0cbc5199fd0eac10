"""What a study of linear networks found as CSV and as JSON, for the page and the command line."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from typing import Any

from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.study import SAMPLED, SIGMA, LinearFindings, LinearStudy

COLUMNS = ("quantity", "family", "target", "x", "value", "low", "high")
Row = tuple[str, str, str, float, float, float, float]
_ALONG = {"rsa_with_start": "similarity", "decoder_error": "decoder"}


def rows(found: LinearFindings) -> Iterator[Row]:
    """Every number, one a row, with [`COLUMNS`][].

    `x` is a step of the walk or a noise scale; `low` and `high` are the range over pairs of
    networks, or one standard error of drawn noise on either side.
    """
    nothing = math.nan
    for name, drift in found.drift.items():
        for quantity, attribute in _ALONG.items():
            for step, value in enumerate(getattr(drift, attribute)):
                yield quantity, name, "", step, float(value), nothing, nothing
    for quantity, measured in found.pairs._asdict().items():
        for i, source in enumerate(FAMILIES):
            for j, target in enumerate(FAMILIES):
                mean, low, high = (float(values[i, j]) for values in measured)
                yield quantity, source, target, nothing, mean, low, high
    for kind, families in found.noisy.items():
        for name, noisy in families.items():
            for sigma, value in zip(SIGMA, noisy.expected, strict=True):
                number = float(value)
                yield f"{kind}_noise_expected", name, "", float(sigma), number, nothing, nothing
            for sigma, mean, error in zip(SAMPLED, *noisy.sampled, strict=True):
                ends = float(mean - error), float(mean + error)
                yield f"{kind}_noise_sampled", name, "", float(sigma), float(mean), *ends


def as_csv(found: LinearFindings) -> str:
    """Every number of [`rows`][], empty where there is none."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows(found):
        writer.writerow(["" if isinstance(v, float) and math.isnan(v) else v for v in row])
    return text.getvalue()


def as_json(study: LinearStudy, found: LinearFindings, **about: Any) -> str:
    """The same with the complete study, which `dissociation.linear_from_json` reads; without the
    weights, which it makes again.

    **Arguments:**

    - `about`: what stands before it.
    """
    names = [dict(zip(COLUMNS, row, strict=True)) for row in rows(found)]
    values = {
        **about,
        "study": study.to_json(),
        "rank": found.solved.rank,
        "residual": found.solved.residual,
        "largest_output_change": found.walk.change,
        "loss": found.walk.loss.tolist(),
        "values": [
            {k: v for k, v in row.items() if v != "" and v == v}  # NaN is not itself
            for row in names
        ],
    }
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
