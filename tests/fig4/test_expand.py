from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.validation import InvalidValue
from dissociation.fig4.bmap import bmap
from dissociation.fig4.expand import add_random_zero_neurons, duplicate_neurons, scale_neurons

KEY = jax.random.PRNGKey(5)


def layer(hidden=6, inputs=4, outputs=3, seed=0):
    rng = np.random.default_rng(seed)
    return (
        jnp.asarray(rng.normal(size=(hidden, inputs)), jnp.float32),
        jnp.asarray(rng.normal(size=(outputs, hidden)), jnp.float32),
    )


def outputs_of(w_in, w_out, x):
    return jax.nn.relu(x @ w_in.T) @ w_out.T


def assert_same_function(before, after, *, scale=1.0):
    x = jnp.asarray(np.random.default_rng(9).normal(size=(50, before[0].shape[1])), jnp.float32)
    expected = outputs_of(*before, scale * x)
    change = jnp.abs(outputs_of(*after, scale * x) - expected).max()
    assert change <= 1e-5 * jnp.abs(expected).max()


MANIPULATIONS = {
    "scale": lambda a, b, key: scale_neurons(a, b, 20.0),
    "scale down": lambda a, b, key: scale_neurons(a, b),
    "duplicate": lambda a, b, key: duplicate_neurons(a, b, 2),
    "duplicate in part": lambda a, b, key: duplicate_neurons(a, b, 1.5),
    "zero": lambda a, b, key: add_random_zero_neurons(a, b, 5, 1, key=key),
    "zero groups": lambda a, b, key: add_random_zero_neurons(a, b, key=key),
}


@pytest.mark.parametrize("name", MANIPULATIONS)
@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e3])
def test_function_is_the_same(name, scale):
    before = layer()
    assert_same_function(before, MANIPULATIONS[name](*before, KEY), scale=scale)


@pytest.mark.parametrize("name", MANIPULATIONS)
@pytest.mark.parametrize("mapping", ["vmap", "filter_vmap", "bmap", "jit"])
def test_over_seeds(name, mapping):
    function = MANIPULATIONS[name]
    pairs = [layer(seed=seed) for seed in range(3)]
    w_in, w_out = (jnp.stack(weights) for weights in zip(*pairs, strict=True))
    keys = jax.random.split(KEY, 3)
    mapped = {
        "vmap": jax.vmap(function),
        "filter_vmap": eqx.filter_vmap(function),
        "bmap": bmap(function, batch_size=2),
        "jit": jax.jit(jax.vmap(function)),
    }[mapping](w_in, w_out, keys)
    for seed, pair in enumerate(pairs):
        for ours, alone in zip(mapped, function(*pair, keys[seed]), strict=True):
            np.testing.assert_allclose(ours[seed], alone, rtol=1e-6, atol=1e-6)


def test_scale():
    w_in, w_out = layer()
    scaled_in, scaled_out = scale_neurons(w_in, w_out, 20)
    np.testing.assert_array_equal(scaled_in, w_in * 20)
    np.testing.assert_array_equal(scaled_out, w_out / 20)


def test_scale_by_an_array_under_vmap():
    w_in, w_out = layer()
    factors = jnp.array([0.5, 2.0])
    scaled, _ = jax.vmap(scale_neurons, in_axes=(None, None, 0))(w_in, w_out, factors)
    np.testing.assert_array_equal(scaled, jnp.stack([w_in / 2, w_in * 2]))


@settings(max_examples=40)
@given(
    # Every new shape is compiled, so not of all sizes.
    hidden=st.sampled_from([1, 2, 5, 9]),
    multiplier=st.sampled_from([1, 1.0, 1.2, 1.5, 1.99, 2, 2.25, 3, 4.75]),
)
def test_duplicate_order_and_counts(hidden, multiplier):
    w_in, w_out = layer(hidden)
    times, once_more = int(multiplier), int(multiplier % 1 * hidden)
    source = [i for i in range(hidden) for _ in range(times)] + list(range(once_more))
    more_in, more_out = duplicate_neurons(w_in, w_out, multiplier)
    np.testing.assert_array_equal(more_in, np.asarray(w_in)[source])
    for column, neuron in zip(np.asarray(more_out).T, source, strict=True):
        expected = np.asarray(w_out)[:, neuron] / np.float32(source.count(neuron))
        np.testing.assert_allclose(column, expected, rtol=1e-6)


def test_zero_neurons_share_the_notebooks_vector():
    w_in, w_out = layer()
    more_in, more_out = add_random_zero_neurons(w_in, w_out, 5, 1, key=KEY)
    np.testing.assert_array_equal(more_in[:6], w_in)
    np.testing.assert_array_equal(more_in[6:], jnp.repeat(jax.random.normal(KEY, (1, 4)), 5, 0))
    np.testing.assert_array_equal(more_out[:, :6], w_out)
    assert not more_out[:, 6:].any()


@given(groups=st.integers(0, 5), size=st.integers(2, 5))
@settings(max_examples=9)
def test_groups_cancel(groups, size):
    w_in, w_out = layer()
    more_in, more_out = add_random_zero_neurons(w_in, w_out, groups, size, key=KEY)
    assert more_in.shape == (6 + groups * size, 4) and more_out.shape == (3, 6 + groups * size)
    added = np.asarray(more_out)[:, 6:].reshape(3, groups, size)
    np.testing.assert_allclose(added.sum(axis=2), 0, atol=1e-6)
    assert groups == 0 or np.abs(added).min() > 0
    drawn = jax.random.normal(jax.random.fold_in(KEY, 1), (groups, size, 3))
    expected = drawn - drawn.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(added, np.moveaxis(expected, 2, 0), atol=1e-6)


def test_defaults_are_the_notebooks():
    w_in, w_out = layer(hidden=10)
    np.testing.assert_allclose(scale_neurons(w_in, w_out)[0], w_in / 10, rtol=1e-6)
    assert duplicate_neurons(w_in, w_out)[0].shape == (10 + int(1.2 % 1 * 10), 4)
    assert add_random_zero_neurons(w_in, w_out, key=KEY)[0].shape == (10 + 3 * 4, 4)


@pytest.mark.parametrize(
    "field, call",
    [
        ("scale_factor", lambda a, b: scale_neurons(a, b, 0)),
        ("scale_factor", lambda a, b: scale_neurons(a, b, -2.0)),
        ("scale_factor", lambda a, b: scale_neurons(a, b, float("nan"))),
        ("scale_factor", lambda a, b: scale_neurons(a, b, "20")),
        ("duplicate_multiplier", lambda a, b: duplicate_neurons(a, b, 0.9)),
        ("duplicate_multiplier", lambda a, b: duplicate_neurons(a, b, float("inf"))),
        ("num_zero_groups", lambda a, b: add_random_zero_neurons(a, b, -1, key=KEY)),
        ("num_zero_groups", lambda a, b: add_random_zero_neurons(a, b, 1.5, key=KEY)),
        ("neurons_per_group", lambda a, b: add_random_zero_neurons(a, b, 1, 0, key=KEY)),
    ],
)
def test_bad_strengths(field, call):
    with pytest.raises(InvalidValue, match=field) as caught:
        call(*layer())
    assert caught.value.field == field


@pytest.mark.parametrize("name", MANIPULATIONS)
def test_shapes_that_do_not_belong_together(name):
    w_in, w_out = layer()
    with pytest.raises(ValueError, match=r"\(6, 4\) and \(3, 5\)"):
        MANIPULATIONS[name](w_in, w_out[:, :5], KEY)
    with pytest.raises(ValueError, match=r"hidden"):
        MANIPULATIONS[name](w_in[0], w_out, KEY)
