"""What conditions are called in tables and files: in the words of the pages' legends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dissociation.address.table import Condition


def names_of(conditions: Sequence[Condition]) -> list[str]:
    """One name a condition, in order, no two alike; a pinned one with its mark and settings."""
    found = []
    times: Counter[str] = Counter()
    for experiment, mark, note in conditions:
        name = ", then ".join(step.describe() for step in experiment.manipulations) or "Trained"
        name = f"{name} [{note}]" if note else name
        name = f"{mark}: {name}" if mark else name
        times[name] += 1
        # A file may list experiments that differ in what a legend does not tell.
        found.append(f"{name} ({times[name]})" if times[name] > 1 else name)
    return found
