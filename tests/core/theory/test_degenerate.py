"""Networks of which little is left, predicted as they are measured: ties are answered by the first.

No curve of a page shows them, but any can come of training that went wrong, or of a script.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import visiting_order
from dissociation.core.measures import InputNoise, ParameterNoise
from dissociation.core.networks.network import Network
from dissociation.core.theory import stream_network
from dissociation.core.theory.methods import method_of

from .independent_draws import expected_errors

IMAGES, KEY = 200, jax.random.PRNGKey(3)
WIDTH = 64


def _weights(*shape: int) -> np.ndarray:
    drawn = np.random.default_rng(shape).standard_normal(shape)
    return (drawn / np.sqrt(shape[1])).astype(np.float32)


W1, W2, W3 = _weights(WIDTH, 784), _weights(WIDTH, WIDTH), _weights(10, WIDTH)
SILENT = np.where(np.isin(np.arange(10), (3, 5))[:, None], 0, W3).astype(np.float32)
TWINS = W3[[0, 1, 2, 3, 4, 3, 6, 7, 8, 9]]
NETWORKS = {
    "no W2": Network(W1, 0 * W2, W3),
    "no W3": Network(W1, W2, 0 * W3),
    "layer 1 is dead": Network(-abs(W1), W2, W3),
    "all alike": Network(0 * W1 - 1, 0 * W2 + 0.1, 0 * W3 + 0.1),
    "two outputs of nothing": Network(W1, W2, SILENT),
    "two outputs alike": Network(W1, W2, TWINS),
    "tiny": Network(W1 * np.float32(1e-12), W2, W3),
}
SMALL = {"noise_low": 1e-4, "noise_high": 1e-2, "points": 3}
NOISES = {
    "absolute": ParameterNoise(IMAGES, **SMALL),
    "relative": ParameterNoise(IMAGES, mode="relative", points=3),
}


def _predicted(measure, network) -> np.ndarray:
    *_, last = stream_network(measure, network)
    return last.errors


@pytest.mark.parametrize("name", ["no W2", "no W3", "layer 1 is dead", "two outputs alike", "tiny"])
def test_parameter_noise(name):
    network = NETWORKS[name]
    for kind, measure in NOISES.items():
        if (name, kind) == ("layer 1 is dead", "relative"):
            # Noise brings some neurons back now and then, which no Gaussian says.
            continue
        drawn = expected_errors(measure, network, key=KEY, draws=100).mean(0)
        assert np.abs(_predicted(measure, network) - drawn).max() <= 0.01, kind


@jax.jit
def _drawn(keys, sigmas, network):
    images = mnist_test().images[visiting_order()[:IMAGES]]
    labels = mnist_test().labels[visiting_order()[:IMAGES]].astype(np.int32)

    def wrong(key, sigma):
        hidden = images + sigma * jax.random.normal(key, images.shape)
        for weight in network[:2]:
            hidden = jax.nn.relu(hidden @ weight.T)
        return jnp.mean(jnp.argmax(hidden @ network.w3.T, 1) != labels)

    each = jax.vmap(wrong, (None, 0))
    return jax.lax.map(lambda key: each(key, sigmas), keys).mean(0)


@pytest.mark.parametrize("name", ["no W2", "no W3", "all alike", "two outputs of nothing", "tiny"])
def test_input_noise(name):
    measure = InputNoise(IMAGES, points=3)
    network = NETWORKS[name]
    expected = _drawn(jax.random.split(KEY, 60), measure.x.astype(np.float32), network)
    assert np.abs(_predicted(measure, network) - expected).max() <= 0.015
    if name == "no W3":
        # The lab measures it, too, where no neuron is left to be measured.
        *_, ((curve,),) = (
            news for news in measure.stream([[network]], keys=[KEY], key=KEY) if news is not None
        )
        np.testing.assert_allclose(curve.rates[0], expected, atol=1e-6)


@pytest.mark.parametrize("measure", [NOISES["absolute"], NOISES["relative"], InputNoise(IMAGES)])
@pytest.mark.parametrize("name", ["no W2", "two outputs of nothing"])
def test_without_any_noise_errors_are_counted(measure, name):
    network = NETWORKS[name]
    rows = visiting_order()[:64]
    images, labels = mnist_test().images[rows], mnist_test().labels[rows].astype(np.int32)
    hidden = np.maximum(np.maximum(images @ network.w1.T, 0) @ network.w2.T, 0)
    prepared = method_of(measure).prepare(network)
    found = prepared.errors(prepared.chunk(images, labels), 0.0)
    np.testing.assert_allclose(found, (hidden @ network.w3.T).argmax(1) != labels, atol=1e-6)
