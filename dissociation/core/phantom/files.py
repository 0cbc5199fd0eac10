"""What a phantom's study found as CSV and as JSON, for the page and for the command line."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from dissociation.core.phantom.study import PhantomFindings, PhantomStudy

CURVES = ("legibility", "unchanged")
COLUMNS = ("sigma", *(f"{name}_{what}" for name in CURVES for what in ("mean", "sd")))


def rows(study: PhantomStudy, found: PhantomFindings) -> list[list[float]]:
    """One row a noise scale, with [`COLUMNS`][]: mean and standard deviation over the draws."""
    columns = [study.x]
    for name in CURVES:
        values = getattr(found, name)
        columns += [values.mean(0), values.std(0)]
    return [[float(value) for value in row] for row in zip(*columns, strict=True)]


def as_csv(study: PhantomStudy, found: PhantomFindings) -> str:
    """Both curves."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(study, found))
    return text.getvalue()


def as_json(study: PhantomStudy, found: PhantomFindings, **about: Any) -> str:
    """Every draw, the solve, the check of the function and the complete study.

    `dissociation.phantom_from_json` reads the `study`.

    **Arguments:**

    - `about`: what stands before it.
    """
    check = found.check
    assert check is not None
    values = {
        **about,
        "study": study.to_json(),
        "neurons": found.neurons,
        "residual": found.residual,
        "correlation": found.clean,
        "logit_change": check.logit_change,
        "predictions_changed": check.predictions_changed,
        "sigma": study.x.tolist(),
        **{name: getattr(found, name).tolist() for name in CURVES},
    }
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
