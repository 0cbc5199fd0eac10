"""What the Representation page says: the measures of similarity as a table, and its words."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from dissociation.address.links import Link
from dissociation.core.networks.normal_form import NormalForms
from dissociation.core.shares import percent
from dissociation.core.similarity import FUNCTION, INVARIANCES, SIMILARITIES
from dissociation.core.similarity.comparison import Comparison, ComparisonResult
from dissociation.web.export.html import paragraph, settings, table
from dissociation.web.shell.answers import Report

#: Largest relative difference of weights that rounding of float32 explains.
SAME_FORM = 1e-3
PAPER = (
    "Braun, Grant & Saxe (ICML 2025): networks of one function may have quite different "
    "representations, and similar representations say little about the function."
)
#: Where a network is compared with one that was trained on rotation.
ANOTHER_TASK = (
    "Trained on rotation, a network says which way up an image is, with outputs 0 to 3. All images "
    "are shown upright. Answers are compared by output, so they differ by task, not by mistake."
)
#: What its columns say.
NOTE = (
    "Does not see: changes of either side that leave a measure as it is (order of the neurons, any "
    "rotation or reflection of their space, one factor for all, a constant pattern added to every "
    "image, one constant added to all neurons, every neuron twice, further silent neurons). If "
    "equal: A against itself on the same images. Unrelated: mean over shuffles of B's images, what "
    "representations of these widths score by chance (on at most 1,000 images)."
)
COLUMNS = ("Measure", "Value", "If equal", "Unrelated", "Images", "Does not see")


def headline(found: ComparisonResult) -> str:
    """What a comparison comes to, in a sentence."""
    changed = found.values.get("disagreement", math.nan)
    angle = found.values.get("procrustes", math.nan)
    if math.isnan(changed):
        why = found.undefined.get("disagreement", "")
        return f"The answers cannot be compared: {why}." if why else ""
    differ = f"{percent(changed, 2)} of the answers differ"
    function = "The answers are the same" if changed == 0 else differ
    if math.isnan(angle):
        return f"{function}."
    if angle < 0.01:
        return f"{function}; the representation is the same up to rotation and scale."
    return f"{function}; the representation is turned by {math.degrees(angle):.1f}°."


def similarity_rows(found: ComparisonResult) -> list[dict[str, str]]:
    """One row a measure: value, value for equals, by chance, images, invariances, source.

    What is not known yet is `…`, so that a growing table keeps its height.
    """
    rows = []
    for name, measure in SIMILARITIES.items():
        value = found.values.get(name)
        equal, baseline = found.equals.get(name), found.baselines.get(name)
        rows.append(
            {
                "Compares": "function" if measure.compares == FUNCTION else "representation",
                "Measure": measure.label,
                "Value": "…" if value is None else _number(value, measure.unit),
                "If equal": "…" if equal is None else _number(equal, measure.unit),
                "Unrelated": "…" if baseline is None else _number(baseline.mean, measure.unit),
                "Images": "…" if value is None else f"{found.images[name]:,}",
                "Does not see": ", ".join(INVARIANCES[word] for word in measure.invariant_to),
                "About": f"{measure.about} ({measure.cite})",
            }
        )
    return rows


def note(found: ComparisonResult) -> str:
    """What stands beneath the table: why values are undefined, and what its columns say."""
    measures: dict[str, list[str]] = {}
    for name, why in found.undefined.items():
        measures.setdefault(why, []).append(SIMILARITIES[name].label)
    reasons = [f"Undefined: {why} ({'; '.join(of)})." for why, of in measures.items()]
    return " ".join([*reasons, NOTE])


def live_table(found: ComparisonResult | None) -> dict[str, Any] | None:
    """The table beneath a live chart, in its form; `None` as long as there are no values."""
    if found is None or not found.values:
        return None
    groups: dict[str, list[list[str | list[str]]]] = {}
    for row in similarity_rows(found):
        first: list[str | list[str]] = [[row["Measure"], row["About"]]]
        name = f"Of the {row['Compares']}"
        groups.setdefault(name, []).append(first + [row[column] for column in COLUMNS[1:]])
    return {
        "title": headline(found),
        "columns": list(COLUMNS),
        "groups": [{"name": name, "rows": rows} for name, rows in groups.items()],
        "note": note(found),
    }


def _number(value: float, unit: str) -> str:
    if math.isnan(value):
        return "undefined"
    return f"{value:.4f} {unit}".strip()


def pictures_words(comparison: Comparison, found: ComparisonResult) -> str:
    """How the pictures were made."""
    return (
        f"Hidden layer {comparison.layer} with {_widths(found.widths)} neurons. Each matrix from 0 "
        "to its own largest value; embeddings by classical scaling, B turned onto A, both in units "
        "of their own root mean square. Pictures of 250 images (matrices) and 500 (embedding)."
    )


def _widths(widths: tuple[int, int]) -> str:
    return " and ".join(f"{width:,}" for width in widths)


def normal_form_words(found: NormalForms) -> str:
    """What undoing every exact symmetry says of the two networks."""
    how = (
        "Undo every exact symmetry (neurons to norm 1, equal ones merged, those without a say "
        "dropped, ordered by their say), and "
    )
    if not math.isfinite(found.residual):
        first, second = _widths(found.first), _widths(found.second)
        return f"{how}{first} neurons are left of A, {second} of B: two different networks."
    widths = _widths(found.first)
    if found.residual < SAME_FORM:
        return (
            f"{how}of both {widths} neurons are left with the same weights (largest difference "
            f"{found.residual:.1e} of the largest weight): exact rewrites of one network."
        )
    return (
        f"{how}of both {widths} neurons are left, but with other weights (largest difference "
        f"{found.residual:.2g} of the largest weight): not exact rewrites of one another."
    )


def function_words(found: ComparisonResult) -> str:
    """How many answers differ; empty if that is not defined."""
    if "disagreement" in found.undefined:
        return ""
    changed, largest = found.values["disagreement"], found.values["logit_change"]
    images = found.images["disagreement"]
    return (
        f"On {images:,} test images {round(changed * images):,} predictions changed"
        f"{largest_change(largest)}."
    )


def largest_change(change: float) -> str:
    """The largest change of a logit, to end a sentence with; empty if it is not defined."""
    return "" if math.isnan(change) else f"; largest logit change {change:.2g} of the largest logit"


def report(link: Link, found: ComparisonResult) -> Report:
    """Same function?, all measures, normal forms, the complete comparison."""
    sections = {
        "Same function?": paragraph(f"{headline(found)} {function_words(found)}"),
        "Measures": table(pd.DataFrame(similarity_rows(found))) + paragraph(note(found)),
    }
    if found.normal_forms is not None:
        words = normal_form_words(found.normal_forms)
        sections["One and the same network?"] = paragraph(words)
    sections["Complete contrast"] = settings(link.path, "contrasts", [found.study.to_json()])
    return Report(paragraph(PAPER), pictures_words(found.study, found), sections)
