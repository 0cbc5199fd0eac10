from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.networks.null_spaces import (
    FLOAT32_EPS,
    SOURCES,
    input_null_space,
    null_space,
)
from dissociation.core.validation import InvalidValue


@pytest.fixture(scope="module")
def of_test_images(test_images):
    return null_space(test_images)


class TestMnist:
    def test_dimensions(self, of_test_images, reference):
        assert of_test_images.rank == 604 == reference["test_image_rank"]
        assert of_test_images.dimension == 180 == reference["null_space_dimension"]

    def test_basis(self, of_test_images, test_images):
        basis = of_test_images.basis
        assert basis.shape == (180, 784) and basis.dtype == np.float32
        np.testing.assert_allclose(basis @ basis.T, np.eye(180), atol=1e-5)
        # Along a null direction of unit length no image extends further than the threshold allows.
        assert np.linalg.norm(test_images @ basis.T, axis=0).max() <= of_test_images.threshold

    def test_convention_of_matrix_rank(self, of_test_images, test_images):
        tolerance = of_test_images.singular_values[0] * 10_000 * FLOAT32_EPS
        assert of_test_images.threshold == pytest.approx(tolerance)
        values = np.linalg.svd(test_images, compute_uv=False)
        assert (values > values[0] * 10_000 * FLOAT32_EPS).sum() == of_test_images.rank
        np.testing.assert_allclose(of_test_images.singular_values, values, atol=values[0] * 1e-5)

    def test_threshold_lies_in_a_gap(self, of_test_images):
        # Otherwise the rank would depend on rounding.
        kept = of_test_images.singular_values[of_test_images.rank - 1]
        dropped = of_test_images.singular_values[of_test_images.rank]
        assert dropped < 0.999 * of_test_images.threshold < 1.001 * of_test_images.threshold < kept

    def test_pixels_that_are_never_on_lie_in_it(self, of_test_images, test_images):
        dark = ~test_images.any(axis=0)
        assert dark.sum() > 50
        lengths = np.linalg.norm(of_test_images.basis[:, dark], axis=0)
        np.testing.assert_allclose(lengths, 1, atol=1e-5)

    def test_sources(self, of_test_images, test_images):
        test, train = input_null_space("test"), input_null_space("train")
        np.testing.assert_array_equal(test.basis, of_test_images.basis)
        # More images and yet a larger null space: the threshold grows with n, the singular values
        # only with its root. (NumPy's full decomposition of the training images gives 441 too.)
        assert (train.rank, train.dimension) == (441, 343)
        assert input_null_space("train") is train
        # So the test images are not quite still along it: less than one unit, but more than along
        # their own null space.
        own, others = (np.abs(test_images @ space.basis.T).max() for space in (test, train))
        assert own < 0.5 < others < 1
        assert set(SOURCES) == {"test", "train"}

    def test_unknown_source(self):
        with pytest.raises(InvalidValue, match="validation.*test, train"):
            input_null_space("validation")


@st.composite
def low_rank(draw):
    """A random matrix and its rank."""
    n, d = draw(st.integers(1, 40)), draw(st.integers(1, 30))
    rank = draw(st.integers(0, min(n, d)))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    left = np.linalg.qr(rng.normal(size=(n, n)))[0][:, :rank]
    right = np.linalg.qr(rng.normal(size=(d, d)))[0][:, :rank]
    scale = 10.0 ** draw(st.integers(-3, 3))
    return scale * (left * rng.uniform(0.1, 1, rank)) @ right.T, rank


@settings(max_examples=150)
@given(low_rank())
def test_random_matrices(case):
    data, rank = case
    space = null_space(data)
    n, d = data.shape
    tolerance = np.linalg.norm(data, 2) * max(n, d) * FLOAT32_EPS
    assert space.rank == rank == np.linalg.matrix_rank(data, tol=tolerance)
    assert space.dimension == d - rank and space.basis.shape == (d - rank, d)
    np.testing.assert_allclose(space.basis @ space.basis.T, np.eye(d - rank), atol=1e-5)
    assert np.abs(data @ space.basis.T).max(initial=0) <= 1e-5 * np.abs(data).max() + 1e-30
    assert len(space.singular_values) == d
    assert (np.diff(space.singular_values) <= 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8, np.int64])
def test_types(dtype):
    data = np.array([[1, 0, 2], [2, 0, 4], [0, 0, 1], [3, 0, 0]], dtype)
    space = null_space(data)
    assert space.rank == 2
    np.testing.assert_allclose(np.abs(space.basis), [[0, 1, 0]], atol=1e-6)


def test_small_singular_values_count_as_zero():
    # 1e-7 of the largest is below max(n, d) * eps(float32), about 5e-7; 1e-5 is above.
    assert null_space(np.diag([1.0, 1.0, 1e-5, 1e-7])).rank == 3


def test_all_zero():
    space = null_space(np.zeros((5, 3)))
    assert space.rank == 0
    np.testing.assert_allclose(space.basis @ space.basis.T, np.eye(3), atol=1e-6)


def test_full_rank_has_an_empty_basis():
    space = null_space(np.eye(4))
    assert space.rank == 4 and space.basis.shape == (0, 4)


def test_more_rows_than_a_block():
    # The Gram matrix is summed over blocks of 10,000 rows; the last direction is in the last block.
    data = np.zeros((20_001, 3), np.float32)
    data[0, 0], data[10_000, 1], data[20_000, 2] = 1, 2, 3
    np.testing.assert_allclose(null_space(data).singular_values, [3, 2, 1], rtol=1e-6)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (3,), (), (2, 3, 4)])
def test_not_a_matrix(shape):
    with pytest.raises(ValueError, match="non-empty"):
        null_space(np.zeros(shape))


@pytest.mark.parametrize(
    "bad",
    [np.nan, np.inf, -np.inf],
)
def test_not_finite(bad):
    data = np.eye(3)
    data[1, 2] = bad
    with pytest.raises(ValueError, match="finite"):
        null_space(data)
