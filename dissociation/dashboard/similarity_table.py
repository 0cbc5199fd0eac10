"""What the measures of similarity say of two networks, as a table."""

from __future__ import annotations

import math
from typing import Any

from dissociation.core.shares import percent
from dissociation.core.similarity import FUNCTION, INVARIANCES, SIMILARITIES
from dissociation.core.similarity.comparison import ComparisonResult

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
