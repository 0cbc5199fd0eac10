from __future__ import annotations

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from notebook_networks import notebook_networks

import dissociation.fig4.mnist as module
from dissociation.core.networks.training import PAPER, trained
from dissociation.core.validation import InvalidValue
from dissociation.fig4.mnist import mnist_data, train_mnist

KEY = jax.random.PRNGKey(37)


def test_data(test_images, test_labels):
    x_train, y_train, x_test, y_test = mnist_data()
    assert x_train.shape == (60_000, 784) and y_train.shape == (60_000, 10)
    assert x_test.shape == (10_000, 784) and y_test.shape == (10_000, 10)
    for array in (x_train, y_train, x_test, y_test):
        assert isinstance(array, jax.Array) and array.dtype == jnp.float32
        assert array.min() == 0 and array.max() == 1
    for labels in (y_train, y_test):
        assert (labels.sum(axis=1) == 1).all()
    np.testing.assert_array_equal(x_test, test_images)
    np.testing.assert_array_equal(y_test.argmax(axis=1), test_labels)
    # The first training digits, as everywhere in the literature.
    assert y_train[:10].argmax(axis=1).tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]


def test_initial_ensemble_is_the_notebooks():
    theirs = notebook_networks(jax.random.split(KEY, 2), 1024)
    ours = train_mnist(num_epochs=0, num_seeds=2)
    assert isinstance(ours, eqx.nn.MLP)
    shapes = [layer.weight.shape for layer in ours.layers]
    assert shapes == [(2, 1024, 784), (2, 1024, 1024), (2, 10, 1024)]
    for our_layer, their_layer in zip(ours.layers, theirs.layers, strict=True):
        np.testing.assert_array_equal(our_layer.weight, their_layer.weight)
        assert our_layer.bias is None
    assert len(jax.tree.leaves(eqx.filter(ours, eqx.is_array))) == 3
    x = jnp.linspace(0, 1, 784)
    evaluate = eqx.filter_vmap(lambda model, x: model(x), in_axes=(eqx.if_array(0), None))
    np.testing.assert_allclose(evaluate(ours, x), evaluate(theirs, x), rtol=1e-6)


def test_another_key():
    ours = train_mnist(num_epochs=0, num_seeds=1, key=jax.random.PRNGKey(1))
    same = train_mnist(num_epochs=0, num_seeds=1)
    assert not jnp.array_equal(ours.layers[0].weight, same.layers[0].weight)


@pytest.fixture
def narrow(monkeypatch):
    """The paper's recipe at width 32, which trains in a second."""
    recipe = dataclasses.replace(PAPER, width=32)
    monkeypatch.setattr(module, "PAPER", recipe)
    return recipe


def test_training(narrow, test_images, test_labels):
    model = train_mnist(num_epochs=1, num_seeds=2)

    @eqx.filter_vmap(in_axes=(eqx.if_array(0), None))
    def predict(model, x):
        return jax.vmap(model)(x).argmax(axis=1)

    errors = (np.asarray(predict(model, jnp.asarray(test_images))) != test_labels).mean(axis=1)
    assert errors.shape == (2,) and (errors < 0.15).all()
    # Each seed is trained with its own key, exactly as the lab trains it.
    recipe = dataclasses.replace(narrow, epochs=1)
    alone = trained(recipe, jax.random.split(KEY, 2)[1])
    np.testing.assert_array_equal(model.layers[1].weight[1], alone.w2)


@pytest.mark.parametrize(
    "arguments", [{"num_seeds": 0}, {"num_epochs": -1}, {"num_seeds": 1.5}, {"num_epochs": "3"}]
)
def test_errors(arguments):
    with pytest.raises(InvalidValue, match="num_seeds|epochs"):
        train_mnist(**arguments)
