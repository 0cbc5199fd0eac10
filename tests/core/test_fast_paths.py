"""Every fast path of the noise measures against a plain forward pass, on random networks."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dissociation.core import manipulations as m
from dissociation.core.data.datasets import mnist_test
from dissociation.core.draws import normal
from dissociation.core.measures import InputNoise, ParameterNoise, base
from dissociation.core.measures import noise_kernels as kernels
from dissociation.core.measures.shared_neurons import shared_neurons
from dissociation.core.networks.network import Network

#: Images so near to a tie that a different order of sums decides otherwise.
TIE = 2e-4

steps = st.sampled_from(
    [
        None,
        m.Scale(20.0),
        m.Scale(0.3),
        m.Scale(5.0, layer=1),
        m.Rescale(1.5),
        m.Permute(),
        m.Duplicate(1.3),
        m.Duplicate(2.0),
        m.Duplicate(3.0, layer=1),
        m.Nuisance(7.0, group=2),
        m.Nuisance(40.0),
        m.Nuisance(33.0, incoming="identical"),
        m.Balance(),
        m.InputNull(0.1),
    ]
)
networks = st.tuples(st.sampled_from([(16, 16), (24, 40), (70, 33)]), st.integers(0, 10**6))


def random_network(widths, seed) -> Network:
    rng = np.random.default_rng(seed)
    shapes = (widths[0], 784), (widths[1], widths[0]), (10, widths[1])
    draw = (rng.normal(size=s) / np.sqrt(s[1]) for s in shapes)
    return Network(*(weight.astype(np.float32) for weight in draw))


def plain_logits(network, images) -> np.ndarray:
    w1, w2, w3 = (np.asarray(weight, np.float64) for weight in network)
    return np.maximum(np.maximum(images @ w1.T, 0) @ w2.T, 0) @ w3.T


def check(errors, logits, labels) -> None:
    """Wrong predictions, but for images whose two largest logits tie."""
    wrong = int(np.sum(logits.argmax(1) != labels))
    top = np.sort(logits, axis=1)
    ties = int(np.sum(top[:, -1] - top[:, -2] < TIE * np.abs(logits).max()))
    assert abs(errors - wrong) <= ties


def points(measure, curve):
    """Noise scales and errors, the clean ones first."""
    return zip((0, *measure.x), (curve.clean_errors, *curve.errors[0]), strict=True)


def rewritten(network, chosen, key) -> list[Network]:
    return [network if step is None else m.apply_all(network, (step,), key=key) for step in chosen]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    network=networks,
    chosen=st.lists(steps, min_size=1, max_size=5),
    mode=st.sampled_from(["absolute", "relative"]),
    layers=st.sampled_from(["123", "123", "2", "13"]),
    images=st.sampled_from([100, base.FIRST_CHUNK, base.FIRST_CHUNK + 7]),
)
def test_parameter_noise(network, chosen, mode, layers, images):
    key = jax.random.PRNGKey(network[1])
    conditions = rewritten(random_network(*network), chosen, key)
    measure = ParameterNoise(images, 0.01, 2.0, 3, mode, layers)
    curves = [c for c in measure.stream([[n] for n in conditions], keys=[key], key=key) if c][-1]
    data, seen = mnist_test(), base.visiting_order()[:images]
    for condition, (curve,) in zip(conditions, curves, strict=True):
        noise = measure.noise(condition, key, 0)
        for sigma, errors in zip(
            (0, *measure.x), (curve.clean_errors, *curve.errors[0]), strict=True
        ):
            noisy = [w + sigma * n for w, n in zip(condition, noise, strict=True)]
            check(errors, plain_logits(noisy, data.images[seen]), data.labels[seen])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(network=networks, chosen=st.lists(steps, min_size=1, max_size=5))
def test_input_noise(network, chosen):
    key, images = jax.random.PRNGKey(network[1]), 170
    conditions = rewritten(random_network(*network), chosen, key)
    measure = InputNoise(images, 0.1, 3.0, 3)
    curves = [c for c in measure.stream([[n] for n in conditions], keys=[key], key=key) if c][-1]
    data, seen = mnist_test(), base.visiting_order()[:images]
    noise = normal(jax.random.split(key)[0], (10_000, 784))[seen]
    for condition, (curve,) in zip(conditions, curves, strict=True):
        for sigma, errors in zip(
            (0, *measure.x), (curve.clean_errors, *curve.errors[0]), strict=True
        ):
            check(
                errors,
                plain_logits(condition, data.images[seen] + sigma * noise),
                data.labels[seen],
            )


class TestTheWayWithFewerProducts:
    """Both ways are taken, each where it is shorter, and products are not made twice."""

    def share(self, *chosen, width=64):
        network = random_network((32, width), 1)
        key = jax.random.PRNGKey(0)
        conditions = rewritten(network, chosen, key)
        widest = max(len(c.w2) for c in conditions)
        layer = shared_neurons(
            [np.asarray(c.w2) for c in conditions],
            [np.asarray(c.w3) for c in conditions],
            normal(key, (widest, 32)),
            [np.ones_like(c.w3) for c in conditions],
        )
        return kernels.share(np.asarray(network.w1), None, layer, range(len(conditions)))

    def test_one_condition_adds_weights_first(self):
        assert self.share(None).in_a_row is None
        assert int(self.share(None).scattered.count) == 1

    def test_scales_share_two_products(self):
        shared = self.share(*(m.Scale(float(a)) for a in range(2, 12)))
        assert shared.in_a_row is not None and int(shared.in_a_row.count) == 10
        # 64 rows of weights, 64 of noise.
        assert len(shared.rows) == 128

    def test_the_notebooks_panel_makes_four_products(self):
        shared = self.share(None, m.Scale(20.0), m.Duplicate(2.0), m.Nuisance(64.0))
        # Weights, nuisance, and the noise of 128 rows.
        assert len(shared.rows) == 4 * 64

    @pytest.mark.parametrize("step", [m.Duplicate(2.0), m.Rescale(1.0), m.Permute(), m.Scale(7.0)])
    def test_without_noise_a_rewrite_costs_nothing(self, step):
        network = random_network((32, 64), 2)
        both = rewritten(network, (None, step), jax.random.PRNGKey(0))
        layer = shared_neurons([np.asarray(n.w2) for n in both], [np.asarray(n.w3) for n in both])
        assert len(layer.signals) == 64 and len(layer.noises) == 0
