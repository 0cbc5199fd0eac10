from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.data.datasets import mnist_test
from dissociation.core.networks.null_spaces import (
    input_null_space,
    lengths_within,
    null_space,
    unit_direction,
)
from dissociation.features.inputs import figures


@pytest.fixture(scope="module", params=["test", "train"])
def found(request):
    return figures.spectrum(request.param)


class TestSpectrum:
    def test_says_what_was_computed(self, found):
        space = found.space
        metrics = figures.spectrum_metrics(found)
        assert metrics["Rank"] == str(space.rank)
        assert metrics["Power of white noise in it"] == f"{space.dimension / 784:.0%}"
        assert f"{found.images:,} images" in figures.threshold_words(found)
        assert f"{space.threshold:.3g}" in figures.threshold_words(found)
        alt = figures.spectrum_alt(found)
        assert f"{space.rank} lie above" in alt and f"{space.dimension} at or below" in alt

    def test_figure(self, found):
        figure = figures.spectrum_figure(found)
        (line,) = figure.data
        assert len(line.x) == 784 and min(line.y) == figures.FOOT
        assert figure.layout.yaxis.type == "log"
        # The shaded part begins after the last direction in use.
        shaded, threshold = figure.layout.shapes
        assert (shaded.x0, shaded.x1) == (found.space.rank + 0.5, 784)
        assert threshold.y0 == threshold.y1 == found.space.threshold
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        texts = [note.text for note in figure.layout.annotations]
        assert texts[:2] == [
            f"{found.space.rank} directions in use",
            f"{found.space.dimension} null",
        ]

    def test_table(self, found):
        table = figures.spectrum_table(found)
        assert (table["Counts as"] == "null").sum() == found.space.dimension
        assert (table["Counts as"] == "in use").sum() == found.space.rank

    def test_dark_pixels(self, found):
        # Each is a null direction of its own.
        assert 0 < found.dark <= found.space.dimension

    def test_lengths(self, found):
        assert found.lengths.shape == (10_000,)
        words = figures.leak_words(found)
        assert f"{found.lengths.max():.2g}" in words and f"{found.lengths.argmax():,}" in words
        assert f"{np.median(found.lengths):.2g}" in words


@pytest.mark.parametrize("count", [1, 9, 36, 10_000])
def test_basis_tiles(count):
    space = input_null_space("test")
    assert figures.basis_tiles(space, count).count("<img") == min(count, space.dimension)


class TestStep:
    def test_numbers(self):
        found = figures.spectrum("test")
        _, table = figures.null_step(found, 3, 2.0, 5)
        images = mnist_test().images
        along = 2 * np.abs(images @ unit_direction(found.space, 5))
        own = table.iloc[0]
        assert own["On this image"] == f"{along[3]:.2g}"
        assert own["Median of 10,000"] == f"{np.median(along):.2g}"
        assert own["Largest of 10,000"] == f"{along.max():.2g}"
        assert len(table) == 3

    def test_a_null_direction_shows_less_than_any_other(self):
        for source in ("test", "train"):
            for seed in range(3):
                _, table = figures.null_step(figures.spectrum(source), 0, 1.0, seed)
                null, worst, anywhere = (float(text) for text in table["Median of 10,000"])
                assert null < worst and 10 * null < anywhere


@given(st.integers(0, 2**31 - 1), st.integers(1, 40))
def test_pick(seed, count):
    members = np.arange(100, 120)
    chosen = figures.pick(members, count, seed)
    assert len(set(chosen)) == len(chosen) == min(count, 20)
    assert set(chosen) <= set(members)
    # More of them begin with the same ones.
    np.testing.assert_array_equal(figures.pick(members, 20, seed)[:count], chosen)


def test_counts():
    table = figures.class_counts()
    assert table["Test images"].sum() == 10_000 and table["Training images"].sum() == 60_000


@settings(max_examples=30)
@given(st.integers(0, 2**31 - 1))
def test_unit_direction(seed):
    data = np.random.default_rng(0).normal(size=(30, 12)) @ np.diag([1.0] * 8 + [0.0] * 4)
    space = null_space(data)
    direction = unit_direction(space, seed)
    assert np.linalg.norm(direction) == pytest.approx(1, rel=1e-5)
    assert np.abs(data @ direction).max() < 1e-5
    np.testing.assert_array_equal(direction, unit_direction(space, seed))
    # Another basis of the same space gives the same direction.
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))[0]
    rotated = type(space)(
        space.singular_values, space.threshold, (turn @ space.basis).astype(np.float32)
    )
    np.testing.assert_allclose(unit_direction(rotated, seed), direction, atol=1e-5)


def test_no_direction_in_an_empty_space():
    with pytest.raises(ValueError, match="empty"):
        unit_direction(null_space(np.eye(3)), 0)


def test_lengths_bound_every_direction():
    space, images = input_null_space("test"), mnist_test().images[:500]
    lengths = lengths_within(space, images)
    for seed in range(5):
        assert (np.abs(images @ unit_direction(space, seed)) <= lengths + 1e-5).all()
    # Reached by the direction of the part itself.
    part = (images[0] @ space.basis.T) @ space.basis
    assert images[0] @ (part / np.linalg.norm(part)) == pytest.approx(lengths[0], rel=1e-4)
