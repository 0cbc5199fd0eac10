"""What every measure declares, held against it: invariances, its value for equal sides, bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from dissociation.core.similarity import (
    FUNCTION,
    INVARIANCES,
    REPRESENTATION,
    SIMILARITIES,
    Pair,
    Similarity,
    baseline,
    ridge,
)
from dissociation.core.similarity import representation as representation_module
from dissociation.core.validation import InvalidValue

from .test_independent import sides

IMAGES = 60


def _change(name: str, side: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A side changed as far as the lab promises: scales of 36 powers of ten, offsets to 1e4."""
    width = side.shape[1]
    changed = {
        "permutation": lambda: side[:, rng.permutation(width)],
        "rotation": lambda: side @ ortho_group.rvs(width, random_state=rng),
        "scaling": lambda: side * 10 ** rng.uniform(-18, 18),
        "shift": lambda: side + exact(rng.uniform(-1e4, 1e4, width)),
        "offset": lambda: side + exact(rng.uniform(-1e4, 1e4)),
        "duplication": lambda: np.repeat(side, 2, axis=1),
        "silence": lambda: np.pad(side, ((0, 0), (0, 7))),
    }
    return changed[name]().astype(np.float32)


def exact(values):
    """So many binary digits after the point that float32 holds it beside ten thousands."""
    return np.round(np.multiply(values, 256)) / 256


def related(measure: Similarity, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two sides that the measure can compare: outputs of ten digits, or layers of any widths."""
    first, second = (exact(side).astype(np.float32) for side in sides(IMAGES, 18, 25, seed))
    return (first[:, :10], second[:, :10]) if measure.compares == FUNCTION else (first, second)


def test_every_invariance_is_tried():
    rng = np.random.default_rng(0)
    assert {name for name in INVARIANCES if _change(name, sides()[0], rng) is not None} == set(
        INVARIANCES
    )


@pytest.mark.parametrize("few", [0, 10_000], ids=["by neurons", "by images"])
@pytest.mark.parametrize("name", SIMILARITIES)
@settings(max_examples=6)
@given(seed=st.integers(0, 2**32 - 1))
def test_declared_invariances_hold_however_large_the_change(name, few, seed):
    measure, rng = SIMILARITIES[name], np.random.default_rng(seed)
    first, second = related(measure, seed % 1_000)
    # A near tie among neighbours may fall the other way.
    near = 5e-3 if name == "neighbours" else 3e-5
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(representation_module, "FEW", few)
        before, of_equals = measure.of(Pair(first, second)), measure.of(Pair(first, first))
        for invariance in measure.invariant_to:
            one, other = (_change(invariance, side, rng) for side in (first, second))
            if "scaling" in measure.invariant_to:
                # By a power of two, which rounds nothing.
                one = np.ldexp(one, rng.integers(-59, 60))
            for pair, expected in (
                ((one, second), before),
                ((first, other), before),
                ((one, other), before),
                ((one, first), of_equals),
            ):
                assert measure.of(Pair(*pair)) == pytest.approx(expected, abs=near), invariance


@pytest.mark.parametrize("name", SIMILARITIES)
def test_what_is_not_declared_is_seen(name):
    # Otherwise a measure could leave out invariances it has, and its table would mislead.
    measure = SIMILARITIES[name]
    rng = np.random.default_rng(1)
    first, second = related(measure)
    before = measure.of(Pair(first, second))
    possible = INVARIANCES if measure.compares == REPRESENTATION else ("permutation", "scaling")
    for invariance in set(possible) - set(measure.invariant_to):
        after = (
            measure.of(Pair(_change(invariance, first, rng), second)),
            measure.of(Pair(first, _change(invariance, second, rng))),
        )
        assert max(abs(value - before) for value in after) > 1e-5, invariance


@pytest.mark.parametrize("few", [0, 10_000])
@pytest.mark.parametrize("name", SIMILARITIES)
def test_equal_sides(name, few, monkeypatch):
    monkeypatch.setattr(representation_module, "FEW", few)
    measure = SIMILARITIES[name]
    first, second = sides(200, 16, 16)
    found = measure.of(Pair(first, first.copy()))
    assert measure.of_equals(Pair(first, second)) == pytest.approx(found, abs=1e-6)
    if name.startswith("ridge"):
        # With a penalty, and on held-out images, a layer explains itself almost.
        assert 0.9 < found < 1 - 1e-4
    else:
        assert found == pytest.approx(measure.best, abs=1e-12)


@pytest.mark.parametrize("name", SIMILARITIES)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=8)
def test_unrelated_sides_are_less_alike(name, seed):
    measure = SIMILARITIES[name]
    first, second = related(measure, seed)
    other = np.random.default_rng(seed + 1).permutation(IMAGES)
    alike, unrelated = (measure.of(Pair(first, s)) for s in (second, second[other]))
    if measure.compares == FUNCTION:
        alike = measure.best
    assert (unrelated > alike) == measure.distance


def _spoiled(how: str) -> tuple[np.ndarray, str]:
    """A side of which nothing can be said, and the words for it."""
    side = sides()[0].copy()
    if how == "dead":
        return np.zeros_like(side), "activations are all 0"
    if how == "constant":
        return np.full_like(side, 0.1), "activations are the same for all images"
    side[3, 5] = float(how)
    return side, "has activations that are not finite numbers"


@pytest.mark.parametrize("how", ["dead", "constant", "nan", "inf"])
@pytest.mark.parametrize("few", [0, 10_000])
def test_what_is_not_defined_is_not_a_number_and_says_why(few, how, monkeypatch):
    monkeypatch.setattr(representation_module, "FEW", few)
    (spoiled, why), (fine, _) = _spoiled(how), sides()
    for measure in SIMILARITIES.values():
        if measure.compares == FUNCTION and how in ("dead", "constant"):
            continue
        for sides_of, letter in (((spoiled, fine), "A"), ((fine, spoiled), "B")):
            pair = Pair(*sides_of)
            assert np.isnan(measure.of(pair)), measure.name
            found = measure.why_undefined(pair)
            assert found.startswith(letter) and why in found, measure.name
        assert np.isnan(measure.of(Pair(spoiled, spoiled))), measure.name


def _odd(how: str) -> np.ndarray:
    """A side of which some measures can say nothing, but others can."""
    rng = np.random.default_rng(2)
    if how == "one constant pattern":
        return np.vstack([np.full((1, 24), 0.1), sides()[0][1:]])
    if how == "one pattern but for scale and offset":
        return rng.uniform(0.5, 2, (60, 1)) * rng.normal(size=24) + rng.normal(size=(60, 1))
    if how == "one image differs":
        return np.vstack([np.ones((59, 24)), np.zeros((1, 24))])
    return np.eye(60)


@pytest.mark.parametrize(
    "how, names",
    [
        ("one constant pattern", "rsa_correlation"),
        ("one pattern but for scale and offset", "rsa_correlation"),
        ("one image differs", "cka_debiased rsa_correlation"),
        ("all as far apart", "cka_debiased rsa"),
    ],
)
def test_what_only_some_measures_cannot_say(how, names):
    side = _odd(how).astype(np.float32)
    pair = Pair(side, side.copy())
    for name, measure in SIMILARITIES.items():
        undefined = name.startswith(tuple(names.split()))
        assert np.isnan(measure.of(pair)) == undefined, name
        assert not undefined or measure.why_undefined(pair) == measure.undefined


def test_debiased_cka_of_unrelated_sides_is_about_0():
    rng = np.random.default_rng(0)
    found = [
        Pair(*(rng.normal(size=(100, 300)).astype(np.float32) for _ in range(2))) for _ in range(20)
    ]
    biased, debiased = (
        np.mean([SIMILARITIES[name].of(pair) for pair in found]) for name in ("cka", "cka_debiased")
    )
    assert biased > 0.6 and abs(debiased) < 0.02


def test_both_ways_of_ridge_agree(monkeypatch):
    first, second = sides(150, 30, 50)
    found = []
    for few in (0, 10_000):
        monkeypatch.setattr(representation_module, "FEW", few)
        pair = Pair(first, second)
        found.append((ridge.forwards(pair), ridge.backwards(pair)))
    assert found[0] == pytest.approx(found[1], abs=1e-5)


def test_baseline():
    first, second = sides(200, 18, 25)
    pair = Pair(first, second)
    found = baseline(SIMILARITIES["cka_debiased"], pair, seed=1)
    assert found == baseline(SIMILARITIES["cka_debiased"], pair, seed=1)
    assert found != baseline(SIMILARITIES["cka_debiased"], pair, seed=2)
    assert found.low <= found.mean <= found.high < SIMILARITIES["cka_debiased"].of(pair)
    assert abs(found.mean) < 0.1


@pytest.mark.parametrize("sizes", [(12, 13), (10, 10)])
def test_other_images(sizes):
    with pytest.raises(InvalidValue, match="images.*at least 11"):
        Pair(*(np.zeros((size, 3), np.float32) for size in sizes))


def test_the_fewest_images():
    for measure in SIMILARITIES.values():
        first, second = (side[:11] for side in related(measure))
        assert np.isfinite(measure.of(Pair(first, second))), measure.name


def test_a_shuffled_pair_is_that_of_shuffled_images():
    first, second = sides(120, 30, 20)
    order = np.random.default_rng(3).permutation(120)
    quick, plain = Pair(first, second).shuffled(order), Pair(first, second[order])
    for name, measure in SIMILARITIES.items():
        if measure.compares == FUNCTION:
            continue
        assert measure.of(quick) == pytest.approx(measure.of(plain), abs=1e-5), name


def test_a_small_angle_of_few_images_of_many_neurons():
    first, _ = sides(50, 200, 3)
    turned = first[:, np.random.default_rng(0).permutation(200)]
    assert SIMILARITIES["procrustes"].of(Pair(first, 3 * turned)) < 1e-6
