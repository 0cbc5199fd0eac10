"""The signatures of the notebook's own helpers, names, kinds and defaults."""

from __future__ import annotations

import inspect

import equinox as eqx
import jax
import numpy as np
import pytest

from dissociation.fig4.bmap import bmap
from dissociation.fig4.expand import add_random_zero_neurons, duplicate_neurons, scale_neurons
from dissociation.fig4.logistic import crossval_softmax_predict
from dissociation.fig4.mnist import mnist_data, train_mnist

ONLY_BY_NAME = "*"
NEEDED = inspect.Parameter.empty
SIGNATURES = {
    bmap: {
        "fun": NEEDED,
        ONLY_BY_NAME: None,
        "in_axes": eqx.if_array(0),
        "out_axes": eqx.if_array(0),
        "axis_name": None,
        "axis_size": None,
        "batch_size": None,
    },
    train_mnist: {
        ONLY_BY_NAME: None,
        "num_epochs": 30,
        "num_seeds": 10,
        "key": jax.random.PRNGKey(37),
    },
    mnist_data: {},
    crossval_softmax_predict: {
        "x": NEEDED,
        "y": NEEDED,
        "num_splits": 10,
        ONLY_BY_NAME: None,
        "key": NEEDED,
    },
    scale_neurons: {"w_in": NEEDED, "w_out": NEEDED, "scale_factor": 0.1},
    duplicate_neurons: {"w_in": NEEDED, "w_out": NEEDED, "duplicate_multiplier": 1.2},
    add_random_zero_neurons: {
        "w_in": NEEDED,
        "w_out": NEEDED,
        "num_zero_groups": 3,
        "neurons_per_group": 4,
        ONLY_BY_NAME: None,
        "key": NEEDED,
    },
}


@pytest.mark.parametrize("function", SIGNATURES, ids=lambda function: function.__name__)
def test_signature(function):
    names = list(SIGNATURES[function])
    by_name = names.index(ONLY_BY_NAME) if ONLY_BY_NAME in names else len(names)
    wanted = {name: default for name, default in SIGNATURES[function].items() if name != "*"}
    parameters = inspect.signature(function).parameters
    assert list(parameters) == list(wanted)
    for position, (name, parameter) in enumerate(parameters.items()):
        kinds = [parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY]
        assert parameter.kind == kinds[position >= by_name]
        if eqx.is_array(wanted[name]):
            np.testing.assert_array_equal(parameter.default, wanted[name])
        else:
            assert parameter.default == wanted[name]
