"""Sequences of manipulations as text."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dissociation.address.chains import format_chain, parse_chain
from dissociation.core.experiment import MAX_MANIPULATIONS
from dissociation.core.manipulations import REGISTRY, Duplicate, Nuisance, Scale
from dissociation.core.validation import InvalidValue


@st.composite
def steps(draw):
    cls = draw(st.sampled_from(list(REGISTRY.values())))
    declared = cls.strength_range
    kind = st.integers if declared.integer else st.floats
    low, high = (
        (int(declared.low), int(declared.high))
        if declared.integer
        else (
            declared.low,
            declared.high,
        )
    )
    fields = {"strength": draw(kind(low, high)), "layer": draw(st.sampled_from(cls.layers))}
    fields |= {name: draw(st.sampled_from(list(o.choices))) for name, o in cls.options.items()}
    fields |= {name: draw(st.integers(c.low, c.high)) for name, c in cls.counts.items()}
    return cls(**fields)


@given(st.lists(steps(), max_size=MAX_MANIPULATIONS))
def test_round_trip(chain):
    assert parse_chain("compose", format_chain(chain)) == tuple(chain)


def test_text():
    chain = (Scale(20.0), Duplicate(2.0, layer=1), dataclasses.replace(Nuisance(), group=4))
    assert format_chain(chain) == "scale:20,duplicate:2:layer=1,nuisance:1024:group=4"
    assert parse_chain("compose", "scale") == (Scale(),)
    assert parse_chain("compose", "") == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("scale:0", "0.01"),
        ("scale:x", "name:strength"),
        ("scale:nan", "0.01"),
        ("melt:3", "begin each step with one of scale"),
        ("scale:3:colour=red", "choose one of"),
        ("scale:3:layer=9", "layer"),
        (",", "begin each step"),
        (",".join(["scale:2"] * 9), "at most 8"),
    ],
)
def test_refused_with_a_reason(text, reason):
    with pytest.raises(InvalidValue, match="compose") as problem:
        parse_chain("compose", text)
    assert reason in str(problem.value)


@given(st.text(max_size=40))
@example("scale:1e999")
@example("scale:٣")
def test_any_text_is_read_or_refused(text):
    try:
        chain = parse_chain("compose", text)
    except InvalidValue:
        return
    assert parse_chain("compose", format_chain(chain)) == chain
