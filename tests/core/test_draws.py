"""Normal draws are JAX's own, of whatever shape, from few compilations."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core import draws
from dissociation.core.buckets import bucket, column_bucket, pad_to


@pytest.mark.parametrize("shape", [(), (1,), (17,), (3, 5), (10, 1_029), (2, 3, 4), (0, 4)])
@pytest.mark.parametrize("seed", [0, 37])
def test_equal_jax_normal(shape, seed):
    key = jax.random.PRNGKey(seed)
    ours = draws.normal(key, shape)
    theirs = np.asarray(jax.random.normal(key, shape))
    assert ours.shape == shape and ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=0)


def test_a_wider_layer_extends_the_draw_of_a_narrower():
    key = jax.random.PRNGKey(3)
    np.testing.assert_array_equal(draws.normal(key, (9, 64))[:5], draws.normal(key, (5, 64)))


def test_of_a_typed_key_and_over_several_stretches():
    shape = (3, draws.LONG - 1)
    ours = draws.normal(jax.random.key(5), shape)
    theirs = np.asarray(jax.random.normal(jax.random.key(5), shape))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=0)
    with pytest.raises(ValueError, match="read-only"):
        ours[0, 0] = 0


def test_two_compilations_whatever_the_shape():
    for count in (1, draws.SHORT + 1, draws.LONG // 2 - 1, draws.LONG // 2, 3 * draws.LONG + 1):
        assert draws.normal(jax.random.PRNGKey(0), (count,)).shape == (count,)
    assert draws._stretch.jitted()._cache_size() == 2


@given(st.integers(1, 10**7))
def test_buckets_are_near_and_few(size):
    assert size <= bucket(size) < max(size * 17 / 16 + 1, size + 16)
    assert size <= column_bucket(size) < size + 64
    assert bucket(bucket(size)) == bucket(size)
    assert column_bucket(column_bucket(size)) == column_bucket(size)


def test_sixteen_buckets_an_octave():
    assert len({bucket(size) for size in range(1_025, 2_049)}) == 16


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 4), st.integers(0, 4))
def test_padding_appends_zeros(rows, columns, more_rows, more_columns):
    array = np.arange(1.0, 1 + rows * columns).reshape(rows, columns)
    padded = pad_to(array, rows + more_rows, columns + more_columns)
    np.testing.assert_array_equal(padded[:rows, :columns], array)
    assert padded.sum() == array.sum()
    assert pad_to(array, rows + more_rows).shape == (rows + more_rows, columns)
