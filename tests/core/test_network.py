from __future__ import annotations

import dataclasses
import hashlib

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_networks import notebook_networks

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Phantom, Scale
from dissociation.core.measures import InputNoise
from dissociation.core.networks.function_checks import function_check
from dissociation.core.networks.mlp import ensemble, from_mlp, to_mlp
from dissociation.core.networks.network import (
    CHUNK,
    Network,
    features,
    initial_mlp,
    initial_network,
    logits,
    padded_chunks,
    seed_key,
    weights_digest,
)
from dissociation.core.phantom.study import PhantomStudy, study_phantom
from dissociation.core.runner import run
from dissociation.core.similarity.comparison import Comparison, NetworkSpec, compare
from dissociation.core.theory import predicted_curve
from dissociation.core.theory.causes import NoiseDecomposition, study_causes
from dissociation.core.theory.norms import network_norms
from dissociation.core.validation import InvalidValue, NotFinite


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
        w1, w2, w3 = small_networks[0]
        narrow = Network(w1[:8], w2[:8, :8], w3[:, :8])
        with pytest.raises(InvalidValue, match="widths"):
            ensemble([small_networks[0], narrow])


def mlp_of(*shape, **settings):
    """An `eqx.nn.MLP` as the lab has them, or with other settings."""
    fixed = {"use_bias": False, "use_final_bias": False, "key": jax.random.PRNGKey(0)}
    return eqx.nn.MLP(*(shape or (784, 10, 16, 2)), **{**fixed, **settings})


def changed(mlp, change):
    return jax.tree.map(lambda leaf: change(leaf) if eqx.is_array(leaf) else leaf, mlp)


class Doubled(eqx.nn.MLP):
    def __call__(self, x, *, key=None):
        return 2 * super().__call__(x)


class TestFromMlp:
    @pytest.mark.parametrize(
        "mlp",
        [
            mlp_of(),
            mlp_of(activation=lambda x: jnp.maximum(x, 0.0)),
            mlp_of(scan=True),
            changed(mlp_of(use_bias=True, use_final_bias=True), lambda x: x * float(x.ndim > 1)),
            changed(mlp_of(), lambda x: x.astype(jnp.bfloat16)),
            changed(mlp_of(), lambda x: x.astype(jnp.float16)),
        ],
        ids=["relu", "maximum", "scan", "zero biases", "bfloat16", "float16"],
    )
    def test_computes_the_same(self, mlp, test_images):
        x = test_images[:20]
        single = changed(mlp, lambda leaf: leaf.astype(jnp.float32))
        network = from_mlp(mlp)
        assert all(weight.dtype == np.float32 for weight in network)
        np.testing.assert_allclose(logits(network, x), jax.vmap(single)(x), atol=1e-6)

    @pytest.mark.parametrize(
        "named, mlp",
        [
            ("bias of layer 1", mlp_of(use_bias=True)),
            ("bias of layer 3", mlp_of(use_final_bias=True)),
            ("activation = 'tanh'", mlp_of(activation=jnp.tanh)),
            ("activation = 'gelu'", mlp_of(activation=jax.nn.gelu)),
            ("activation = 'relu6'", mlp_of(activation=jax.nn.relu6)),
            ("activation = 'leaky_relu'", mlp_of(activation=jax.nn.leaky_relu)),
            ("activation = 'PReLU'", mlp_of(activation=eqx.nn.PReLU(0.0))),
            ("final_activation = 'softmax'", mlp_of(final_activation=jax.nn.softmax)),
            ("final_activation = 'relu'", mlp_of(final_activation=jax.nn.relu)),
            ("depth = 1", mlp_of(784, 10, 16, 1)),
            ("depth = 3", mlp_of(784, 10, 16, 3)),
            ("shape of w1 = (16, 196)", mlp_of(196, 10, 16, 2)),
            ("shape of w3 = (26, 16)", mlp_of(784, 26, 16, 2)),
            ("shape of w1 = (2, 16, 784)", changed(mlp_of(), lambda x: jnp.stack([x, x]))),
            ("w1 = nan", changed(mlp_of(), lambda x: x.at[0, 0].set(jnp.nan))),
            ("mlp = 'Doubled'", Doubled(784, 10, 16, 2, key=jax.random.PRNGKey(0))),
            ("mlp = 'Linear'", eqx.nn.Linear(784, 10, key=jax.random.PRNGKey(0))),
        ],
    )
    def test_refuses_what_it_cannot_represent(self, named, mlp):
        with pytest.raises(InvalidValue) as refused:
            from_mlp(mlp)
        assert str(refused.value).startswith(named)

    def test_refuses_another_layer(self):
        other = eqx.nn.LayerNorm(16)
        mlp = eqx.tree_at(lambda m: m.layers[1], mlp_of(), other)
        with pytest.raises(InvalidValue, match="layer 2 = 'LayerNorm'"):
            from_mlp(mlp)


STUDY = Experiment(InputNoise(images=100, points=2), seeds=1)
USES = {
    "logits": lambda network: logits(network, np.zeros((1, 784), np.float32)),
    "run": lambda network: run(STUDY, [network]),
    "predicted_curve": lambda network: predicted_curve(STUDY, [network]),
    "compare": lambda network: compare(
        Comparison(NetworkSpec(), NetworkSpec()), (network, network)
    ),
    "function_check": lambda network: function_check(network, network, key=seed_key(0)),
    "network_norms": network_norms,
    "study_causes": lambda network: study_causes(NoiseDecomposition(), network),
    "study_phantom": lambda network: study_phantom(PhantomStudy(Phantom()), network),
    "to_mlp": to_mlp,
    "ensemble": lambda network: ensemble([network]),
}
CHANGES = {
    "shape of w1 = (16, 196)": lambda n: n._replace(w1=n.w1[:, :196]),
    "shape of w2 = (16, 15)": lambda n: n._replace(w2=n.w2[:, :15]),
    "shape of w3 = (26, 16)": lambda n: n._replace(w3=np.resize(n.w3, (26, 16))),
    "shape of w2 = (0, 16)": lambda n: n._replace(w2=n.w2[:0]),
    "w2 = nan": lambda n: n._replace(w2=n.w2 * np.nan),
    "w3 = 1e+300": lambda n: n._replace(w3=np.full((10, 16), 1e300)),
    "type of w1 = 'complex64'": lambda n: n._replace(w1=n.w1.astype(np.complex64)),
    "network = 'tuple'": lambda n: n[:2],
}


@pytest.mark.parametrize("use", USES)
def test_a_network_that_does_not_fit_is_refused_wherever_it_comes_in(use, small_networks):
    for told, change in CHANGES.items():
        with pytest.raises(InvalidValue) as refused:
            USES[use](change(small_networks[0]))
        assert str(refused.value).startswith(told)


def test_one_network_a_seed(small_networks):
    with pytest.raises(InvalidValue, match="networks = 2 cannot be used: give 1, one a seed"):
        run(STUDY, small_networks[:2])


def test_a_rewrite_that_overflows_is_refused(small_networks):
    large = small_networks[0]._replace(w2=small_networks[0].w2 * np.float32(1e37))
    study = Experiment(InputNoise(images=100, points=2), (Scale(1000.0),), seeds=1)
    with pytest.raises(NotFinite, match="Scaled.* makes weights that are too large"):
        run(dataclasses.replace(study, measure_anyway=True), [large])


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
