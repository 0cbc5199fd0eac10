"""Numbers of NumPy, JAX and Python are the plain numbers that they hold, wherever one is given."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import jax.numpy as jnp
import numpy as np
import pytest
from curve_studies import curve_digest

from dissociation.core.experiment import Experiment, from_json
from dissociation.core.linear.study import LinearStudy
from dissociation.core.linear.task import LinearTask
from dissociation.core.manipulations import REGISTRY, Nuisance, Phantom, Scale
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomStudy
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.validation import InvalidValue, check_integer, check_number

VALUES = [
    Experiment(InputNoise()),
    Comparison(NetworkSpec(), NetworkSpec()),
    NetworkSpec(),
    NoiseDecomposition(),
    PhantomStudy(Phantom()),
    LinearStudy(),
    LinearTask(),
    Recipe(),
    InputNoise(),
    ParameterNoise(),
    Transfer(),
    *(kind() for kind in REGISTRY.values()),
]
WHOLE = [np.int64, np.uint16, np.float64, np.array, jnp.int32, Fraction]
BROKEN = [np.float32, np.float64, np.array, jnp.float32, Fraction]


def numbers_of(value):
    for field in dataclasses.fields(value):
        number = getattr(value, field.name)
        if type(number) in (int, float):
            yield field.name, number


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_wherever_a_number_is_given(value):
    found = list(numbers_of(value))
    assert found
    for name, number in found:
        for kind in WHOLE if number == int(number) else BROKEN:
            given = kind(int(number) if number == int(number) else number)
            plain = dataclasses.replace(value, **{name: float(given)})
            changed = dataclasses.replace(value, **{name: given})
            assert changed == plain and repr(changed) == repr(plain)
        for wrong in (True, np.True_, np.array([number]), np.complex64(number), str(number), None):
            with pytest.raises(InvalidValue):
                dataclasses.replace(value, **{name: wrong})


def test_digests_are_those_of_the_plain_number():
    plain = Experiment(
        InputNoise(images=500, noise_low=0.25),
        (Scale(2.0), Nuisance(8.0)),
        Recipe(width=64),
        seeds=2,
        key=5,
    )
    other = Experiment(
        InputNoise(images=np.int64(500), noise_low=np.float16(0.25)),
        (Scale(jnp.float32(2)), Nuisance(np.arange(8, 9)[0])),
        Recipe(width=np.uint8(64)),
        seeds=np.array(2),
        key=jnp.int32(5),
        measure_anyway=np.False_,
    )
    assert other == plain and other.to_json() == plain.to_json()
    assert curve_digest(other, 0) == curve_digest(plain, 0)


def test_the_number_is_the_one_that_is_held():
    assert check_number("x", np.float32(0.1), 0, 1) == float(np.float32(0.1)) != 0.1
    assert check_number("x", Fraction(1, 3), 0, 1) == 1 / 3
    assert type(check_integer("x", np.float64(3.0), 0, 5)) is int


@pytest.mark.parametrize("wrong", [np.nan, np.inf, np.float32("nan"), jnp.inf, 10**400, 1.5])
def test_out_of_range(wrong):
    with pytest.raises(InvalidValue):
        check_integer("x", wrong, 0, 5)
    if wrong != 1.5:
        with pytest.raises(InvalidValue):
            check_number("x", wrong, 0, 5)


@pytest.mark.parametrize("wrong", ["yes", 1, None])
def test_a_flag_is_true_or_false(wrong):
    description = Experiment(InputNoise()).to_json()
    with pytest.raises(InvalidValue, match="measure_anyway"):
        from_json({**description, "measure_anyway": wrong})
