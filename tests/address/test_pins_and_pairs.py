"""Pinned curves, and which two curves are set against each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.address.chains import parse_chain
from dissociation.address.compare import comparable, pair
from dissociation.address.curve_pages import ROBUSTNESS
from dissociation.address.links import Link, read_address
from dissociation.address.pins import Pin, pin
from dissociation.core.manipulations import Scale
from dissociation.core.validation import InvalidValue

PIN = next(parameter for parameter in ROBUSTNESS.parameters if parameter.name == "pin")


def conditions(**values):
    link = Link.of("robustness", **values)
    return ROBUSTNESS.conditions(link.values)


def test_a_pinned_curve_stays_what_it_was():
    before = Link.of("robustness", scale=3.0, seeds=1, points=9)
    chosen = ROBUSTNESS.conditions(before.values)[1].experiment
    pinned = pin(chosen.manipulations, before.values, ROBUSTNESS.determining)
    assert PIN.format(pinned) == "scale:3;points=9;seeds=1"
    after = Link.of("robustness", scale=50.0, seeds=4, points=9, pin=pinned)
    again, notices = read_address(after.path)
    assert again == after and notices == []
    found = ROBUSTNESS.conditions(again.values)
    assert found[-1].experiment == chosen and found[-1].mark == "A"
    assert found[-1].note == "Networks (seeds): 1"
    assert found[1].experiment.manipulations == (Scale(50.0),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("scale:0", "0.01"),
        ("scale:3;colour=red", "only settings of this page"),
        ("scale:3;seeds=99", "seeds"),
        ("nobody", "begin each step"),
        ("scale:3;recipe=quick;width=64", "“width” counts only with recipe = custom"),
    ],
)
def test_bad_pins(text, reason):
    with pytest.raises(InvalidValue) as problem:
        PIN.parse(text)
    assert reason in str(problem.value)


def test_a_pinned_width_is_that_of_the_pinned_networks():
    found = conditions(pin=PIN.parse("scale:3;width=64"), input_range=(0.2, 5.0))
    assert found[-1].experiment.recipe.width == 64
    assert found[-1].note == "Training recipe: custom, Hidden width: 64"


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        value = PIN.parse(text)
    except InvalidValue:
        return
    assert PIN.parse(PIN.format(value)) == value


def test_nothing_pinned_no_pair():
    assert pair(conditions(), "scale") is None


@pytest.mark.parametrize(
    ("versus", "names"), [("", ["scale"]), ("duplicate", ["duplicate"]), ("melt", ["scale"])]
)
def test_b_is_the_chosen_one_or_the_one_of_the_same_name(versus, names):
    found = conditions(pin=Pin((Scale(3.0),)), show=["scale", "duplicate"])
    first, second = pair(found, versus)
    assert found[first].mark == "A"
    assert [step.name for step in found[second].experiment.manipulations] == names


def test_trained_can_be_pinned():
    text = PIN.format(Pin((), (("key", "5"),)))
    assert text == "trained;key=5" and PIN.parse(text) == Pin((), (("key", "5"),))


def test_another_axis_is_left_out_with_a_reason():
    pinned = Pin((Scale(3.0),), (("measure", "input_noise"),))
    found, reasons = comparable(conditions(pin=pinned))
    assert all(not condition.mark for condition in found)
    assert len(reasons) == 1 and "another axis" in reasons[0] and "scale:3" in reasons[0]


def test_composed_is_one_more_condition():
    chain = parse_chain("compose", "scale:3,duplicate:2")
    found = conditions(compose=chain, show=[])
    assert [condition.experiment.manipulations for condition in found] == [(), chain]
    assert len(conditions(compose=(), show=[])) == 1
