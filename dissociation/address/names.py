"""What conditions are called in legends, tables and files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dissociation.address.table import Condition
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Manipulation, describe_all
from dissociation.core.networks.training import DIGITS
from dissociation.core.similarity.comparison import NetworkSpec

#: The condition without any rewrite.
TRAINED = "trained"


def condition_key(manipulations: Sequence[Manipulation]) -> str:
    """Identifies a condition by the names of its steps: `trained`, `scale`, `scale+duplicate`."""
    return "+".join(step.name for step in manipulations) or TRAINED


def condition_keys(experiments: Sequence[Experiment]) -> list[str]:
    """One key a condition of a chart, in order; what would repeat is numbered."""
    keys: list[str] = []
    for experiment in experiments:
        key = condition_key(experiment.manipulations)
        same = sum(known.split("#")[0] == key for known in keys)
        keys.append(f"{key}#{same + 1}" if same else key)
    return keys


def condition_names(conditions: Sequence[Condition]) -> list[str]:
    """One name a condition, in order, no two alike; a pinned one with its mark and settings."""
    found = []
    times: Counter[str] = Counter()
    for experiment, mark, note in conditions:
        name = describe_all(experiment.manipulations)
        name = f"{name} [{note}]" if note else name
        name = f"{mark}: {name}" if mark else name
        times[name] += 1
        # Conditions may differ in what a name does not tell.
        found.append(f"{name} ({times[name]})" if times[name] > 1 else name)
    return found


def side_name(side: NetworkSpec) -> str:
    """One network of a comparison in words: its rewrites, and which network it is."""
    name = f"{describe_all(side.manipulations)}, network {side.seed + 1}"
    return name if side.recipe.task == DIGITS else f"{name} ({side.recipe.task} task)"
