"""Which two conditions a page sets against each other: the pinned A, and one of the shown as B."""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.address.chains import chain_parameter, format_chain
from dissociation.address.names import TRAINED, condition_key
from dissociation.address.parameter import CODED, Need, Parameter, word_codec
from dissociation.address.table import Condition

COMPOSE = chain_parameter(
    "compose",
    "Rewrites in sequence",
    words="Applied one after the other, as one more condition.",
)
_NAMES = word_codec("[a-z_]+([+][a-z_]+){0,7}", "name a condition of this page")
_WORDS = "The condition with A's name, if empty."
VERSUS = Parameter(
    "versus", "Compare A with (B)", CODED, "", _WORDS, codec=_NAMES, needs=(Need("pin"),)
)


def pair(conditions: Sequence[Condition], versus: str) -> tuple[int, int] | None:
    """The positions of A and B.

    **Arguments:**

    - `conditions`: of the page.
    - `versus`: names of B; if there is none of these, the one whose names are A's, else the last.

    **Returns:** `None` without a pinned condition.
    """
    pinned = [n for n, condition in enumerate(conditions) if condition.mark]
    if not pinned:
        return None
    first = pinned[0]
    shown = [n for n, condition in enumerate(conditions) if not condition.mark]
    keys = [condition_key(condition.experiment.manipulations) for condition in conditions]
    for wanted in (versus, keys[first]):
        found = [n for n in shown if keys[n] == wanted]
        if found:
            return first, found[-1]
    return first, shown[-1]


def comparable(conditions: Sequence[Condition]) -> tuple[list[Condition], list[str]]:
    """The conditions that fit on one chart, and why others do not.

    The axes are those of the first; a pinned curve over another axis is left out.
    """
    first = conditions[0].experiment.measure
    kept, reasons = [], []
    for condition in conditions:
        measure = condition.experiment.measure
        if measure.name == first.name and measure.axes[0].title == first.axes[0].title:
            kept.append(condition)
        else:
            chain = format_chain(condition.experiment.manipulations) or TRAINED
            reasons.append(
                f"The pinned curve {condition.mark} ({chain}) was measured over another axis "
                f"({measure.axes[0].title}), so it is not on this chart. It is kept."
            )
    return kept, reasons
