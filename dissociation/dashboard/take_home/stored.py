"""The complete curves that an address asks for, from the store; an export computes nothing."""

from __future__ import annotations

from typing import NamedTuple

from dissociation.address.compare import comparable
from dissociation.address.links import Link
from dissociation.address.table import Condition
from dissociation.engine.library import Library
from dissociation.errors import InvalidValue
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
    if link.table.conditions is None:
        raise InvalidValue("address", link.path, "choose a page with curves")
    conditions, _ = comparable(link.table.conditions(link.values))
    curves = [_curve(library, condition) for condition in conditions]
    checks = [library.checks(condition.experiment) for condition in conditions]
    return Taken(link, conditions, curves, checks)


def _curve(library: Library, condition: Condition) -> Curve:
    experiment = condition.experiment
    run, measure = experiment.canonical(), experiment.measure
    found = [library.curve(run, seed) for seed in range(experiment.seeds)]
    seeds = tuple(stored.curve for stored in found if stored is not None)
    if len(seeds) < experiment.seeds:
        raise NotStored(INCOMPLETE)
    return Curve(measure.x, seeds, measure.total)
