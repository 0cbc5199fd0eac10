"""Where the Sweep page leads: to one of its curves on the Robustness page, covered."""

from __future__ import annotations

from dissociation.address.curve_pages import ROBUSTNESS
from dissociation.address.links import Link
from dissociation.address.sweep_page import REWRITE, strengths_of
from dissociation.address.table import Values


def strongest(values: Values) -> Link:
    """The strongest rewrite of a sweep on the Robustness page, to be predicted before it is seen.

    What both pages have in common is taken along.
    """
    name = values[REWRITE.name]
    common = {key: values[key] for key in ROBUSTNESS.defaults if key in values}
    own = {"show": [name], "predict": name, "tour": 0, "hide": [], "lock": []}
    parameter = next(q for q in ROBUSTNESS.parameters if q.name == name)
    strength = min(max(strengths_of(values)[-1], parameter.low), parameter.high)
    return Link(ROBUSTNESS, {**ROBUSTNESS.defaults, **common, **own, name: strength})
