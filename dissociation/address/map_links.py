"""From a point of the map to its Representation page."""

from __future__ import annotations

import dataclasses

from dissociation.address.links import Link
from dissociation.address.map_page import Point
from dissociation.address.table import Values
from dissociation.features.representation.address import REPRESENTATION


def link_of(point: Point, values: Values) -> Link:
    """The Representation page of one point."""
    second = point.comparison.second
    given = {name: values[name] for name in REPRESENTATION.defaults if name in values}
    given = {**given, "tour": 0, "hide": [], "lock": []}
    given["network_b"] = second.seed + 1
    given["task_b"] = second.recipe.task
    given["rewrite"] = second.manipulations[0].name if second.manipulations else "none"
    for step in second.manipulations:
        given[step.name] = step.strength
        for field in dataclasses.fields(step):
            if f"{step.name}.{field.name}" in REPRESENTATION.defaults:
                value = getattr(step, field.name)
                given[f"{step.name}.{field.name}"] = str(value) if field.name == "layer" else value
    return Link(REPRESENTATION, {**REPRESENTATION.defaults, **given})
