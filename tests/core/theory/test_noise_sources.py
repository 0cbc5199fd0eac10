"""Closed forms of the logits' noise: against sampling, and the exact laws of the rewrites."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.manipulations import Balance, Duplicate, Nuisance, Permute, Scale, apply_all
from dissociation.core.manipulations.rescale import rescale_layer
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.network import Network, logits
from dissociation.core.theory import trade_off
from dissociation.core.theory.margins import clean_margins, margin_noise, one_hot
from dissociation.core.theory.noise_sources import PIECE, noise_sources, on_device, trace
from dissociation.core.theory.sampled_noise import draw, sample

KEY = jax.random.PRNGKey(5)
SMALL = 1e-4


@pytest.fixture(scope="module")
def network(reference_networks) -> Network:
    return reference_networks[0]


@pytest.fixture(scope="module")
def images(test_images) -> np.ndarray:
    return test_images[:PIECE]


@pytest.fixture(scope="module")
def sources(network, images):
    return noise_sources(network, images)


def rewritten(network: Network, *steps) -> Network:
    return apply_all(network, steps, key=KEY)


def test_against_noise_on_every_weight(small_networks, images):
    """Whole noise matrices, one shared by all images: the plain way, in NumPy."""
    network, few = small_networks[0], images[:20]
    clean = logits(network, few).astype(np.float64)
    predicted = noise_sources(network, few).terms
    rng = np.random.Generator(np.random.PCG64(0))
    for layer in range(3):
        found = []
        for _ in range(150):
            noise = [np.zeros(np.shape(weight)) for weight in network]
            noise[layer] = rng.normal(size=noise[layer].shape)
            both = zip(network, noise, strict=True)
            w1, w2, w3 = (np.asarray(weight, float) + SMALL * drawn for weight, drawn in both)
            h1 = np.maximum(few @ w1.T, 0)
            noisy = np.maximum(h1 @ w2.T, 0) @ w3.T
            found.append(np.mean(np.sum((noisy - clean) ** 2, 1)) / SMALL**2)
        error = np.std(found) / np.sqrt(len(found))
        assert abs(np.mean(found) - predicted[layer]) < 3 * error + 1e-3 * predicted[layer]


def test_against_sampling(network, images, test_labels):
    """A draw for every image and layer, as the lab samples; and the sum of all three."""
    device = on_device(network)
    right = one_hot(test_labels[:PIECE])
    predicted = trace(device, images).terms.mean(0)
    found = []
    for number in range(40):
        xi = draw(device, network.widths, jax.random.fold_in(KEY, number))
        found.append(sample(device, images, right, xi, np.array([SMALL])).squares[0].mean(-1))
    mean = np.mean(found, 0) / SMALL**2
    error = np.std(found, 0) / np.sqrt(len(found)) / SMALL**2
    assert np.all(np.abs(mean - [*predicted, predicted.sum()]) < 3 * error)


def test_a_draw_for_every_image_is_noise_on_weights(small_networks, images, test_labels):
    """At noise that switches half the network, too: means of ‖Δlogits‖² and of the error agree."""
    network, few, labels, sigma = small_networks[0], images[:50], test_labels[:50], 0.1
    device, right, clean = on_device(network), one_hot(labels), logits(network, few)
    fresh, shared = [], []
    for number in range(60):
        key = jax.random.fold_in(KEY, number)
        own = sample(device, few, right, draw(device, network.widths, key), np.array([sigma]))
        fresh.append([own.squares[0, 3].mean(), (own.margins[0] <= 0).mean()])
        noise = ParameterNoise().noise(network, key, 0)
        both = zip(network, noise, strict=True)
        outputs = logits(Network(*(w + np.float32(sigma) * drawn for w, drawn in both)), few)
        change = np.sum((outputs - clean) ** 2, 1).mean()
        shared.append([change, (clean_margins(outputs, labels) <= 0).mean()])
    gap = np.abs(np.mean(fresh, 0) - np.mean(shared, 0))
    error = np.sqrt((np.var(fresh, 0) + np.var(shared, 0)) / len(fresh))
    assert np.all(gap < 3 * error)


def test_products_are_those_of_a_network_whose_gates_stay(network, images):
    """With masks held and noise that is large beside the weights, in NumPy."""
    few, sigma = images[:10], 0.3
    w1, w2, w3 = (np.asarray(weight, float) for weight in network)
    z1 = few @ w1.T
    z2 = np.maximum(z1, 0) @ w2.T
    clean = np.maximum(z2, 0) @ w3.T
    rng = np.random.Generator(np.random.PCG64(2))
    found = []
    for _ in range(500):
        n1, n2, n3 = (w + sigma * rng.normal(size=w.shape) for w in (w1, w2, w3))
        noisy = (((few @ n1.T) * (z1 > 0)) @ n2.T * (z2 > 0)) @ n3.T
        found.append(np.mean(np.sum((noisy - clean) ** 2, 1)))
    sources = noise_sources(network, few)
    (expected,) = sources.noise(np.array([sigma]))
    assert abs(np.mean(found) - expected) < 3 * np.std(found) / np.sqrt(len(found))
    assert expected > 3 * sigma**2 * sources.gain
    shares = sources.shares_at(np.array([1e-6, sigma]))
    assert shares.sum(1) == pytest.approx(1) and shares[0, 3] < 1e-6 < 0.6 < shares[1, 3]


@pytest.mark.parametrize("layer", [1, 2])
def test_scaling_of_the_products(network, images, sources, layer):
    scaled = noise_sources(rewritten(network, Scale(3.0, layer)), images)
    into, out, rest = trade_off.split(sources, layer).at(0.2)
    told = trade_off.split(scaled, layer).at(0.2)
    assert told == pytest.approx((into / 9, out * 9, rest), rel=1e-4)
    assert sum(told) == pytest.approx(scaled.noise(np.array([0.2]))[0] / 0.04, rel=1e-4)
    best = trade_off.best_scale(sources, layer, 0.2)
    found = noise_sources(rewritten(network, Scale(best.factor, layer)), images)
    assert found.noise(np.array([0.2]))[0] / 0.04 == pytest.approx(best.gain, rel=1e-4)
    assert best.gain < sources.noise(np.array([0.2]))[0] / 0.04


def test_neurons_add_up(sources):
    assert sources.incoming[0].sum() == pytest.approx(sources.terms[0], rel=1e-5)
    assert sources.outgoing[0].sum() == pytest.approx(sources.terms[1], rel=1e-5)
    assert sources.incoming[1].sum() == pytest.approx(sources.terms[1], rel=1e-5)
    assert sources.outgoing[1].sum() == pytest.approx(sources.terms[2], rel=1e-5)
    assert sources.shares.sum() == pytest.approx(1)


def test_covariance(network, images, test_labels):
    found = trace(on_device(network), images)
    np.testing.assert_allclose(
        np.trace(found.covariance, axis1=1, axis2=2), found.terms.sum(1), rtol=1e-4
    )
    # The margin's own variance, by a direction of the logits.
    rows, labels = np.arange(PIECE), test_labels[:PIECE]
    others = found.logits.copy()
    others[rows, labels] = -np.inf
    ways = one_hot(labels) - one_hot(others.argmax(1))
    expected = np.einsum("na,nab,nb->n", ways, found.covariance, ways)
    np.testing.assert_allclose(
        margin_noise(found.logits, found.covariance, labels), expected, rtol=1e-3
    )


@settings(max_examples=8)
@given(alpha=st.floats(0.05, 50), layer=st.sampled_from([1, 2]))
def test_scaling(network, images, sources, alpha, layer):
    found = noise_sources(rewritten(network, Scale(alpha, layer)), images).terms
    expected = trade_off.scaled_terms(sources.terms, np.array([alpha]), layer)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    powers = {1: (alpha**-2, alpha**2, 1), 2: (1, alpha**-2, alpha**2)}[layer]
    np.testing.assert_allclose(found / sources.terms, powers, rtol=1e-4)


@pytest.mark.parametrize("copies", [2, 3])
def test_duplication(network, images, sources, copies):
    found = noise_sources(rewritten(network, Duplicate(float(copies))), images).terms
    np.testing.assert_allclose(found / sources.terms, (1, 1 / copies, copies), rtol=1e-4)


@settings(max_examples=4)
@given(groups=st.integers(1, 16))
def test_nuisance_adds_its_activations(network, images, sources, groups):
    noisy = rewritten(network, Nuisance(float(groups), group=1))
    added = np.maximum(np.maximum(images @ noisy.w1.T, 0) @ np.asarray(noisy.w2)[64:].T, 0)
    found = noise_sources(noisy, images).terms
    more = 10 * np.mean(np.sum(added.astype(float) ** 2, 1))
    np.testing.assert_allclose(found, sources.terms + [0, 0, more], rtol=1e-4)


def test_order_does_not_matter_and_few_images_are_padded(network, images, sources):
    found = noise_sources(rewritten(network, Permute(1.0)), images)
    np.testing.assert_allclose(found.terms, sources.terms, rtol=1e-5)
    parts = [noise_sources(network, images[part]).terms for part in (slice(0, 7), slice(7, None))]
    np.testing.assert_allclose((7 * parts[0] + 243 * parts[1]) / 250, sources.terms, rtol=1e-5)


@pytest.mark.parametrize("layer", [1, 2])
def test_the_best_scale(network, images, sources, layer):
    factor, gain = trade_off.best_scale(sources, layer)
    tried = trade_off.scaled_terms(sources.terms, factor * np.logspace(-1, 1, 41), layer).sum(1)
    assert tried.argmin() == 20 and tried[20] == pytest.approx(gain)
    found = noise_sources(rewritten(network, Scale(factor, layer)), images)
    assert found.gain == pytest.approx(gain, rel=1e-4)
    # From a rewritten network the way back leads to the same place.
    terms = trade_off.scaled_terms(sources.terms, np.array([20.0]), layer)[0]
    scaled = dataclasses.replace(sources, terms=terms)
    assert trade_off.best_scale(scaled, layer).factor == pytest.approx(factor / 20)


@pytest.mark.parametrize("layer", [1, 2])
def test_the_best_rescaling(network, images, sources, layer):
    best = trade_off.best_rescaling(sources, layer)
    factors = trade_off.best_factors(sources, layer).astype(np.float32)
    w1, w2, w3 = map(np.asarray, network)
    if layer == 1:
        changed = Network(*rescale_layer(w1, w2, factors), w3)
    else:
        changed = Network(w1, *rescale_layer(w2, w3, factors))
    found = noise_sources(changed, images)
    assert found.gain == pytest.approx(best, rel=1e-4)
    assert best < trade_off.best_scale(sources, layer).gain < sources.gain
    assert best < noise_sources(rewritten(network, Balance(1.0)), images).gain


def test_without_noise_to_weigh_there_is_no_best(sources):
    nothing = dataclasses.replace(sources, terms=np.array([1.0, 0.0, 2.0]))
    factor, gain = trade_off.best_scale(nothing, 2)
    assert np.isnan(factor) and gain == 3
