"""Which curve is covered, and predictions as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.address.curve_pages import ROBUSTNESS
from dissociation.address.links import Link, curves_of
from dissociation.address.pins import Pin
from dissociation.address.predicting import (
    ALPHABET,
    GUESS,
    PREDICT,
    ROOM,
    Guess,
    check_errors,
    predictable,
    target,
    uncovered,
)
from dissociation.core.manipulations import Scale
from dissociation.core.predictions import PLACES
from dissociation.core.validation import InvalidValue


def names(conditions) -> list[tuple]:
    return [condition.experiment.manipulations for condition in conditions]


def asked(**values) -> tuple:
    link = Link(ROBUSTNESS, {**ROBUSTNESS.defaults, "show": ["scale"], **values})
    return curves_of(link)[0], link.values


@given(st.lists(st.integers(0, 1_000), min_size=PLACES, max_size=PLACES))
def test_a_prediction_keeps_a_tenth_of_a_point(thousandths):
    guess = Guess("0123abcd", check_errors("guess", [value / 1_000 for value in thousandths]))
    assert GUESS.parse(GUESS.format(guess)) == guess


@pytest.mark.parametrize(
    "text",
    ["1", "0123abcd:1,2", ",".join(["1"] * PLACES), "0123abc:" + ",".join(["1"] * PLACES)]
    + [f"0123abcd:{','.join([word] * PLACES)}" for word in ("x", "101", "-1", "nan")],
)
def test_no_prediction(text):
    with pytest.raises(InvalidValue, match="guess"):
        GUESS.parse(text)


@pytest.mark.parametrize(
    "values",
    [None, {}, "0.5" * PLACES, [0.5], [0.5] * 8 + ["0.5"], [0.5] * 8 + [None], [0.5] * 8 + [2]]
    + [[0.5] * 8 + [float("nan")], [0.5] * 8 + [True], [[0.5]] * PLACES],
)
def test_what_a_browser_must_not_hand_in(values):
    with pytest.raises(InvalidValue, match="guess"):
        check_errors("guess", values)


@pytest.mark.parametrize(
    "parameter, text", [(ROOM, "abc"), (ROOM, "A1B2"), (ROOM, "BC2"), (PREDICT, "<b>")]
)
def test_no_code(parameter, text):
    with pytest.raises(InvalidValue, match=parameter.name):
        parameter.parse(text)


def test_codes_read_like_nothing_else():
    assert not set("AEIOU018") & set(ALPHABET)


def test_only_the_predicted_curve_is_covered():
    conditions, values = asked(show=["scale", "duplicate"], predict="scale")
    assert target(conditions, values) == 1
    assert names(uncovered(conditions, values)) == [names(conditions)[n] for n in (0, 2)]
    assert uncovered(conditions, {**values, "revealed": True}) == conditions


def test_two_of_a_kind():
    conditions, values = asked(compose=(Scale(3.0),), predict="scale#2")
    assert names(uncovered(conditions, values)) == [(), (Scale(20.0),)]


@pytest.mark.parametrize("word", ["", "duplicate", "trained", "scale#2"])
def test_nothing_to_cover(word):
    conditions, values = asked(predict=word)
    assert target(conditions, values) is None
    assert uncovered(conditions, values) == conditions


def test_the_same_curve_pinned_is_covered_too():
    conditions, values = asked(pin=Pin((Scale(20.0),)), predict="scale")
    assert names(uncovered(conditions, values)) == [()]


def test_a_single_point_cannot_be_predicted():
    link = Link.of("transfer", points=1, images=600, predict="scale")
    conditions, _ = curves_of(link)
    assert predictable(conditions) == {} and uncovered(conditions, link.values) == conditions


def test_another_pinned_curve_stays():
    conditions, values = asked(pin=Pin((Scale(3.0),)), predict="scale")
    assert predictable(conditions) == {"scale": 1}
    assert names(uncovered(conditions, values)) == [(), (Scale(3.0),)]


def test_every_key_can_stand_in_an_address():
    conditions, _ = asked(show=["scale", "duplicate"], compose=(Scale(3.0), Scale(2.0)))
    for key in predictable(conditions):
        assert PREDICT.parse(key) == key
