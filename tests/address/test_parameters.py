from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from labs import other_value

from dissociation.address import parameter as k
from dissociation.address import parameters as p
from dissociation.address.pages import PAGES
from dissociation.core.manipulations import REGISTRY
from dissociation.core.networks.training import PAPER, QUICK, Recipe
from dissociation.core.validation import InvalidValue


@pytest.fixture(scope="module")
def tables():
    """The table of each page."""
    return {name: table.parameters for name, table in PAGES.items()}


def allowed(parameter: k.Parameter) -> st.SearchStrategy:
    """Every value that a parameter may have."""
    if parameter.kind == k.CODED:
        return st.sampled_from([parameter.default, other_value(parameter)])
    numbers = st.floats(parameter.low, parameter.high)
    return {
        k.NUMBER: numbers,
        k.INTEGER: st.integers(int(parameter.low), int(parameter.high)),
        k.CHOICE: st.sampled_from(list(parameter.choices) or [""]),
        k.CHOICES: st.lists(st.sampled_from(list(parameter.choices) or [""]), unique=True),
        k.RANGE: st.lists(numbers, min_size=2, max_size=2, unique=True).map(sorted).map(tuple),
        k.FLAG: st.booleans(),
    }[parameter.kind]


@pytest.mark.parametrize("page", sorted(PAGES))
class TestEveryPage:
    @given(st.data())
    def test_round_trip(self, page, tables, data):
        for parameter in tables[page]:
            value = data.draw(allowed(parameter), parameter.name)
            text = parameter.format(value)
            assert parameter.parse(text) == value
            assert len(text) <= k.MAX_TEXT

    def test_the_default_is_allowed(self, page, tables):
        for parameter in tables[page]:
            text = parameter.format(parameter.default)
            assert parameter.parse(text) == parameter.default
            assert type(parameter.parse(text)) is type(parameter.default) or parameter.log

    @given(st.data(), st.text(max_size=30))
    @example(None, "1_0")
    @example(None, "٣")
    @example(None, "1e309")
    @example(None, "-0")
    @example(None, "nan~1")
    @example(None, ",,,")
    def test_any_text_gives_an_allowed_value_or_a_reason(self, page, tables, data, text):
        for parameter in tables[page]:
            try:
                value = parameter.parse(text)
            except InvalidValue as problem:
                assert problem.field == parameter.name and problem.allowed
                continue
            assert parameter.parse(parameter.format(value)) == value
            for number in value if parameter.kind == k.RANGE else [value]:
                if parameter.kind in (k.NUMBER, k.INTEGER, k.RANGE):
                    assert math.isfinite(number) and parameter.low <= number <= parameter.high

    def test_names_are_unique_and_need_no_escape(self, page, tables):
        names = [parameter.name for parameter in tables[page]]
        assert len(set(names)) == len(names)
        assert all(name.replace("_", "").replace(".", "").isalnum() for name in names)
        assert all(parameter.label for parameter in tables[page])

    def test_what_the_controls_need(self, page, tables):
        for parameter in tables[page]:
            if parameter.kind in (k.CHOICE, k.CHOICES):
                assert parameter.choices
            elif parameter.kind == k.CODED:
                assert parameter.codec is not None
            elif parameter.kind != k.FLAG:
                assert parameter.low < parameter.high
                assert parameter.low > 0 or not parameter.log


@given(st.data())
def test_just_outside(data):
    table = [q for q in p.network_parameters() if q.kind in (k.NUMBER, k.INTEGER)]
    parameter = data.draw(st.sampled_from(table))
    span = parameter.high - parameter.low
    beyond = data.draw(st.floats(1e-6, 1e6)) * span + (1 if parameter.kind == k.INTEGER else 0)
    for value in (parameter.low - beyond, parameter.high + beyond):
        assume(not parameter.low <= value <= parameter.high)
        with pytest.raises(InvalidValue, match=parameter.name):
            parameter.parse(repr(value))


@given(st.integers(k.MAX_TEXT + 1, 10_000))
def test_long_text(length):
    with pytest.raises(InvalidValue, match="shorter") as problem:
        p.IMAGES.parse("1" * length)
    assert len(str(problem.value)) < 200


class TestChoices:
    show = p.show_parameter(REGISTRY, ("scale",))

    def test_repeated_words_count_once_in_the_given_order(self):
        assert self.show.parse("permute,scale,permute") == ["permute", "scale"]

    @pytest.mark.parametrize("text", ["", ",", ",,"])
    def test_none(self, text):
        assert self.show.parse(text) == []

    def test_words_for_people(self):
        assert dict(self.show.choices) == {name: cls.label for name, cls in REGISTRY.items()}


class TestStrengths:
    def test_every_declaration_is_a_parameter(self):
        names = {parameter.name for parameter in p.strength_parameters(REGISTRY)}
        for name, cls in REGISTRY.items():
            further = [*cls.options, *cls.counts, *(["layer"] if len(cls.layers) > 1 else [])]
            assert {name, *(f"{name}.{option}" for option in further)} <= names
        assert len(names) == len(p.strength_parameters(REGISTRY))

    def test_ranges_are_the_declared_ones(self):
        for parameter in p.strength_parameters(REGISTRY):
            if parameter.name in REGISTRY:
                declared = REGISTRY[parameter.name].strength_range
                assert (parameter.low, parameter.high) == (declared.low, declared.high)
                assert parameter.default == declared.default and parameter.log == declared.log
                assert REGISTRY[parameter.name].rule in parameter.help

    def test_other_defaults(self):
        (first, *_) = p.strength_parameters(["duplicate"], {"duplicate": 1.2})
        assert first.default == 1.2

    @given(st.data())
    def test_every_value_makes_its_manipulation(self, data):
        table = {parameter.name: parameter for parameter in p.strength_parameters(REGISTRY)}
        values = {name: data.draw(allowed(parameter)) for name, parameter in table.items()}
        for name, cls in REGISTRY.items():
            made = p.manipulation_of(name, values)
            assert type(made) is cls and made.strength == values[name]
            for field in dataclasses.fields(cls):
                if (key := f"{name}.{field.name}") in values:
                    assert str(getattr(made, field.name)) == str(values[key])


class TestRecipes:
    table = {parameter.name: parameter for parameter in p.network_parameters()}
    defaults = {name: parameter.default for name, parameter in table.items()}

    def test_named(self):
        assert p.recipe_of(self.defaults) == QUICK
        assert p.recipe_of({**self.defaults, "recipe": "paper", "epochs": 1}) == PAPER

    def test_custom_begins_as_quick(self):
        assert p.recipe_of({**self.defaults, "recipe": "custom"}) == QUICK

    @given(st.data())
    def test_every_custom_one_is_allowed(self, data):
        names = ("epochs", "rate", "batch", "width")
        values = {name: data.draw(allowed(self.table[name]), name) for name in names}
        recipe = p.recipe_of({**values, "recipe": "custom"})
        assert isinstance(recipe, Recipe) and recipe.final_learning_rate <= recipe.learning_rate
        assert (recipe.epochs, recipe.batch, recipe.width) == tuple(
            values[name] for name in ("epochs", "batch", "width")
        )
