"""Comparisons as JSON: there and back, and everything else refused with the name of the field."""

from __future__ import annotations

import dataclasses
import json

import pytest
from descriptions import JSON, RECIPES, STEPS, refuse_hostile
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.experiment import MAX_KEY
from dissociation.core.manipulations import Nuisance, Scale
from dissociation.core.networks.training import QUICK, Recipe
from dissociation.core.similarity.comparison import Comparison, NetworkSpec, contrast_from_json
from dissociation.core.similarity.pictures import EMBEDDED
from dissociation.core.validation import InvalidValue

SIDES = st.builds(
    NetworkSpec,
    recipe=RECIPES,
    seed=st.integers(0, 19),
    manipulations=st.lists(STEPS, max_size=3).map(tuple),
)
COMPARISONS = st.builds(
    Comparison,
    first=SIDES,
    second=SIDES,
    layer=st.sampled_from([1, 2]),
    images=st.integers(EMBEDDED, 10_000),
    key=st.integers(0, MAX_KEY),
    thorough=st.booleans(),
)
PLAIN = Comparison(
    NetworkSpec(), NetworkSpec(QUICK, 1, (Nuisance(32.0, group=4), Scale(3.0, layer=1)))
)


def written(comparison: Comparison):
    return json.loads(json.dumps(comparison.to_json(), allow_nan=False))


@settings(max_examples=60)
@given(COMPARISONS)
def test_there_and_back(found):
    again = contrast_from_json(written(found))
    assert again == found and hash(again) == hash(found)
    assert again.digest(("ab", "cd")) == found.digest(("ab", "cd"))


def test_every_field_is_written():
    names = {field.name for field in dataclasses.fields(Comparison)}
    assert set(PLAIN.to_json()) == {*names, "schema"}
    assert set(PLAIN.to_json()["first"]) == {
        field.name for field in dataclasses.fields(NetworkSpec)
    }


def test_what_is_left_out_has_its_default():
    second = {"manipulations": [{"name": "scale", "strength": 20}]}
    found = contrast_from_json({"first": {}, "second": second})
    assert found == Comparison(NetworkSpec(), NetworkSpec(QUICK, 0, (Scale(20.0),)))


def assert_refused_or_sound(values) -> None:
    """A description is refused with a readable message, or what it makes works."""
    try:
        found = contrast_from_json(values)
    except InvalidValue as problem:
        assert len(str(problem)) < 400
        return
    again = contrast_from_json(written(found))
    assert again == found and again.digest() == found.digest()
    assert isinstance(found.thorough, bool) and found.layer in (1, 2)


@settings(max_examples=150)
@given(values=JSON)
def test_anything_else_is_refused(values):
    with pytest.raises(InvalidValue) as caught:
        contrast_from_json(values)
    assert len(str(caught.value)) < 400


def test_hostile_values_in_a_good_description():
    described = PLAIN.to_json()
    parts = [[name] for name in [*described, "unknown"]]
    for side in ("first", "second"):
        parts += [[side, name] for name in [*described[side], "unknown"]]
        parts += [[side, "recipe", name] for name in [*described[side]["recipe"], "unknown"]]
    for number, step in enumerate(described["second"]["manipulations"]):
        parts += [["second", "manipulations", number, name] for name in [*step, "unknown"]]
    refuse_hostile(described, parts, assert_refused_or_sound)


@settings(max_examples=100)
@given(values=JSON, place=st.sampled_from(["first", "second", "layer", "images", "thorough"]))
def test_anything_in_one_place(values, place):
    assert_refused_or_sound({**PLAIN.to_json(), place: values})


@pytest.mark.parametrize(
    "values, field, words",
    [
        ([], "contrast", "JSON object"),
        ({"colour": "red"}, "contrast field", "first"),
        ({"schema": 2}, "schema", "reads schema 1"),
        ({}, "first", "JSON object"),
        ({"first": {}}, "second", "JSON object"),
        ({"first": {"weights": []}}, "first field", "manipulations, recipe, seed"),
        ({"first": {}, "second": {"seed": 20}}, "second seed", "from 0 to 19"),
        ({"first": {"recipe": {"width": 1}}, "second": {}}, "first width", "from 16 to"),
        ({"first": {}, "second": {"manipulations": {}}}, "second manipulations", "a list"),
        ({"first": {}, "second": {"manipulations": [3]}}, "second manipulation", "a name"),
        ({"first": {}, "second": {}, "layer": 3}, "layer", "from 1 to 2"),
        ({"first": {}, "second": {}, "images": 1}, "images", "to 10,000"),
        ({"first": {}, "second": {}, "thorough": 1}, "thorough", "true or false"),
    ],
)
def test_names_the_field(values, field, words):
    with pytest.raises(InvalidValue, match=words) as caught:
        contrast_from_json(values)
    assert caught.value.field == field


def test_other_recipes_on_both_sides():
    found = Comparison(NetworkSpec(Recipe(width=16)), NetworkSpec(Recipe(width=32)))
    assert contrast_from_json(written(found)) == found
