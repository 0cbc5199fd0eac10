from __future__ import annotations

import hashlib

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_networks import notebook_networks

from dissociation.network import (
    CHUNK,
    Network,
    ensemble,
    features,
    from_mlp,
    initial_mlp,
    initial_network,
    logits,
    padded_chunks,
    seed_key,
    to_mlp,
    weights_digest,
)


def forward(network: Network, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features and logits in NumPy and float64."""
    w1, w2, w3 = (np.asarray(weight, np.float64) for weight in network)
    h1 = np.maximum(images @ w1.T, 0)
    h2 = np.maximum(h1 @ w2.T, 0)
    return h2, h2 @ w3.T


class TestSeedKey:
    @pytest.mark.parametrize("seeds", [1, 2, 4])
    def test_is_the_notebooks_whatever_the_number_of_seeds(self, seeds):
        keys = jax.random.split(jax.random.PRNGKey(37), seeds)
        for seed in range(seeds):
            np.testing.assert_array_equal(seed_key(seed), keys[seed])

    def test_of_another_key(self):
        key = jax.random.PRNGKey(5)
        np.testing.assert_array_equal(seed_key(2, key), jax.random.split(key, 4)[2])
        assert not np.array_equal(seed_key(2, key), seed_key(2))


class TestInitialNetwork:
    def test_is_the_notebooks(self):
        # The notebook builds all seeds at once.
        stacked = notebook_networks(jax.random.split(jax.random.PRNGKey(37), 3), 16)
        for seed in range(3):
            network = initial_network(seed_key(seed), 16)
            for layer, weight in zip(stacked.layers, network, strict=True):
                np.testing.assert_allclose(weight, layer.weight[seed], rtol=0, atol=1e-7)

    def test_scale(self, small_networks):
        # Uniform in ±1/√(fan in), as equinox does it.
        for weight in small_networks[0]:
            assert weight.dtype == np.float32
            limit = weight.shape[1] ** -0.5
            assert 0.9 * limit < np.abs(weight).max() <= limit

    def test_widths(self, small_networks):
        assert small_networks[0].widths == (16, 16)
        assert [w.shape for w in small_networks[0]] == [(16, 784), (16, 16), (10, 16)]


class TestMlp:
    @pytest.mark.parametrize("widths", [(16, 16), (9, 21)])
    def test_there_and_back(self, widths, small_networks, test_images):
        first, second = widths
        w1, w2, w3 = (np.resize(w, 784 * 21).astype(np.float32) for w in small_networks[0])
        network = Network(
            w1[: first * 784].reshape(first, 784),
            w2[: second * first].reshape(second, first),
            w3[: 10 * second].reshape(10, second),
        )
        mlp = to_mlp(network)
        for before, after in zip(network, from_mlp(mlp), strict=True):
            np.testing.assert_array_equal(before, after)
        outputs = jax.vmap(mlp)(jnp.asarray(test_images[:20]))
        expected = forward(network, test_images[:20])[1]
        np.testing.assert_allclose(outputs, expected, atol=1e-5 * np.abs(expected).max())

    def test_initial_mlp_has_the_same_structure(self, small_networks):
        built = to_mlp(small_networks[0])
        original = initial_mlp(jax.random.PRNGKey(0), 16)
        static = [eqx.filter(model, eqx.is_array, inverse=True) for model in (built, original)]
        arrays = [eqx.filter(model, eqx.is_array) for model in (built, original)]
        assert eqx.tree_equal(*static)
        assert jax.tree.structure(arrays[0]) == jax.tree.structure(arrays[1])

    def test_ensemble(self, small_networks, test_images):
        images = test_images[:20]
        apply = eqx.filter_vmap(lambda mlp, x: jax.vmap(mlp)(x), in_axes=(eqx.if_array(0), None))
        outputs = apply(ensemble(small_networks), jnp.asarray(images))
        assert outputs.shape == (3, 20, 10)
        for network, output in zip(small_networks, outputs, strict=True):
            np.testing.assert_allclose(output, logits(network, images), atol=1e-6)

    def test_ensemble_of_unequal_widths(self, small_networks):
        narrow = Network(*(w[:8] if w.shape[0] == 16 else w for w in small_networks[0]))
        with pytest.raises(ValueError):
            ensemble([small_networks[0], narrow])


class TestForward:
    @pytest.mark.parametrize("rows", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 7])
    def test_any_number_of_images(self, rows, small_networks, test_images):
        hidden, outputs = forward(small_networks[1], test_images[:rows])
        found = logits(small_networks[1], test_images[:rows])
        assert found.shape == (rows, 10) and found.dtype == np.float32
        np.testing.assert_allclose(found, outputs, atol=1e-5)
        found = features(small_networks[1], test_images[:rows])
        assert found.shape == (rows, 16) and found.dtype == np.float32
        np.testing.assert_allclose(found, hidden, atol=1e-5)

    def test_images_keep_their_order_and_their_own_results(self, small_networks, test_images):
        rows = np.arange(2 * CHUNK - 300)
        order = np.random.default_rng(0).permutation(rows)
        whole = logits(small_networks[0], test_images[rows])
        np.testing.assert_array_equal(logits(small_networks[0], test_images[order]), whole[order])

    def test_accepts_jax_arrays(self, small_networks, test_images):
        on_device = Network(*map(jnp.asarray, small_networks[0]))
        images = test_images[:10]
        np.testing.assert_array_equal(logits(on_device, images), logits(small_networks[0], images))

    def test_one_shape_for_every_number_of_images(self):
        chunks = list(padded_chunks(np.ones((23, 3), np.float32), 10))
        assert [(chunk.shape, real) for chunk, real in chunks] == [((10, 3), 10)] * 2 + [
            ((10, 3), 3)
        ]
        assert chunks[-1][0].sum() == 9 and chunks[-1][0].dtype == np.float32


class TestDigest:
    @settings(max_examples=30)
    @given(layer=st.integers(0, 2), place=st.integers(0, 159), bit=st.integers(0, 31))
    def test_changes_with_any_bit_of_any_weight(self, small_networks, layer, place, bit):
        weights = [np.array(weight) for weight in small_networks[0]]
        weights[layer].reshape(-1).view(np.uint32)[place] ^= np.uint32(1 << bit)
        assert weights_digest(Network(*weights)) != weights_digest(small_networks[0])

    def test_changes_with_order_and_shape(self, small_networks):
        network = small_networks[0]
        assert weights_digest(network._replace(w2=network.w2[::-1])) != weights_digest(network)
        assert weights_digest(network._replace(w2=network.w2.T)) != weights_digest(network)
        # The same bytes in the same order, cut into layers elsewhere.
        square = Network(*(np.zeros(shape, np.float32) for shape in ((4, 4), (4, 4), (4, 4))))
        oblong = Network(*(np.zeros(shape, np.float32) for shape in ((2, 8), (8, 2), (4, 4))))
        assert weights_digest(square) != weights_digest(oblong)

    def test_does_not_depend_on_how_the_weights_are_held(self, small_networks):
        network = small_networks[0]
        expected = weights_digest(network)
        assert weights_digest(Network(*map(jnp.asarray, network))) == expected
        assert weights_digest(Network(*map(np.asfortranarray, network))) == expected
        assert len(bytes.fromhex(expected)) == hashlib.sha256().digest_size
