"""The complete curves that an address asks for, from the store; an export computes nothing."""

from __future__ import annotations

from typing import NamedTuple

from dissociation.address.links import Link, curves_of
from dissociation.address.predicting import uncovered
from dissociation.address.table import Condition
from dissociation.engine.library import Library
from dissociation.function_checks import FunctionCheck
from dissociation.measures.base import Curve

INCOMPLETE = "These curves are not complete yet. Open the page, wait for the chart, and try again."


class NotStored(Exception):
    """Something that an address asks for has not been computed; the message is for visitors."""


class Taken(NamedTuple):
    """What an export is made of.

    - `link`: the page and its values.
    - `conditions`, `curves`, `checks`: one each, in the order of the chart.
    """

    link: Link
    conditions: list[Condition]
    curves: list[Curve]
    checks: list[tuple[FunctionCheck, ...] | None]


def take(library: Library, link: Link) -> Taken:
    """The curves of a page's address.

    **Raises:** `InvalidValue` if the page has no curves or its values contradict each other;
    [`NotStored`][] if a curve is not complete.
    """
    conditions = uncovered(curves_of(link)[0], link.values)
    found = [library.complete_curve(condition.experiment) for condition in conditions]
    curves = [curve for curve in found if curve is not None]
    if len(curves) < len(found):
        raise NotStored(INCOMPLETE)
    checks = [library.checks(condition.experiment) for condition in conditions]
    return Taken(link, conditions, curves, checks)
