"""One table over the registry that every member must pass, then what is particular to each."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dissociation.core import manipulations as manipulate
from dissociation.core.data.datasets import mnist_test, mnist_train
from dissociation.core.draws import normal
from dissociation.core.manipulations import (
    MAX_WIDTH,
    REGISTRY,
    Balance,
    Duplicate,
    HiddenNull,
    InputNull,
    Nuisance,
    Permute,
    Rescale,
    Scale,
    apply_all,
    exact_everywhere,
    hidden_null,
    input_null,
    make,
)
from dissociation.core.manipulations.base import around, with_layer
from dissociation.core.manipulations.duplicate import copies
from dissociation.core.manipulations.hidden_null import hidden_activations
from dissociation.core.networks import null_spaces
from dissociation.core.networks.network import Network, logits, weights_digest
from dissociation.core.networks.null_spaces import input_null_space, null_space
from dissociation.core.validation import InvalidValue

KEY = jax.random.PRNGKey(3)
TOLERANCE = 1e-5
IMAGES = 400
RANDOM = {"nuisance", "phantom", "input_null", "rescale", "permute", "hidden_null"}
#: Numbers of groups beyond the default would only cost time.
WHOLE_STRENGTHS = [1.0, 6.0]


def outputs(network: Network, images: np.ndarray) -> np.ndarray:
    """Logits in float64, so that only rounding of the weights themselves shows."""
    w1, w2, w3 = (np.asarray(weight, np.float64) for weight in network)
    return np.maximum(np.maximum(images @ w1.T, 0) @ w2.T, 0) @ w3.T


def change(before: np.ndarray, after: np.ndarray) -> float:
    """Largest |Δlogit| relative to the logit scale."""
    return float(np.abs(after - before).max() / np.abs(before).max())


def random_network(widths: tuple[int, int], seed: int) -> Network:
    """Weights of roughly trained size, read-only, so that any write to them fails."""
    rng = np.random.default_rng(seed)
    first, second = widths
    weights = []
    for shape in ((first, 784), (second, first), (10, second)):
        weight = (rng.normal(size=shape) / np.sqrt(shape[1])).astype(np.float32)
        weight.flags.writeable = False
        weights.append(weight)
    return Network(*weights)


@pytest.fixture(scope="module")
def network() -> Network:
    return random_network((24, 16), 0)


@pytest.fixture(scope="module")
def random_inputs() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(IMAGES, 784)).astype(np.float32)


@st.composite
def instances(draw, name: str) -> manipulate.Manipulation:
    """A manipulation with any of its strengths, layers, options and counts."""
    cls = REGISTRY[name]
    declared = cls.strength_range
    if declared.integer:
        strength = draw(st.sampled_from(WHOLE_STRENGTHS))
    elif declared.log:
        logarithm = st.floats(np.log(declared.low), np.log(declared.high))
        strength = float(np.clip(np.exp(draw(logarithm)), declared.low, declared.high))
    else:
        strength = draw(st.floats(declared.low, declared.high))
    fields = {"strength": strength, "layer": draw(st.sampled_from(cls.layers))}
    for field, option in cls.options.items():
        # The training images take long; they have tests of their own.
        fields[field] = draw(st.sampled_from(sorted(set(option.choices) - {"train"})))
    for field, count in cls.counts.items():
        fields[field] = draw(st.sampled_from([count.low, count.high]))
    return make(name, **fields)


#: Few widths, as JAX compiles its draws anew for each.
WIDTHS = [(24, 16), (16, 24)]
KEYS = st.integers(0, 2**31 - 1)


@pytest.mark.parametrize("name", REGISTRY)
class TestEveryManipulation:
    def test_declarations(self, name):
        cls = REGISTRY[name]
        assert cls.name == name
        for words in (cls.label, cls.rule, cls.about, cls.cite, cls.strength_range.unit):
            assert words.strip()
        declared = cls.strength_range
        assert declared.low <= declared.default <= declared.high
        assert not declared.log or declared.low > 0
        default = cls()
        assert default.strength == declared.default
        assert default.layer in cls.layers
        assert default.describe().startswith(cls.label)
        fields = {field.name for field in dataclasses.fields(cls)}
        assert fields == {"strength", "layer", *cls.options, *cls.counts}

    @settings(max_examples=10)
    @given(data=st.data(), key=KEYS)
    def test_computes_what_it_declares(self, name, data, key, test_images, random_inputs):
        step = data.draw(instances(name))
        widths = data.draw(st.sampled_from(WIDTHS[:1] if name == "nuisance" else WIDTHS))
        before = random_network(widths, key % 5)
        copied = Network(*(weight.copy() for weight in before))
        after = step.apply(before, key=jax.random.PRNGKey(key))

        # The input is untouched; the output is float32 and of the declared widths.
        assert weights_digest(before) == weights_digest(copied)
        expected = list(widths)
        expected[step.layer - 1] = step.widened(widths[step.layer - 1])
        assert [w.shape for w in after] == [
            (expected[0], 784),
            (expected[1], expected[0]),
            (10, expected[1]),
        ]
        for weight in after:
            assert np.asarray(weight).dtype == np.float32
            assert np.isfinite(np.asarray(weight)).all()

        if step.exact_everywhere:
            for inputs in (test_images[:IMAGES], random_inputs):
                assert change(outputs(before, inputs), outputs(after, inputs)) < TOLERANCE

    @settings(max_examples=4)
    @given(data=st.data(), key=KEYS)
    def test_same_key_same_result(self, name, data, key, network):
        step = data.draw(instances(name))
        found = [step.apply(network, key=jax.random.PRNGKey(key)) for _ in range(2)]
        assert weights_digest(found[0]) == weights_digest(found[1])
        assert make(**step.canonical()) == step

    def test_other_key_other_result_if_random(self, name, silent):
        # Networks without a hidden null space would have nothing to draw in it.
        found = {
            weights_digest(make(name).apply(silent, key=jax.random.PRNGKey(key)))
            for key in range(2)
        }
        assert len(found) == (2 if name in RANDOM else 1)

    def test_in_float32(self, name, reference_networks, test_images, random_inputs):
        step, network = REGISTRY[name](), reference_networks[0]
        after = step.apply(network, key=KEY)
        for inputs in (test_images[:IMAGES], random_inputs):
            changed = change(logits(network, inputs), logits(after, inputs))
            assert (changed < TOLERANCE) or not step.exact_everywhere

    def test_limits_of_strength(self, name):
        declared = REGISTRY[name].strength_range
        for value in (declared.low, declared.high):
            assert make(name, strength=value).strength == value
        below = declared.low - 1 if declared.integer else np.nextafter(declared.low, -np.inf)
        above = declared.high + 1 if declared.integer else np.nextafter(declared.high, np.inf)
        wrong = [float(below), float(above), float("nan"), float("inf"), "2", True, None, [2.0]]
        if declared.integer:
            wrong.append(declared.low + 0.5)
        for value in wrong:
            with pytest.raises(InvalidValue) as caught:
                make(name, strength=value)
            assert caught.value.field == f"strength of {name}"
            assert name in str(caught.value)

    def test_equal_strengths_are_equal_values(self, name):
        declared = REGISTRY[name].strength_range
        whole = max(1, int(declared.low))
        one, other = make(name, strength=whole), make(name, strength=float(whole))
        assert one == other and hash(one) == hash(other)
        assert repr(one.canonical()) == repr(other.canonical())

    def test_other_fields_are_checked(self, name):
        cls = REGISTRY[name]
        for layer in (0, 3, -1, None, "first", 1.5):
            with pytest.raises(InvalidValue) as caught:
                make(name, layer=layer)
            assert caught.value.field == f"layer of {name}"
        for field in cls.options:
            for value in ("nonsense", None, 3, ["test"]):
                with pytest.raises(InvalidValue) as caught:
                    make(name, **{field: value})
                assert caught.value.field == f"{field} of {name}"
        for field, count in cls.counts.items():
            for value in (count.low - 1, count.high + 1, 1.5, "2", None):
                with pytest.raises(InvalidValue) as caught:
                    make(name, **{field: value})
                assert caught.value.field == f"{field} of {name}"
        with pytest.raises(InvalidValue, match="choose one of"):
            make(name, colour="red")

    def test_layers_are_numbers(self, name):
        # The word "1" would be taken for layer 2, or for no layer at all.
        for layer in ("1", "2"):
            with pytest.raises(InvalidValue):
                make(name, layer=layer)


def test_unknown_name():
    with pytest.raises(InvalidValue, match="choose one of scale") as caught:
        make("explode")
    assert caught.value.field == "manipulation"


class TestScale:
    @pytest.mark.parametrize("layer", [1, 2])
    def test_weights(self, network, layer):
        after = Scale(20.0, layer).apply(network, key=KEY)
        w_in, w_out = around(network, layer)
        np.testing.assert_array_equal(around(after, layer)[0], w_in * np.float32(20))
        np.testing.assert_array_equal(around(after, layer)[1], w_out / np.float32(20))
        other = 2 if layer == 1 else 0
        np.testing.assert_array_equal(after[other], network[other])


class TestRescale:
    def test_is_the_identity_at_zero(self, network):
        assert weights_digest(Rescale(0.0).apply(network, key=KEY)) == weights_digest(network)

    @pytest.mark.parametrize("strength", [0.5, 2.0])
    def test_factors_are_log_normal(self, strength):
        network = random_network((16, 512), 0)
        after = Rescale(strength).apply(network, key=KEY)
        factors = np.log(after.w2 / network.w2)
        # One factor a neuron, and its inverse on the way out.
        assert np.ptp(factors, axis=1).max() < 1e-5
        np.testing.assert_allclose(after.w3 * np.exp(factors[:, 0]), network.w3, rtol=1e-4)
        assert factors[:, 0].std() == pytest.approx(strength, rel=0.1)
        assert factors[:, 0].mean() == pytest.approx(0, abs=0.15 * strength)


class TestBalance:
    def norms(self, network, layer):
        w_in, w_out = around(network, layer)
        return np.linalg.norm(w_in, axis=1), np.linalg.norm(w_out, axis=0)

    @pytest.mark.parametrize("seed", [0, 1])
    def test_equal_norms(self, seed):
        unbalanced = Rescale(2.0).apply(random_network((24, 16), seed), key=KEY)
        assert any(not np.allclose(*self.norms(unbalanced, n), rtol=0.1) for n in (1, 2))
        after = Balance().apply(unbalanced, key=KEY)
        for layer in (1, 2):
            np.testing.assert_allclose(*self.norms(after, layer), rtol=1e-4)

    def test_undoes_any_rescaling(self, network):
        # The balanced network is one and the same for all rescalings of a function.
        plain = Balance().apply(network, key=KEY)
        scaled = Balance().apply(Rescale(1.0).apply(network, key=KEY), key=KEY)
        for one, other in zip(plain, scaled, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)

    def test_has_the_least_weights_of_all_rescalings(self, network):
        def size(network):
            return sum(float(np.sum(np.square(w, dtype=np.float64))) for w in network)

        balanced = Balance().apply(network, key=KEY)
        assert size(balanced) < size(network)
        for key in range(3):
            nearby = Rescale(0.05).apply(balanced, key=jax.random.PRNGKey(key))
            assert size(balanced) < size(nearby)

    def test_is_the_identity_at_zero(self, network):
        assert weights_digest(Balance(0.0).apply(network, key=KEY)) == weights_digest(network)

    def test_idempotent(self, network):
        once = Balance().apply(network, key=KEY)
        for one, two in zip(once, Balance().apply(once, key=KEY), strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-5)

    def test_half_way_twice_is_nearly_all_the_way(self, network):
        half = Balance(0.5).apply(network, key=KEY)
        whole = Balance().apply(network, key=KEY)

        def imbalance(network):
            return max(np.abs(np.log(np.divide(*self.norms(network, n)))).max() for n in (1, 2))

        assert imbalance(whole) < 1e-4 < imbalance(half) < imbalance(network)

    def test_leaves_silent_and_unread_neurons_alone(self, network):
        w2, w3 = np.array(network.w2), np.array(network.w3)
        w2[3], w3[:, 5] = 0, 0
        after = Balance().apply(Network(network.w1, w2, w3), key=KEY)
        assert all(np.isfinite(weight).all() for weight in after)
        np.testing.assert_array_equal(after.w2[3], 0)
        np.testing.assert_array_equal(after.w3[:, 5], 0)
        np.testing.assert_array_equal(after.w3[:, 3], w3[:, 3])


class TestPermute:
    def order(self, before, after):
        """Where each new neuron was before."""
        rows = {row.tobytes(): place for place, row in enumerate(before.w2)}
        return np.array([rows[np.asarray(row).tobytes()] for row in after.w2])

    def test_moves_neurons_with_their_weights(self, network):
        after = Permute().apply(network, key=KEY)
        order = self.order(network, after)
        assert sorted(order) == list(range(16)) and (order != np.arange(16)).any()
        np.testing.assert_array_equal(after.w3, network.w3[:, order])
        np.testing.assert_array_equal(after.w1, network.w1)

    @pytest.mark.parametrize("share, most", [(0.0, 0), (0.25, 4), (0.5, 8)])
    def test_share(self, network, share, most):
        for key in range(4):
            after = Permute(share).apply(network, key=jax.random.PRNGKey(key))
            order = self.order(network, after)
            assert sorted(order) == list(range(16))
            assert np.sum(order != np.arange(16)) <= most


class TestDuplicate:
    @settings(max_examples=60)
    @given(hidden=st.integers(1, 300), multiplier=st.floats(1, 4))
    def test_counts(self, hidden, multiplier):
        source, count = copies(hidden, multiplier)
        times = np.bincount(source, minlength=hidden)
        extra = int((multiplier % 1) * hidden)
        assert times.tolist() == [int(multiplier) + (i < extra) for i in range(hidden)]
        np.testing.assert_array_equal(count, times[source])
        assert Duplicate(multiplier).widened(hidden) == len(source)
        assert multiplier * hidden - 1 <= len(source) <= multiplier * hidden + 1e-9

    def test_weights_as_in_the_notebook(self, network):
        # Copies side by side, what is left over at the end.
        after = Duplicate(2.25).apply(network, key=KEY)
        source = [*np.repeat(range(16), 2), *range(4)]
        np.testing.assert_array_equal(after.w2, network.w2[source])
        share = np.array([3 if i < 4 else 2 for i in source], np.float32)
        np.testing.assert_array_equal(after.w3, network.w3[:, source] / share)

    def test_is_the_identity_at_one(self, network):
        assert weights_digest(Duplicate(1.0).apply(network, key=KEY)) == weights_digest(network)


class TestNuisance:
    @pytest.mark.parametrize(
        "layer, incoming", [(1, "independent"), (2, "independent"), (2, "identical")]
    )
    def test_groups_sum_to_zero(self, network, layer, incoming):
        step = Nuisance(6.0, layer, 8, incoming)
        w_in, w_out = around(network, layer)
        new_in, new_out = around(step.apply(network, key=KEY), layer)
        np.testing.assert_array_equal(new_in[: len(w_in)], w_in)
        np.testing.assert_array_equal(new_out[:, : len(w_in)], w_out)
        groups = new_out[:, len(w_in) :].reshape(len(w_out), 6, 8)
        assert np.abs(groups.sum(2)).max() < 1e-6 * np.abs(groups).max()
        # They do weigh something, of the order of the layer's own, and no two the same.
        assert np.sqrt(np.mean(groups**2)) == pytest.approx(np.sqrt(np.mean(w_out**2)), rel=0.3)
        assert len(np.unique(groups)) == groups.size
        vectors = new_in[len(w_in) :].reshape(6, 8, -1)
        np.testing.assert_array_equal(vectors, vectors[:, :1].repeat(8, 1))

    def test_single_neurons_have_no_say(self, network):
        after = Nuisance(5.0).apply(network, key=KEY)
        np.testing.assert_array_equal(after.w3[:, 16:], np.zeros((10, 5)))

    def test_independent_groups_are_as_large_as_the_layer(self, network):
        grown = Scale(50.0).apply(network, key=KEY)
        for before in (network, grown):
            w_in = around(Nuisance(40.0).apply(before, key=KEY), 2)[0]
            own, added = np.asarray(w_in[:16]), np.asarray(w_in[16:])
            assert np.sqrt(np.mean(added**2)) == pytest.approx(np.sqrt(np.mean(own**2)), rel=0.1)
            assert len(np.unique(added, axis=0)) == 40

    def test_identical_is_the_notebooks_shortcut(self, network):
        # One N(0, 1) vector for all, whatever the scale of the layer, and nothing going out.
        after = Nuisance(32.0, incoming="identical").apply(network, key=KEY)
        vector = np.asarray(jax.random.normal(KEY, (1, 24)))
        np.testing.assert_array_equal(after.w2[16:], np.repeat(vector, 32, axis=0))
        np.testing.assert_array_equal(after.w3[:, 16:], np.zeros((10, 32)))

    def test_large_groups_in_float32(self, network, test_images):
        after = Nuisance(6.0, group=8).apply(network, key=KEY)
        images = test_images[:IMAGES]
        assert change(logits(network, images), logits(after, images)) < TOLERANCE


class TestInputNull:
    def test_lies_in_the_null_space_with_the_given_strength(self, network):
        basis = input_null_space("test").basis
        after = InputNull(0.3).apply(network, key=KEY)
        added = np.asarray(after.w1) - network.w1
        coefficients = added @ basis.T
        np.testing.assert_allclose(coefficients @ basis, added, atol=1e-5)
        assert coefficients.std() == pytest.approx(0.3, rel=0.03)
        np.testing.assert_array_equal(after.w2, network.w2)
        np.testing.assert_array_equal(after.w3, network.w3)

    def test_does_not_depend_on_the_basis_found(self, network, monkeypatch):
        space = input_null_space("test")
        normal = np.random.default_rng(0).normal(size=(len(space.basis),) * 2)
        turned = dataclasses.replace(
            space, basis=np.linalg.qr(normal)[0].astype(np.float32) @ space.basis
        )
        before = InputNull(0.3).apply(network, key=KEY).w1
        monkeypatch.setattr(input_null, "input_null_space", lambda _: turned)
        after = InputNull(0.3).apply(network, key=KEY).w1
        np.testing.assert_allclose(after, before, atol=1e-5)

    # The threshold grows with the number of images, and what it lets through with it: `rms` is how
    # far an image extends into the null space (of a length of 9), then how far its logits move at
    # the notebook's strength, as a share of their scale; `changed`, the share of predictions.
    @pytest.mark.parametrize(
        "source, data, rms, changed",
        [("test", mnist_test, (0.04, 5e-4), 5e-4), ("train", mnist_train, (0.4, 5e-3), 5e-3)],
        ids=["test", "train"],
    )
    def test_exact_on_its_images_up_to_the_rank_threshold(
        self, source, data, rms, changed, reference_networks, random_inputs
    ):
        network, images = reference_networks[0], data().images
        space = input_null_space(source)
        leak = np.linalg.norm(images @ space.basis.T, axis=1)
        assert leak.max() <= space.threshold and np.sqrt(np.mean(leak**2)) < rms[0]
        for strength in (0.1, 10.0):
            step = InputNull(strength, images=source)
            assert step.exact_on.startswith(f"the {source} images")
            after = step.apply(network, key=KEY)
            # The leak, as far as matrix norms let it grow on its way to the logits.
            drawn = np.linalg.norm((np.asarray(after.w1) - network.w1) @ space.basis.T, 2)
            gain = drawn * np.linalg.norm(network.w2, 2) * np.linalg.norm(network.w3, 2)
            before, now = logits(network, images), logits(after, images)
            moved = np.linalg.norm(now - before, axis=1)
            assert (moved <= gain * leak + 1e-4).all()
        # At the notebook's strength next to nothing on the images, and everything off them.
        after = InputNull(0.1, images=source).apply(network, key=KEY)
        now = logits(after, images)
        assert np.sqrt(np.mean((now - before) ** 2)) < rms[1] * np.abs(before).max()
        assert np.mean(now.argmax(1) != before.argmax(1)) < changed
        assert change(logits(network, random_inputs), logits(after, random_inputs)) > 0.5

    def test_training_images_keep_the_test_function_only_nearly(
        self, reference_networks, test_images
    ):
        network = reference_networks[0]
        before = logits(network, test_images)

        def moved(source):
            after = InputNull(0.1, images=source).apply(network, key=KEY)
            return np.sqrt(np.mean((logits(after, test_images) - before) ** 2))

        assert moved("test") < moved("train") < 0.02 * np.abs(before).max()

    def test_nothing_at_zero(self, network):
        assert weights_digest(InputNull(0.0).apply(network, key=KEY)) == weights_digest(network)


def with_silent_neurons(network: Network, count: int = 5) -> Network:
    """With neurons in both hidden layers that no image ever excites, though other inputs do.

    Images have no negative pixel and hidden activations no negative value, so negative incoming
    weights keep a neuron silent on all images.
    """
    rng = np.random.default_rng(9)

    def below_zero(*shape):
        return -np.abs(rng.normal(size=shape)).astype(np.float32) / 20

    w1, w2, w3 = network
    w1 = np.concatenate([w1, below_zero(count, 784)])
    w2 = np.concatenate([w2, rng.normal(size=(len(w2), count)).astype(np.float32)], axis=1)
    w2 = np.concatenate([w2, below_zero(count, w2.shape[1])])
    w3 = np.concatenate([w3, rng.normal(size=(10, count)).astype(np.float32)], axis=1)
    return Network(w1, w2, w3)


@pytest.fixture(scope="module")
def silent(network):
    return with_silent_neurons(network)


class TestHiddenNull:
    def test_exact_on_the_images_but_not_off_them(self, silent, test_images, random_inputs):
        step = HiddenNull(0.5, layer=1)
        assert not step.exact_everywhere
        after = step.apply(silent, key=KEY)
        assert change(logits(silent, test_images), logits(after, test_images)) < TOLERANCE
        assert change(logits(silent, random_inputs), logits(after, random_inputs)) > 0.05
        np.testing.assert_array_equal(after.w1, silent.w1)
        np.testing.assert_array_equal(after.w3, silent.w3)

    def test_readout_of_the_second_layer(self, silent, test_images):
        after = HiddenNull(0.5, layer=2).apply(silent, key=KEY)
        assert change(logits(silent, test_images), logits(after, test_images)) < TOLERANCE
        np.testing.assert_array_equal(after.w2, silent.w2)
        moved = np.asarray(after.w3) - silent.w3
        # Only along the silent neurons, one draw each.
        assert np.abs(moved[:, :16]).max() < 1e-5
        assert moved[:, 16:].std() == pytest.approx(0.5, rel=0.35)

    def test_takes_the_null_space_of_its_images(self, silent):
        activations = hidden_activations(silent, 1, mnist_train().images)
        assert activations.shape == (60_000, 29) and activations.min() == 0
        basis = null_space(activations).basis
        assert len(basis) >= 5
        after = HiddenNull(1.0, layer=1, images="train").apply(silent, key=KEY)
        moved = np.asarray(after.w2) - silent.w2
        np.testing.assert_allclose(moved @ basis.T @ basis, moved, atol=1e-5)
        assert np.abs(moved).max() > 0.1

    def test_duplicated_neurons_are_a_null_space_too(self, network, test_images):
        doubled = Duplicate(2.0, layer=1).apply(network, key=KEY)
        after = HiddenNull(0.5, layer=1).apply(doubled, key=KEY)
        assert np.abs(np.asarray(after.w2) - doubled.w2).max() > 0.1
        before, now = logits(doubled, test_images), logits(after, test_images)
        assert change(before, now) < TOLERANCE

    @pytest.mark.parametrize("layer", [1, 2])
    @pytest.mark.parametrize(
        "before",
        [
            (),
            (Duplicate(2.5, layer=1), Duplicate(1.5), Rescale(1.0)),
            (Nuisance(8.0, layer=1, incoming="identical"), Duplicate(4.0)),
        ],
    )
    def test_is_the_noise_on_the_null_space_of_all_activations(
        self, silent, before, layer, test_images
    ):
        network = apply_all(silent, before, key=KEY)
        basis = null_space(hidden_activations(network, layer, test_images)).basis
        readout = (network.w2, network.w3)[layer - 1]
        expected = readout + 0.5 * (normal(KEY, readout.shape) @ basis.T) @ basis
        after = HiddenNull(0.5, layer=layer).apply(network, key=KEY)
        np.testing.assert_allclose((after.w2, after.w3)[layer - 1], expected, atol=1e-5)

    def test_is_found_once_whoever_asks(self, silent, monkeypatch):
        counted = []
        monkeypatch.setattr(
            hidden_null, "gram", lambda blocks: counted.append(1) or null_spaces.gram(blocks)
        )
        key = jax.random.PRNGKey(17)
        measured = HiddenNull(0.5, layer=2).apply(silent, key=key)
        checked = HiddenNull(0.5, layer=2).apply(silent, key=key)
        HiddenNull(1.0, layer=2).apply(silent, key=key)
        assert weights_digest(measured) == weights_digest(checked) and len(counted) == 1
        HiddenNull(0.5, layer=1).apply(silent, key=key)
        assert len(counted) == 2

    def test_leaves_a_layer_without_null_space_as_it_is(self, network):
        after = HiddenNull(1.0, layer=1).apply(network, key=KEY)
        assert weights_digest(after) == weights_digest(network)


class TestComposition:
    STEPS = (Scale(3.0), Nuisance(1.0, group=8), Duplicate(1.5), Rescale(0.5, layer=1), Permute())

    def test_is_exact_if_every_step_is(self, network, test_images, random_inputs):
        assert exact_everywhere(self.STEPS) and exact_everywhere(())
        assert not exact_everywhere((*self.STEPS, InputNull()))
        after = apply_all(network, self.STEPS, key=KEY)
        assert after.widths == (24, 36)
        for inputs in (test_images[:IMAGES], random_inputs):
            assert change(outputs(network, inputs), outputs(after, inputs)) < TOLERANCE

    @settings(max_examples=8)
    @given(data=st.data(), key=KEYS)
    def test_any_exact_steps_in_any_order(self, data, key, network, test_images):
        exact = [name for name in REGISTRY if make(name).exact_everywhere]
        names = data.draw(st.lists(st.sampled_from(exact), max_size=4))
        steps = [data.draw(instances(name)) for name in names]
        assume(all(abs(np.log(s.strength)) < 4 for s in steps if s.name == "scale"))
        after = apply_all(network, steps, key=jax.random.PRNGKey(key))
        before = outputs(network, test_images[:50])
        assert change(before, outputs(after, test_images[:50])) < 3 * TOLERANCE

    def test_none_gives_the_network_back(self, network):
        assert apply_all(network, (), key=KEY) is network

    def test_each_step_has_a_key_of_its_own(self, network):
        step = Nuisance(4.0)
        after = apply_all(network, (step, step), key=KEY)
        added = np.asarray(after.w2[16:]).reshape(2, 4, 24)
        first, second = added[0] / added[0].std(), added[1] / added[1].std()
        assert np.abs(first - second).max() > 0.1
        # A step's draws depend on its place only, not on what stands before it.
        alone = apply_all(network, (Scale(2.0, layer=1), step), key=KEY)
        fresh = np.asarray(alone.w2[16:])
        np.testing.assert_allclose(fresh / fresh.std(), second, rtol=1e-4)

    def test_draws_are_apart_from_those_of_the_measures(self, network):
        after = apply_all(network, (Nuisance(4.0, incoming="identical"),), key=KEY)
        direct = Nuisance(4.0, incoming="identical").apply(network, key=KEY)
        assert not np.allclose(after.w2[16:], direct.w2[16:])

    @pytest.mark.parametrize("layer", [1, 2])
    def test_layers_do_not_grow_without_bound(self, layer):
        wide = random_network((20, 4000) if layer == 2 else (4000, 20), 0)
        with pytest.raises(InvalidValue, match="8,192") as caught:
            apply_all(wide, (Duplicate(2.0, layer), Duplicate(1.1, layer)), key=KEY)
        assert caught.value.value > MAX_WIDTH
        # The other layer's width does not count.
        other = 3 - layer
        assert apply_all(wide, (Duplicate(4.0, other),), key=KEY).widths[other - 1] == 80


@pytest.mark.parametrize("layer", [1, 2])
def test_around_and_back(layer, network):
    again = with_layer(network, layer, *around(network, layer))
    assert weights_digest(again) == weights_digest(network)
