from __future__ import annotations

import dataclasses
import json
import math

import pytest
from curve_studies import curve_digest
from descriptions import JSON, RECIPES, STEPS, refuse_hostile
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core import manipulations as manipulate
from dissociation.core import measures, study
from dissociation.core.data import datasets
from dissociation.core.digests import digest, training_digest
from dissociation.core.experiment import MAX_KEY, Experiment, from_json
from dissociation.core.manipulations import Duplicate, InputNull, Nuisance, Permute, Scale
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.networks import training
from dissociation.core.networks.training import QUICK, Recipe
from dissociation.core.validation import InvalidValue

EXACT = (Scale(20.0), Duplicate(2.0), Nuisance(32.0))
PLAIN = Experiment(ParameterNoise(), (Nuisance(32.0),), QUICK, seeds=2)

# One table over all fields: what each may be instead of its default.
MEASURE_FIELDS = {
    InputNoise: dict(images=5_000, noise_low=0.2, noise_high=5.0, points=12),
    ParameterNoise: dict(
        images=5_000,
        noise_low=1e-3,
        noise_high=2.0,
        points=12,
        mode="relative",
        layers="13",
        draws=2,
    ),
    Transfer: dict(
        images=5_000, points=4, task="least_prime_factor", probe="notebook", split="notebook"
    ),
}
RECIPE_FIELDS = dict(epochs=5, batch=128, learning_rate=0.25, final_learning_rate=0.01, width=512)
RECIPE_FIELDS["task"] = "rotation"


def other_values(cls) -> dict:
    """A value other than the default for every field of a manipulation."""
    default = cls()
    values = {"strength": cls.strength_range.low}
    if values["strength"] == default.strength:
        values["strength"] = cls.strength_range.high
    others = [layer for layer in cls.layers if layer != default.layer]
    if others:
        values["layer"] = others[0]
    for field, option in cls.options.items():
        values[field] = next(c for c in option.choices if c != getattr(default, field))
    for field in cls.counts:
        values[field] = getattr(default, field) + 1
    return values


def variants():
    """Experiments that differ from `PLAIN`, or from one another, in one field each."""
    yield "plain", PLAIN
    for cls, fields in MEASURE_FIELDS.items():
        if cls is not ParameterNoise:
            yield cls.name, dataclasses.replace(PLAIN, measure=cls(), measure_anyway=True)
        for field, value in fields.items():
            measure = cls(**{field: value})
            found = dataclasses.replace(PLAIN, measure=measure, measure_anyway=True)
            yield f"{cls.name}.{field}", found
    for name, cls in manipulate.REGISTRY.items():
        yield name, dataclasses.replace(PLAIN, manipulations=(cls(),))
        for field, value in other_values(cls).items():
            step = cls(**{field: value})
            yield f"{name}.{field}", dataclasses.replace(PLAIN, manipulations=(step,))
    for field, value in RECIPE_FIELDS.items():
        recipe = dataclasses.replace(QUICK, **{field: value})
        # Other tasks have no error on digits.
        measure = Transfer() if field == "task" else PLAIN.measure
        yield f"recipe.{field}", dataclasses.replace(PLAIN, measure=measure, recipe=recipe)
    yield "key", dataclasses.replace(PLAIN, key=38)
    yield "none", dataclasses.replace(PLAIN, manipulations=())
    for steps in ((Scale(), Nuisance(32.0)), (Nuisance(32.0), Scale()), (Nuisance(32.0),) * 2):
        names = "+".join(step.name for step in steps)
        yield names, dataclasses.replace(PLAIN, manipulations=steps)


class TestDigest:
    def test_table_covers_every_field(self):
        assert set(MEASURE_FIELDS) == set(measures.REGISTRY.values())
        for cls, fields in MEASURE_FIELDS.items():
            assert set(fields) == {field.name for field in dataclasses.fields(cls)}
            for field, value in fields.items():
                assert getattr(cls(), field) != value
        assert set(RECIPE_FIELDS) == {field.name for field in dataclasses.fields(Recipe)}
        for cls in manipulate.REGISTRY.values():
            fields = {field.name for field in dataclasses.fields(cls)}
            assert fields - set(other_values(cls)) <= ({"layer"} if len(cls.layers) == 1 else set())

    def test_differs_for_every_field(self):
        owner: dict[str, str] = {}
        for name, found in variants():
            assert owner.setdefault(curve_digest(found, 0), name) == name
            assert owner.setdefault(curve_digest(found, 1), name + "'") == name + "'"
            assert owner.setdefault(curve_digest(found, 0, "ab"), name + "*") == name + "*"
            assert owner.setdefault(curve_digest(found, 0, "cd"), name + "**") == name + "**"
        assert len(owner) > 160

    def test_number_of_seeds_does_not_matter_to_one_of_them(self):
        more = dataclasses.replace(PLAIN, seeds=5)
        assert curve_digest(more, 1) == curve_digest(PLAIN, 1)

    def test_changes_with_versions_and_data(self, monkeypatch):
        digests = set()

        def add() -> None:
            # None of these change while a lab runs, which keeps what it has computed.
            study._digest.cache_clear()
            digests.add(curve_digest(PLAIN, 0))

        add()
        with monkeypatch.context() as patch:
            patch.setattr(ParameterNoise, "version", ParameterNoise.version + 1)
            add()
        with monkeypatch.context() as patch:
            patch.setattr(training, "CODE_VERSION", training.CODE_VERSION + 1)
            add()
        with monkeypatch.context() as patch:
            patch.setattr(study, "SCHEMA", study.SCHEMA + 1)
            add()
        with monkeypatch.context() as patch:
            patch.setattr(datasets, "TEST_LABELS", datasets.TEST_IMAGES)
            add()
        study._digest.cache_clear()
        assert len(digests) == 5

    def test_training(self):
        found = {training_digest(QUICK, seed) for seed in range(3)}
        found |= {training_digest(Recipe(**{f: v}), 0) for f, v in RECIPE_FIELDS.items()}
        assert len(found) == 3 + len(RECIPE_FIELDS)

    def test_of_plain_values(self):
        assert digest({"a": 1, "b": [0.1]}) == digest({"b": [0.1], "a": 1})
        assert digest([1, 2]) != digest([2, 1])
        with pytest.raises(ValueError):
            digest(math.nan)
        # Stored results outlive a process: the form is fixed.
        assert digest(["train", 1]).startswith("ce04833aac8be458")


def with_floats(value):
    """The same values with whole numbers as floats: 20 becomes 20.0."""
    if isinstance(value, dict):
        exempt = ("layer", "schema")  # choices rather than numbers
        return {n: item if n in exempt else with_floats(item) for n, item in value.items()}
    if isinstance(value, list):
        return [with_floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class TestEqualValues:
    # Browsers and addresses do not tell 20 from 20.0.
    @pytest.mark.parametrize(
        "make, whole",
        [
            (Scale, dict(strength=20)),
            *(
                pytest.param(*values)
                for values in (
                    (InputNoise, dict(noise_high=10)),
                    (InputNoise, dict(points=12)),
                    (ParameterNoise, dict(noise_high=1)),
                    (ParameterNoise, dict(draws=2)),
                    (Transfer, dict(images=5_000)),
                    (Recipe, dict(learning_rate=1)),
                    (Recipe, dict(epochs=3, width=64)),
                    (Nuisance, dict(group=2)),
                )
            ),
        ],
        ids=str,
    )
    def test_have_equal_digests(self, make, whole):
        one = make(**whole)
        other = make(**{name: float(value) for name, value in whole.items()})
        assert one == other and hash(one) == hash(other)
        assert digest(one.canonical()) == digest(other.canonical())
        # Not by chance: the numbers are of the same types too, so that they work the same.
        kinds = [
            {name: type(value) for name, value in made.canonical().items()} for made in (one, other)
        ]
        assert kinds[0] == kinds[1]

    def test_whole_experiments(self):
        found = [from_json(values) for values in (PLAIN.to_json(), with_floats(PLAIN.to_json()))]
        assert found[0] == found[1] == PLAIN
        assert curve_digest(found[0], 0) == curve_digest(found[1], 0)
        assert type(found[1].seeds) is int and type(found[1].key) is int
        assert type(found[1].recipe.epochs) is int


class TestCanonical:
    @pytest.mark.parametrize("steps", [(), EXACT[:1], EXACT, (Permute(), *EXACT)])
    def test_exact_rewrites_have_the_trained_networks_input_noise(self, steps):
        trained = Experiment(InputNoise())
        found = Experiment(InputNoise(), steps)
        assert found.invariant and found.canonical() == trained
        assert curve_digest(found, 0) == curve_digest(trained, 0)

    def test_unless_it_is_to_be_measured_anyway(self):
        found = Experiment(InputNoise(), EXACT, measure_anyway=True)
        assert not found.invariant and found.canonical() is found
        assert curve_digest(found, 0) != curve_digest(Experiment(InputNoise()), 0)

    @pytest.mark.parametrize(
        "measure, steps",
        [
            (InputNoise(), (InputNull(),)),
            (InputNoise(), (Scale(), InputNull())),
            (ParameterNoise(), (Scale(),)),
            (Transfer(), (Scale(),)),
        ],
    )
    def test_all_others_are_measured(self, measure, steps):
        found = Experiment(measure, steps)
        assert not found.invariant and found.canonical() is found
        assert curve_digest(found, 0) != curve_digest(Experiment(measure), 0)

    def test_without_rewrites_it_does_not_matter_how_it_was_asked_for(self):
        # Nothing to be measured anyway: the same curve, hence the same digest.
        one, other = (Experiment(InputNoise(), measure_anyway=anyway) for anyway in (False, True))
        assert curve_digest(one, 0) == curve_digest(other, 0)


class TestValidation:
    @pytest.mark.parametrize(
        "field, values",
        [
            ("seeds", [0, 21, 1.5, "2", None, True]),
            ("key", [-1, MAX_KEY + 1, 0.5, "37", None]),
        ],
    )
    def test_numbers(self, field, values):
        for value in values:
            with pytest.raises(InvalidValue) as caught:
                Experiment(InputNoise(), **{field: value})
            assert caught.value.field == field

    def test_too_many_steps(self):
        Experiment(InputNoise(), (Permute(),) * 8)
        with pytest.raises(InvalidValue, match="at most 8"):
            Experiment(InputNoise(), (Permute(),) * 9)

    @pytest.mark.parametrize(
        "steps, recipe",
        [
            ((Duplicate(4.0), Duplicate(2.1)), QUICK),
            ((Nuisance(1024.0, group=8),), QUICK),
            ((Duplicate(4.0, layer=1),), Recipe(width=4096)),
        ],
    )
    def test_too_wide(self, steps, recipe):
        with pytest.raises(InvalidValue, match="8,192") as caught:
            Experiment(InputNoise(), steps, recipe)
        assert caught.value.field == f"strength of {steps[-1].name}"

    def test_errors_on_digits_are_of_networks_that_read_them(self):
        turned = Recipe(task="rotation")
        for measure in (InputNoise(), ParameterNoise()):
            with pytest.raises(InvalidValue, match="trained on digits") as caught:
                Experiment(measure, recipe=turned)
            assert caught.value.field == "task"
        assert Experiment(Transfer(), recipe=turned).recipe.task == "rotation"

    def test_layers_grow_apart(self):
        Experiment(InputNoise(), (Duplicate(4.0), Duplicate(4.0, layer=1)), QUICK)


MEASURES = st.one_of(
    st.builds(
        InputNoise,
        images=st.integers(100, 10_000),
        noise_low=st.floats(1e-3, 1),
        noise_high=st.floats(1.1, 100),
        points=st.integers(2, 200),
    ),
    st.builds(
        ParameterNoise,
        noise_low=st.floats(1e-6, 1),
        mode=st.sampled_from(["absolute", "relative"]),
        layers=st.sampled_from(["123", "2", "13"]),
        noise_high=st.floats(1.1, 100),
        draws=st.integers(1, 64),
    ),
    st.builds(
        Transfer,
        images=st.integers(800, 10_000),
        probe=st.sampled_from(["converged", "notebook"]),
        split=st.sampled_from(["shuffled", "notebook"]),
    ),
)
EXPERIMENTS = st.builds(
    Experiment,
    measure=MEASURES,
    manipulations=st.lists(STEPS, max_size=3).map(tuple),
    recipe=RECIPES,
    seeds=st.integers(1, 20),
    key=st.integers(0, MAX_KEY),
    measure_anyway=st.booleans(),
)


def assert_refused_or_sound(values) -> None:
    """A description is refused with a readable message, or what it makes works."""
    try:
        found = from_json(values)
    except InvalidValue as problem:
        assert len(str(problem)) < 400
        return
    assert len(found.measure.x) == len(found.measure.total) >= 1
    assert len(found.measure.axes) == 2
    assert len(range(found.seeds)) == found.seeds
    assert len(range(found.recipe.epochs)) == found.recipe.epochs
    width = found.recipe.width
    for step in found.manipulations:
        width = step.widened(width)
        assert step.layer in (1, 2) and step.describe()
    assert isinstance(width, int)
    again = from_json(json.loads(json.dumps(found.to_json(), allow_nan=False)))
    assert again == found and curve_digest(again, 0) == curve_digest(found, 0)


class TestJson:
    @settings(max_examples=60)
    @given(EXPERIMENTS)
    def test_there_and_back(self, found):
        text = json.dumps(found.to_json(), allow_nan=False)
        again = from_json(json.loads(text))
        assert again == found and hash(again) == hash(found)
        assert curve_digest(again, 0, "ab") == curve_digest(found, 0, "ab")

    def test_another_task_is_written_the_usual_one_is_not(self):
        assert "task" not in PLAIN.to_json()["recipe"]
        turned = Experiment(Transfer(), recipe=Recipe(task="rotation"))
        assert turned.to_json()["recipe"]["task"] == "rotation"

    def test_every_variant_there_and_back(self):
        for _, found in variants():
            assert from_json(json.loads(json.dumps(found.to_json()))) == found

    def test_what_is_left_out_has_its_default(self):
        found = from_json({"measure": {"name": "input_noise"}})
        assert found == Experiment(InputNoise())

    @settings(max_examples=150)
    @given(values=JSON)
    def test_anything_else_is_refused(self, values):
        with pytest.raises(InvalidValue) as caught:
            from_json(values)
        assert len(str(caught.value)) < 400

    @pytest.mark.parametrize(
        "good",
        [
            PLAIN,
            Experiment(InputNoise(), (Scale(2.0, layer=1), InputNull())),
            Experiment(Transfer(), (Duplicate(1.5),)),
        ],
        ids=lambda good: good.measure.name,
    )
    def test_hostile_values_in_a_good_description(self, good):
        described = good.to_json()
        parts = [[name] for name in described]
        parts += [["measure", name] for name in [*described["measure"], "unknown"]]
        parts += [["recipe", name] for name in [*described["recipe"], "unknown"]]
        for number, step in enumerate(described["manipulations"]):
            parts += [["manipulations", number, name] for name in [*step, "unknown"]]
        refuse_hostile(described, parts, assert_refused_or_sound)

    @settings(max_examples=100)
    @given(values=JSON, place=st.sampled_from(["measure", "recipe", "manipulations", "seeds"]))
    def test_anything_in_one_place(self, values, place):
        assert_refused_or_sound({**PLAIN.to_json(), place: values})

    @pytest.mark.parametrize(
        "values, field",
        [
            ([], "experiment"),
            ({"measure": {"name": "input_noise"}, "colour": "red"}, "experiment field"),
            ({"measure": {"name": "input_noise"}, "schema": 2}, "schema"),
            ({}, "measure"),
            ({"measure": "input_noise"}, "measure"),
            ({"measure": {"name": "guess"}}, "measure"),
            ({"measure": {"name": "input_noise", "colour": 1}}, "setting of input_noise"),
            ({"measure": {"name": "input_noise", "points": 1}}, "points"),
            ({"measure": {"name": "input_noise"}, "manipulations": {}}, "manipulations"),
            ({"measure": {"name": "input_noise"}, "manipulations": [3]}, "manipulation"),
            (
                {"measure": {"name": "input_noise"}, "manipulations": [{"name": "scale", "x": 1}]},
                "field of scale",
            ),
            ({"measure": {"name": "input_noise"}, "recipe": {"speed": 1}}, "recipe"),
            ({"measure": {"name": "input_noise"}, "recipe": {"width": 1}}, "width"),
        ],
    )
    def test_names_the_field(self, values, field):
        with pytest.raises(InvalidValue) as caught:
            from_json(values)
        assert caught.value.field == field

    def test_no_value_is_too_long_for_the_message(self):
        with pytest.raises(InvalidValue) as caught:
            from_json({"measure": {"name": "input_noise"}, "seeds": "x" * 10_000})
        assert len(str(caught.value)) < 200
