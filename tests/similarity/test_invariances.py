"""What every measure declares, held against it: invariances, its value for equal sides, bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from dissociation.errors import InvalidValue
from dissociation.measures.similarity import (
    FUNCTION,
    INVARIANCES,
    REPRESENTATION,
    SIMILARITIES,
    Pair,
    Similarity,
    baseline,
    ridge,
)
from dissociation.measures.similarity import pair as pair_module

from .test_independent import sides

IMAGES = 60


def _change(name: str, side: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    width = side.shape[1]
    changed = {
        "permutation": lambda: side[:, rng.permutation(width)],
        "rotation": lambda: side @ ortho_group.rvs(width, random_state=rng),
        "scaling": lambda: side * rng.uniform(0.01, 100),
        "shift": lambda: side + rng.normal(size=width),
        "duplication": lambda: np.repeat(side, 2, axis=1),
        "silence": lambda: np.pad(side, ((0, 0), (0, 7))),
    }
    return changed[name]().astype(np.float32)


def related(measure: Similarity, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two sides that the measure can compare: outputs of ten digits, or layers of any widths."""
    first, second = sides(IMAGES, 18, 25, seed)
    return (first[:, :10], second[:, :10]) if measure.compares == FUNCTION else (first, second)


def test_every_invariance_is_tried():
    rng = np.random.default_rng(0)
    assert {name for name in INVARIANCES if _change(name, sides()[0], rng) is not None} == set(
        INVARIANCES
    )


@pytest.mark.parametrize("name", SIMILARITIES)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1))
def test_declared_invariances_hold_on_both_sides(name, seed):
    measure = SIMILARITIES[name]
    rng = np.random.default_rng(seed)
    first, second = related(measure, seed % 1_000)
    before = measure.of(Pair(first, second))
    for invariance in measure.invariant_to:
        for pair in (
            (_change(invariance, first, rng), second),
            (first, _change(invariance, second, rng)),
        ):
            after = measure.of(Pair(*pair))
            # A near tie among neighbours may fall the other way.
            near = 5e-3 if name == "neighbours" else 5e-4
            assert after == pytest.approx(before, abs=near), invariance


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


@pytest.mark.parametrize("name", SIMILARITIES)
def test_equal_sides(name):
    measure = SIMILARITIES[name]
    first, _ = sides(200, 16, 16)
    found = measure.of(Pair(first, first.copy()))
    if name.startswith("ridge"):
        # With a penalty, and on held-out images, a layer explains itself almost.
        assert 0.9 < found < 1
    else:
        assert found == pytest.approx(measure.same, abs=1e-3)


@pytest.mark.parametrize("name", SIMILARITIES)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=8)
def test_unrelated_sides_are_less_alike(name, seed):
    measure = SIMILARITIES[name]
    first, second = related(measure, seed)
    other = np.random.default_rng(seed + 1).permutation(IMAGES)
    alike, unrelated = (measure.of(Pair(first, s)) for s in (second, second[other]))
    if measure.compares == FUNCTION:
        alike = measure.same
    assert (unrelated > alike) == measure.distance


@pytest.mark.parametrize("few", [0, 10_000])
def test_a_side_that_never_changes_has_no_similarity(few, monkeypatch):
    monkeypatch.setattr(pair_module, "FEW", few)
    first, _ = sides()
    silent = np.zeros_like(first)
    names = ("cka", "cka_debiased", "procrustes", "ridge_forwards", "ridge_backwards")
    for name in (*names, "rsa_euclidean_pearson", "rsa_correlation_spearman"):
        assert np.isnan(SIMILARITIES[name].of(Pair(first, silent))), name


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
        monkeypatch.setattr(pair_module, "FEW", few)
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


@pytest.mark.parametrize("sizes", [(12, 13), (9, 9)])
def test_other_images(sizes):
    with pytest.raises(InvalidValue, match="images"):
        Pair(*(np.zeros((size, 3), np.float32) for size in sizes))


def test_a_shuffled_pair_is_that_of_shuffled_images():
    first, second = sides(120, 30, 20)
    order = np.random.default_rng(3).permutation(120)
    quick, plain = Pair(first, second).shuffled(order), Pair(first, second[order])
    for name, measure in SIMILARITIES.items():
        if measure.compares == FUNCTION:
            continue
        assert measure.of(quick) == pytest.approx(measure.of(plain), abs=1e-5), name
