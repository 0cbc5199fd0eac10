"""The normal form: one and the same for every exact rewrite, and another for any other network."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.data.datasets import mnist_test
from dissociation.core.manipulations import (
    REGISTRY,
    Balance,
    Duplicate,
    InputNull,
    Nuisance,
    Permute,
    Phantom,
    Rescale,
    Scale,
    apply_all,
)
from dissociation.core.networks.network import Network, logits
from dissociation.core.networks.normal_form import compare_normal_forms, normal_form

EXACT = (
    Scale(20.0),
    Scale(0.05, layer=1),
    Duplicate(2.0),
    Duplicate(1.3, layer=1),
    Nuisance(16.0),
    Nuisance(8.0, layer=1, group=3),
    Nuisance(8.0, incoming="identical"),
    Nuisance(8.0, group=1),
    Rescale(1.0),
    Permute(1.0),
    Balance(1.0),
    Phantom(1.0, layer=1),
    Phantom(3.0, shown_in="activations", group=1),
)


@pytest.fixture(scope="module")
def network(reference_networks) -> Network:
    return reference_networks[0]


def test_every_exact_rewrite_is_tried():
    exact = {name for name, cls in REGISTRY.items() if cls().exact_everywhere}
    assert {type(step).name for step in EXACT} == exact


def test_the_function_stays(network):
    images = mnist_test().images[:500]
    before, after = logits(network, images), logits(normal_form(network), images)
    assert np.abs(after - before).max() < 1e-4 * np.abs(before).max()


def test_neurons_are_unit_and_ordered(network):
    form = normal_form(network)
    for weight in (form.w1, form.w2):
        np.testing.assert_allclose(np.linalg.norm(weight, axis=1), 1, atol=1e-5)
    norms = np.linalg.norm(form.w3, axis=0)
    assert np.all(np.diff(norms) <= 0)


def test_it_is_its_own_normal_form(network):
    assert compare_normal_forms(normal_form(network), network).residual < 1e-5


@settings(max_examples=25)
@given(
    steps=st.lists(st.sampled_from(EXACT), min_size=1, max_size=4),
    key=st.integers(0, 2**31 - 1),
)
def test_every_sequence_of_exact_rewrites_returns(network, steps, key):
    rewritten = apply_all(network, steps, key=jax.random.PRNGKey(key))
    found = compare_normal_forms(network, rewritten)
    assert found.first == found.second and found.residual < 1e-3


def test_others_do_not(reference_networks):
    first, second = reference_networks
    assert compare_normal_forms(first, second).residual > 0.1
    moved = apply_all(first, [InputNull(0.1)], key=jax.random.PRNGKey(0))
    assert compare_normal_forms(first, moved).residual > 1e-3


def test_silent_neurons_are_dropped(network):
    w1 = np.pad(network.w1, ((0, 3), (0, 0)))
    w2 = np.pad(network.w2, ((0, 0), (0, 3)), constant_values=1.0)
    assert compare_normal_forms(network, Network(w1, w2, network.w3)).residual < 1e-5


def test_a_network_of_nothing():
    zero = Network(*(np.zeros(shape, np.float32) for shape in ((4, 784), (4, 4), (10, 4))))
    assert normal_form(zero).widths == (0, 0)
    assert compare_normal_forms(zero, zero).residual == float("inf")
