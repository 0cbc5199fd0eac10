from __future__ import annotations

import subprocess
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dissociation.core.validation import InvalidValue
from dissociation.fig4.bmap import bmap
from dissociation.fig4.logistic import crossval_softmax_predict

KEY = jax.random.PRNGKey(0)


def blobs(n=60, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=n)
    x = rng.normal(size=(n, 5)) + 2 * np.eye(classes, 5)[labels]
    return jnp.asarray(x, jnp.float32), jnp.asarray(np.eye(classes)[labels], jnp.float32)


def plain(x, y, folds):
    """The same probe in NumPy and float64, one fold at a time."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    edges = [i * len(x) // folds for i in range(folds + 1)]
    held_out = []
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        train = np.r_[0:start, stop : len(x)]
        weights, intercept = np.zeros((x.shape[1], y.shape[1])), np.zeros(y.shape[1])
        for _ in range(200):
            residual = softmax(x[train] @ weights + intercept) - y[train]
            weights = weights - 0.2 * x[train].T @ residual / len(train)
            intercept = intercept - 0.2 * residual.mean(axis=0)
        held_out.append(softmax(x[start:stop] @ weights + intercept))
    return np.concatenate(held_out)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("folds", [2, 5, 10, 60])
def test_against_numpy(folds):
    x, y = blobs()
    ours = crossval_softmax_predict(x, y, folds, key=KEY)
    np.testing.assert_allclose(ours, plain(x, y, folds), atol=2e-5)


def test_folds_that_do_not_divide_the_rows():
    x, y = blobs(n=37)
    np.testing.assert_allclose(
        crossval_softmax_predict(x, y, num_splits=10, key=KEY), plain(x, y, 10), atol=2e-5
    )


def test_probabilities_independent_of_the_key():
    x, y = blobs()
    ours = crossval_softmax_predict(x, y, key=KEY)
    assert ours.shape == y.shape and ours.dtype == jnp.float32
    np.testing.assert_allclose(ours.sum(axis=1), 1, rtol=1e-5)
    other = crossval_softmax_predict(x, y, key=jax.random.PRNGKey(1))
    np.testing.assert_array_equal(ours, other)


def test_a_row_does_not_see_its_own_label():
    x, y = blobs()
    swapped = y.at[:6].set(jnp.roll(y[:6], 1, axis=1))  # the first of ten folds
    before = crossval_softmax_predict(x, y, key=KEY)
    after = crossval_softmax_predict(x, swapped, key=KEY)
    np.testing.assert_array_equal(before[:6], after[:6])
    assert jnp.abs(before[6:] - after[6:]).max() > 1e-3


@pytest.mark.parametrize("mapping", ["filter_vmap", "bmap", "jit"])
def test_mapped(mapping):
    pairs = [blobs(seed=seed) for seed in range(3)]
    x, y = (jnp.stack(arrays) for arrays in zip(*pairs, strict=True))

    def predict(x, y):
        return crossval_softmax_predict(x, y, key=KEY)

    mapped = {
        "filter_vmap": eqx.filter_vmap(predict),
        "bmap": bmap(predict, batch_size=2),
        "jit": eqx.filter_jit(jax.vmap(predict)),
    }[mapping](x, y)
    alone = jnp.stack([predict(*pair) for pair in pairs])
    np.testing.assert_allclose(mapped, alone, atol=1e-5)


def test_errors():
    x, y = blobs()
    for folds in (0, 1, 61, 2.5):
        with pytest.raises(InvalidValue, match="num_splits"):
            crossval_softmax_predict(x, y, folds, key=KEY)
    with pytest.raises(ValueError, match=r"\(60, 5\) and \(59, 3\)"):
        crossval_softmax_predict(x, y[:-1], key=KEY)
    with pytest.raises(ValueError, match=r"\(60,\)"):
        crossval_softmax_predict(x, y.argmax(axis=1), key=KEY)


@pytest.mark.parametrize(
    "code",
    [
        "sys.path.append(list(dissociation.fig4.__path__)[0]); from logistic import *",
        "from dissociation.fig4.logistic import crossval_softmax_predict",
    ],
)
def test_imports_that_the_docs_name(code):
    code = f"import sys, dissociation.fig4; {code}; print(crossval_softmax_predict.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "crossval_softmax_predict", done.stderr
