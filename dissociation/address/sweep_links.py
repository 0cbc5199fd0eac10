"""Where the Sweep page leads: to one of its curves on the Robustness page, covered."""

from __future__ import annotations

from dissociation.address.curve_pages import ROBUSTNESS
from dissociation.address.links import Link
from dissociation.address.one_network import REWRITE
from dissociation.address.parameter import INTEGER, Parameter
from dissociation.address.sweep_page import Strengths, strengths_of
from dissociation.address.table import Values


def next_one(values: Values) -> Link:
    """The strength that would come next, on the Robustness page, to be predicted before it is seen.

    What both pages have in common is taken along.
    """
    name = values[REWRITE.name]
    common = {key: values[key] for key in ROBUSTNESS.defaults if key in values}
    own = {"show": [name], "predict": name, "tour": 0, "hide": [], "lock": []}
    strength = _next(strengths_of(values), next(q for q in ROBUSTNESS.parameters if q.name == name))
    return Link(ROBUSTNESS, {**ROBUSTNESS.defaults, **common, **own, name: strength})


def _next(strengths: Strengths, allowed: Parameter) -> float | int:
    """Beyond the last, or if that may not be, between the last two."""
    last = strengths[-1]
    before = strengths[-2] if len(strengths) > 1 else allowed.low
    beyond = last**2 / before if allowed.log and before > 0 else 2 * last - before
    found = beyond if beyond <= allowed.high else (last + before) / 2
    rounded = float(f"{max(found, allowed.low):.2g}")
    return round(rounded) if allowed.kind == INTEGER else rounded
