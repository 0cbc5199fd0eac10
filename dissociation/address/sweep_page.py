"""The table of the Sweep page: one rewrite at many strengths, under noise."""

from __future__ import annotations

import math

from dissociation.address import parameters as p
from dissociation.address.curve_pages import NOISE, robustness_experiment
from dissociation.address.one_network import REWRITE
from dissociation.address.parameter import CODED, Codec, Parameter, short
from dissociation.address.table import Condition, PageTable, Values, page_table
from dissociation.core.manipulations import REGISTRY
from dissociation.core.validation import InvalidValue

MAX_STRENGTHS = 12
Strengths = tuple[float, ...]


def _parse(name: str, text: str) -> Strengths:
    words = [word for word in text.split(",") if word.strip()]
    try:
        found = sorted({float(word) for word in words})
    except ValueError:
        found = [math.nan]
    if not all(map(math.isfinite, found)):
        raise InvalidValue(name, text, "give numbers, parted by commas")
    if len(found) > MAX_STRENGTHS:
        raise InvalidValue(name, text, f"give at most {MAX_STRENGTHS} strengths")
    return tuple(found)


STRENGTHS = Parameter(
    "strengths",
    "Strengths",
    CODED,
    (),
    f"At most {MAX_STRENGTHS} numbers, parted by commas; without any, a usual choice.",
    codec=Codec(_parse, lambda value: ",".join(map(short, value)), True),
)
_REWRITES = p.strength_parameters(REGISTRY, chosen_by=REWRITE.name)
_FURTHER = tuple(q for q in _REWRITES if q.name not in REGISTRY)


def strengths_of(values: Values) -> Strengths:
    """The strengths that a page's values ask for, ascending."""
    return tuple(values[STRENGTHS.name]) or REGISTRY[values[REWRITE.name]].strength_range.sweep


def _conditions(values: Values) -> list[Condition]:
    name = values[REWRITE.name]
    steps = [
        p.manipulation_of(name, {**values, name: strength}) for strength in strengths_of(values)
    ]
    return [
        Condition(robustness_experiment(values, chain)) for chain in [(), *((s,) for s in steps)]
    ]


SWEEP: PageTable = page_table(
    "sweep",
    "Sweep",
    "pages/5_Sweep.py",
    (
        REWRITE,
        STRENGTHS,
        *_FURTHER,
        *NOISE,
        *p.network_parameters(),
        p.ERROR_AXIS,
    ),
    conditions=_conditions,
)
