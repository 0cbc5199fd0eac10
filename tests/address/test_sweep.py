"""The Sweep page's address: strengths as text, and the curves they ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.address.links import Link, curves_of, read_address
from dissociation.address.sweep_page import MAX_STRENGTHS, STRENGTHS, SWEEP, strengths_of
from dissociation.core.manipulations import REGISTRY, Scale
from dissociation.core.validation import InvalidValue

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, max_size=MAX_STRENGTHS, unique=True).map(sorted).map(tuple))
def test_round_trip(strengths):
    assert STRENGTHS.parse(STRENGTHS.format(strengths)) == strengths


def test_ascending_and_once():
    assert STRENGTHS.parse("5, 1,5,2 ,") == (1.0, 2.0, 5.0)


@pytest.mark.parametrize("text", ["x", "1;2", "nan", "1,inf", ",".join(map(str, range(13)))])
def test_no_strengths(text):
    with pytest.raises(InvalidValue, match="strengths"):
        STRENGTHS.parse(text)


@pytest.mark.parametrize("name", REGISTRY)
def test_the_usual_sweep_of_each_rewrite(name):
    link = Link.of("sweep", rewrite=name)
    usual = REGISTRY[name].strength_range.sweep
    assert strengths_of(link.values) == usual == tuple(sorted(set(usual)))
    conditions, reasons = curves_of(link)
    assert not reasons and conditions[0].experiment.manipulations == ()
    chains = [condition.experiment.manipulations for condition in conditions[1:]]
    assert [(step.name, step.strength) for (step,) in chains] == [(name, s) for s in usual]


def test_further_fields_are_kept():
    link, notices = read_address("/Sweep?scale.layer=1&strengths=3")
    assert not notices and link.table is SWEEP
    assert curves_of(link)[0][1].experiment.manipulations == (Scale(3.0, layer=1),)


def test_out_of_range():
    with pytest.raises(InvalidValue, match="duplicate"):
        curves_of(Link.of("sweep", rewrite="duplicate", strengths=(50.0,)))
