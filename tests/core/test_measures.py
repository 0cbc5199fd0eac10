from __future__ import annotations

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core import measures
from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import visiting_order
from dissociation.core.manipulations import (
    Balance,
    Duplicate,
    InputNull,
    Nuisance,
    Permute,
    Rescale,
    Scale,
)
from dissociation.core.measures import Curve, InputNoise, ParameterNoise, SeedCurve, Transfer
from dissociation.core.measures.base import CHUNK, FIRST_CHUNK, chunks
from dissociation.core.measures.converged_probe import converged_probe
from dissociation.core.measures.noise_measure import coarse_first
from dissociation.core.networks.network import Network, features
from dissociation.core.networks.shared_rows import shared_rows
from dissociation.core.validation import InvalidValue

TIES = 3  # images that a different order of floating-point sums may decide otherwise
KEY = jax.random.PRNGKey(37)
KEYS = jax.random.split(KEY, 2)
ZERO_KEYS = jax.random.split(jax.random.split(KEY)[1], 2)
TRANSFER_KEYS = jax.random.split(jax.random.PRNGKey(432), 2)
CONDITIONS = ("task_optimized", "scaled", "duplicated", "zeroed")
#: No multiple of the chunks in which images are measured.
RAGGED = FIRST_CHUNK + CHUNK + 100


def stream(measure, networks, keys=KEYS, key=KEY):
    """All snapshots, without the pauses between them."""
    found = list(measure.stream(networks, keys=keys, key=key))
    return [curves for curves in found if curves is not None]


def final(measure, networks, keys=KEYS, key=KEY):
    """`curves[condition][seed]` of the last snapshot."""
    return stream(measure, networks, keys, key)[-1]


def wrong(network, images, labels) -> int:
    """Wrong predictions, by a plain forward pass in NumPy."""
    w1, w2, w3 = (np.asarray(weight, np.float32) for weight in network)
    predicted = (np.maximum(np.maximum(images @ w1.T, 0) @ w2.T, 0) @ w3.T).argmax(1)
    return int(np.sum(predicted != labels))


def noisy_weights(network, key, sigma, draw=0, layers="123", relative=False):
    own = key if draw == 0 else jax.random.fold_in(key, draw)
    parts = []
    for number, (weight, part) in enumerate(zip(network, jax.random.split(own, 3), strict=True), 1):
        weight = np.asarray(weight)
        noise = np.asarray(jax.random.normal(part, weight.shape)) * (str(number) in layers)
        parts.append(weight + np.float32(sigma) * (noise * np.abs(weight) if relative else noise))
    return Network(*parts)


@functools.cache
def image_noise() -> np.ndarray:
    """One row an image, drawn from the key as in the notebook."""
    return np.asarray(jax.random.normal(jax.random.split(KEY)[0], (10_000, 784)))


def direct_input_noise(network, sigma, images=10_000) -> int:
    data, seen = mnist_test(), visiting_order()[:images]
    noisy = data.images[seen] + np.float32(sigma) * image_noise()[seen]
    return wrong(network, noisy, data.labels[seen])


def direct_parameter_noise(network, key, sigma, images=10_000, **kind) -> int:
    data, seen = mnist_test(), visiting_order()[:images]
    return wrong(noisy_weights(network, key, sigma, **kind), data.images[seen], data.labels[seen])


def conditions(networks, nuisance, nuisance_keys, duplicate=2.0):
    """The notebook's conditions, each a list over seeds."""
    steps = (None, Scale(20.0), Duplicate(duplicate), Nuisance(nuisance, incoming="identical"))
    return [
        [
            net if step is None else step.apply(net, key=key)
            for net, key in zip(networks, nuisance_keys, strict=True)
        ]
        for step in steps
    ]


def assert_same_images(ours, theirs, images):
    difference = np.abs(np.asarray(ours) - np.asarray(theirs) * np.asarray(images))
    assert difference.max() <= TIES + 0.1, f"{difference.max():.1f} images differ"


class TestAgainstTheNotebook:
    @pytest.fixture(scope="class")
    @staticmethod
    def input_noise(reference_networks):
        measure = InputNoise(points=12)
        return measure, final(measure, conditions(reference_networks, 32, ZERO_KEYS))

    @pytest.fixture(scope="class")
    @staticmethod
    def parameter_noise(reference_networks):
        measure = ParameterNoise(points=12)
        return measure, final(measure, conditions(reference_networks, 32, KEYS))

    @pytest.mark.parametrize("number, name", list(enumerate(CONDITIONS)), ids=CONDITIONS)
    def test_input_noise(self, number, name, input_noise, reference):
        measure, curves = input_noise
        np.testing.assert_allclose(measure.x, reference["input_noise_scales"], rtol=1e-6)
        for seed, theirs in enumerate(reference[f"{name}_model_input_robustness"]):
            assert_same_images(curves[number][seed].errors[0], theirs, 10_000)

    @pytest.mark.parametrize("number, name", list(enumerate(CONDITIONS)), ids=CONDITIONS)
    def test_parameter_noise(self, number, name, parameter_noise, reference):
        measure, curves = parameter_noise
        np.testing.assert_allclose(measure.x, reference["parameter_noise_scales"], rtol=1e-6)
        for seed, theirs in enumerate(reference[f"{name}_model_robustness"].T):
            assert_same_images(curves[number][seed].errors[0], theirs, 10_000)

    def test_input_null_noise_in_distribution(self, input_noise, reference, reference_networks):
        # A null basis is unique only up to a rotation; see tests/fig4 for the spread of draws.
        measure, curves = input_noise
        theirs = reference["kernel_noise_model_input_robustness"]
        step = InputNull(0.1)
        changed = [
            step.apply(net, key=key) for net, key in zip(reference_networks, ZERO_KEYS, strict=True)
        ]
        ours = np.stack([c.rates[0] for c in final(measure, [changed])[0]])
        assert np.abs(ours - theirs).max() < 0.03
        plain = np.stack([c.rates[0] for c in curves[0]])
        assert np.abs(plain - theirs).max() > 0.1

    @pytest.mark.parametrize("panel", ["input_noise", "parameter_noise"])
    def test_clean_errors(self, panel, request, reference_networks):
        data = mnist_test()
        for row in request.getfixturevalue(panel)[1]:
            for curve, network in zip(row, reference_networks, strict=True):
                assert curve.clean_images == 10_000
                expected = wrong(network, data.images, data.labels)
                assert abs(curve.clean_errors - expected) <= TIES

    @pytest.mark.parametrize("row, budget", [(0, 500), (1, 2_000)])
    def test_transfer(self, row, budget, reference, reference_networks):
        measure = Transfer(images=budget, points=1, probe="notebook", split="notebook")
        assert measure.x.tolist() == [budget]
        trained, _, duplicated, _ = conditions(reference_networks, 8, TRANSFER_KEYS, 1.2)
        found = zip(
            ("task_optimized", "duplicated"), final(measure, [trained, duplicated]), strict=True
        )
        for name, curves in found:
            for seed, theirs in enumerate(reference[f"{name}_model_transferability"][row]):
                assert_same_images(curves[seed].errors[0], theirs, budget)

    def test_transfer_in_distribution(self, reference, reference_networks):
        # On large features a step of 0.2 is chaotic: the curve is one draw among others.
        measure = Transfer(images=2_000, points=1, probe="notebook", split="notebook")
        _, scaled, _, zeroed = conditions(reference_networks[:1], 8, TRANSFER_KEYS[:1])
        found = zip(("scaled", "zeroed"), final(measure, [scaled, zeroed]), strict=True)
        errors = {}
        for name, (curve,) in found:
            errors[name] = curve.rates[0, 0]
            assert abs(errors[name] - reference[f"{name}_model_transferability"][1, 0]) < 0.05
        trained = reference["task_optimized_model_transferability"][1, 0]
        assert errors["scaled"] < trained < errors["zeroed"] - 0.05


SMALL = {
    InputNoise: InputNoise(images=RAGGED, points=3, noise_low=0.2, noise_high=2.0),
    ParameterNoise: ParameterNoise(images=RAGGED, points=3, noise_low=0.01, noise_high=0.3),
    Transfer: Transfer(images=400, points=2, probe="converged"),
}


@pytest.fixture(scope="module")
def pair(reference_networks):
    """Two conditions of two seeds, of unlike widths."""
    wide = [Duplicate(1.5).apply(net, key=KEY) for net in reference_networks]
    return [reference_networks, [Scale(3.0).apply(net, key=KEY) for net in wide]]


@pytest.fixture(scope="module")
def streams(pair):
    """Every item of a stream of each measure, pauses included."""
    return {cls: list(m.stream(pair, keys=KEYS, key=KEY)) for cls, m in SMALL.items()}


@pytest.mark.parametrize("cls", measures.REGISTRY.values(), ids=measures.REGISTRY)
class TestEveryMeasure:
    def test_declarations(self, cls):
        measure = cls()
        assert measures.REGISTRY[cls.name] is cls and measures.make(cls.name) == measure
        assert cls.label and cls.about and cls.cite and cls.version >= 1
        assert (np.diff(measure.x) > 0).all() and measure.x.dtype == np.float64
        assert measure.total.shape == measure.x.shape and measure.images == 10_000
        assert 0 < measure.chance < 1
        for axis in measure.axes:
            assert axis.title and axis.low < axis.high
        assert measure.axes[0].low <= measure.x[0] and measure.x[-1] <= measure.axes[0].high
        assert measures.make(
            cls.name,
            **{k: v for k, v in measure.canonical().items() if k not in ("name", "version")},
        ) == (measure)

    def test_last_snapshot_is_complete(self, cls, streams):
        measure, items = SMALL[cls], streams[cls]
        assert items[-1] is not None
        for row in items[-1]:
            for curve in row:
                np.testing.assert_array_equal(curve.images, measure.total)
                assert curve.errors.shape == (1, len(measure.x))
                assert curve.errors.dtype.kind == "i" and curve.images.dtype.kind == "i"

    def test_snapshots_grow(self, cls, streams):
        snapshots = [item for item in streams[cls] if item is not None]
        assert len(snapshots) > 1
        for before, after in zip(snapshots, snapshots[1:], strict=False):
            assert len(after) == 2 and all(len(row) == 2 for row in after)
            grown = 0
            for c in range(2):
                for s in range(2):
                    one, two = before[c][s], after[c][s]
                    assert (two.images >= one.images).all()
                    assert (two.errors >= one.errors).all()
                    assert (two.errors <= two.images).all()
                    assert 0 <= one.clean_errors <= two.clean_errors <= max(two.clean_images, 0)
                    grown += int((two.images - one.images).sum())
            assert grown > 0

    def test_snapshots_are_not_changed_afterwards(self, cls, pair):
        # They are handed to other threads while the stream goes on.
        copies = []
        for item in SMALL[cls].stream(pair[:1], keys=KEYS, key=KEY):
            if item is not None:
                copies.append((item, [(c.errors.copy(), c.images.copy()) for c in item[0]]))
        for item, kept in copies:
            for curve, (errors, images) in zip(item[0], kept, strict=True):
                np.testing.assert_array_equal(curve.errors, errors)
                np.testing.assert_array_equal(curve.images, images)

    def test_conditions_together_equal_conditions_alone(self, cls, streams, pair):
        for row, together in zip(pair, streams[cls][-1], strict=True):
            alone = final(SMALL[cls], [row])[0]
            for one, other in zip(alone, together, strict=True):
                assert np.abs(one.errors - other.errors).max() <= TIES
                assert abs(one.clean_errors - other.clean_errors) <= TIES

    def test_seeds_together_equal_seeds_alone(self, cls, streams, pair):
        for seed in range(2):
            alone = final(SMALL[cls], [[row[seed]] for row in pair], keys=KEYS[seed : seed + 1])
            for one, row in zip(alone, streams[cls][-1], strict=True):
                assert np.abs(one[0].errors - row[seed].errors).max() <= TIES

    def test_is_deterministic(self, cls, streams, pair):
        again = final(SMALL[cls], pair)
        for one, other in zip(again, streams[cls][-1], strict=True):
            for a, b in zip(one, other, strict=True):
                np.testing.assert_array_equal(a.errors, b.errors)
                assert a.clean_errors == b.clean_errors

    def test_accepts_jax_arrays(self, cls, streams, pair):
        on_device = [[Network(*map(jnp.asarray, net)) for net in row] for row in pair]
        found = final(SMALL[cls], on_device[:1])[0]
        for one, other in zip(found, streams[cls][-1][0], strict=True):
            assert np.abs(one.errors - other.errors).max() <= TIES

    def test_what_sees_only_the_function_cannot_tell_rewrites_apart(self, cls, pair):
        networks = pair[0][:1]
        steps = (Scale(20.0), Rescale(1.0), Duplicate(2.0), Nuisance(16.0, group=2), Permute())
        rewritten = [[step.apply(net, key=KEY) for net in networks] for step in (*steps, Balance())]
        plain, *others = final(SMALL[cls], [networks, *rewritten], keys=KEYS[:1])
        apart = max(
            np.abs(one.errors - other.errors).max()
            for row in others
            for one, other in zip(plain, row, strict=True)
        )
        assert (apart <= TIES) == cls.sees_only_function, apart

    @pytest.mark.parametrize("images", [99, 10_001, 200.5, "1000", None, float("nan")])
    def test_refuses_numbers_of_images(self, cls, images):
        with pytest.raises(InvalidValue) as caught:
            cls(images=images)
        assert caught.value.field == "images"

    def test_refuses_other_settings(self, cls):
        with pytest.raises(InvalidValue, match="choose one of"):
            measures.make(cls.name, colour="red")
        for field in dataclasses.fields(cls):
            for value in (None, [], "nonsense", -5):
                with pytest.raises(InvalidValue) as caught:
                    cls(**{field.name: value})
                assert caught.value.field == field.name


def test_unknown_measure():
    with pytest.raises(InvalidValue, match="choose one of parameter_noise"):
        measures.make("tea_leaves")


@pytest.mark.parametrize("cls", [InputNoise, ParameterNoise])
class TestNoise:
    def test_is_coarse_first(self, cls, streams):
        snapshots = [item for item in streams[cls] if item is not None]
        coarse, *others = snapshots
        assert [item[0][0].images.tolist() for item in others] == [
            [images] * 3 for images in (FIRST_CHUNK, FIRST_CHUNK + CHUNK, RAGGED)
        ]
        for row in coarse:
            for curve in row:
                assert curve.images.tolist() == [FIRST_CHUNK, 0, FIRST_CHUNK]
                assert curve.clean_images == FIRST_CHUNK

    def test_a_coarse_curve_spans_the_range(self, cls):
        for points in (2, 3, 4, 5, 40, 200):
            order, coarse = coarse_first(points + 1)
            assert sorted(order) == list(range(points + 1))
            assert {0, 1, points} <= set(order[:coarse]) and coarse <= points // 4 + 3

    def test_pauses_often(self, cls, streams):
        # The scheduler can turn to others between chunks, and between seeds within a chunk.
        assert sum(item is None for item in streams[cls]) >= 2 * 3

    def test_each_snapshot_equals_a_direct_evaluation(self, cls, streams, pair):
        measure = SMALL[cls]
        for item in streams[cls]:
            if item is None:
                continue
            for networks, row in zip(pair, item, strict=True):
                for seed, (network, curve) in enumerate(zip(networks, row, strict=True)):
                    sizes = [curve.clean_images, *curve.images]
                    for sigma, errors, seen in zip(
                        (0.0, *measure.x), self.counts(curve), sizes, strict=True
                    ):
                        if cls is InputNoise:
                            expected = direct_input_noise(network, sigma, images=seen)
                        else:
                            expected = direct_parameter_noise(
                                network, KEYS[seed], sigma, images=seen
                            )
                        assert abs(errors - expected) <= TIES

    def counts(self, curve):
        return [curve.clean_errors, *curve.errors[0]]

    def test_images_are_a_fair_sample(self, cls):
        # The test set is sorted by difficulty: its first half is easier than its second.
        order = visiting_order()
        assert sorted(order) == list(range(10_000))
        for count in (100, FIRST_CHUNK, FIRST_CHUNK + 1, FIRST_CHUNK + 2 * CHUNK, 9_999, 10_000):
            np.testing.assert_array_equal(np.concatenate(chunks(count)), order[:count])
        for count in (250, 1_000):
            assert np.mean(order[:count] < 5_000) == pytest.approx(0.5, abs=0.1)

    def test_noise_follows_the_right_key(self, cls, pair):
        other = jax.random.split(jax.random.PRNGKey(1), 2)
        measure = dataclasses.replace(SMALL[cls], images=250)
        plain = final(measure, pair[:1])[0]
        other_shared = final(measure, pair[:1], key=jax.random.PRNGKey(1))[0]
        other_seeds = final(measure, pair[:1], keys=other)[0]
        same_shared, same_seeds = (
            all(np.array_equal(a.errors, b.errors) for a, b in zip(plain, moved, strict=True))
            for moved in (other_shared, other_seeds)
        )
        # Input noise is shared by all seeds; parameter noise is each seed's own.
        assert (same_shared, same_seeds) == ((False, True) if cls is InputNoise else (True, False))

    @pytest.mark.parametrize(
        "wrong_values, field",
        [
            (dict(noise_low=2.0, noise_high=1.0), "noise_low"),
            (dict(noise_low=1.0, noise_high=1.0), "noise_low"),
            (dict(noise_low=0.0), "noise_low"),
            (dict(noise_high=1e6), "noise_high"),
            (dict(points=1), "points"),
            (dict(points=201), "points"),
        ],
    )
    def test_range(self, cls, wrong_values, field):
        with pytest.raises(InvalidValue) as caught:
            cls(**wrong_values)
        assert caught.value.field == field


class TestRows:
    """Networks whose neurons have to do with one another, which must not confuse the kernels."""

    @pytest.fixture(scope="class")
    @staticmethod
    def related(reference_networks):
        w1, w2, w3 = (np.array(weight) for weight in reference_networks[0])
        w2[1] = -w2[0]
        w2[2] = 0
        w2[3] = w2[0] * np.float32(1e-12)
        w2[4] = w2[5] * np.float32(3)
        w2[6] = w2[7]
        w2[8] = w2[9] * np.float32(1.01)
        w2[10] = w2[11]
        w2[10, 0] += np.float32(0.1)
        w3[:, 3] *= np.float32(1e10)
        return Network(w1, w2, w3)

    @pytest.mark.parametrize("columns", [1, 3, 50])
    def test_are_found_and_given_back(self, columns):
        # So many rows that some are alike by chance.
        rng = np.random.default_rng(0)
        rows = rng.normal(size=(3_000, columns)).astype(np.float32)
        rows[::7] = 0
        factors = np.exp(rng.normal(size=(1_000, 1))).astype(np.float32)
        multiples = rows[rng.integers(0, 3_000, 1_000)] * factors
        matrices = [rows, multiples, -rows, rows[:5]]
        found = shared_rows(matrices)
        for matrix, (index, factor) in zip(matrices, found.selections, strict=True):
            again = factor[:, None] * found.rows[index]
            error = np.abs(again - matrix).max(1)
            assert (error <= 3e-6 * np.abs(matrix).max(1)).all()
        # Multiples cost nothing.
        assert len(found.rows) <= len(shared_rows([rows, -rows]).rows) + 1

    def networks(self, related, reference_networks):
        doubled = Duplicate(1.3).apply(related, key=KEY)
        other = Permute().apply(Rescale(1.0).apply(related, key=KEY), key=KEY)
        changed = related._replace(w1=reference_networks[1].w1)
        return [[related], [doubled], [other], [changed], [reference_networks[0]]]

    def test_input_noise(self, related, reference_networks):
        measure = InputNoise(images=1_000, points=2, noise_low=0.3, noise_high=1.0)
        networks = self.networks(related, reference_networks)
        for (network,), (curve,) in zip(networks, final(measure, networks), strict=True):
            for sigma, errors in zip(measure.x, curve.errors[0], strict=True):
                assert abs(errors - direct_input_noise(network, sigma, images=1_000)) <= TIES

    def test_parameter_noise(self, related, reference_networks):
        measure = ParameterNoise(images=1_000, points=2, noise_low=0.01, noise_high=0.1)
        networks = self.networks(related, reference_networks)
        found = final(measure, networks, keys=KEYS[:1])
        for (network,), (curve,) in zip(networks, found, strict=True):
            for sigma, errors in zip(measure.x, curve.errors[0], strict=True):
                expected = direct_parameter_noise(network, KEYS[0], sigma, images=1_000)
                assert abs(errors - expected) <= TIES


class TestParameterNoise:
    @pytest.mark.parametrize("layers", ["1", "2", "3", "13", "123"])
    def test_layers(self, layers, pair):
        measure = ParameterNoise(
            images=300, points=2, noise_low=0.03, noise_high=0.3, layers=layers
        )
        for networks, row in zip(pair, final(measure, pair), strict=True):
            for seed, (network, curve) in enumerate(zip(networks, row, strict=True)):
                for sigma, errors in zip(measure.x, curve.errors[0], strict=True):
                    expected = direct_parameter_noise(
                        network, KEYS[seed], sigma, images=300, layers=layers
                    )
                    assert abs(errors - expected) <= TIES

    def test_layers_are_told_apart(self, pair):
        # Otherwise the test above might not notice if all were noisy.
        plain = dict(images=300, points=2, noise_low=0.03, noise_high=0.3)
        found = {
            layers: final(ParameterNoise(layers=layers, **plain), pair[:1])[0][0].errors.tolist()
            for layers in ("1", "2", "3", "123")
        }
        assert len({str(errors) for errors in found.values()}) == 4

    def test_several_draws(self, pair):
        plain = dict(images=300, points=3, noise_low=0.03, noise_high=0.3)
        one = final(ParameterNoise(**plain), pair)
        many = final(ParameterNoise(draws=10, **plain), pair)
        measure = ParameterNoise(**plain)
        for networks, row, first in zip(pair, many, one, strict=True):
            for seed, (network, curve) in enumerate(zip(networks, row, strict=True)):
                assert curve.errors.shape == (10, 3) and curve.images.tolist() == [300] * 3
                # The first draw is the only one of a measure with one draw.
                assert np.abs(curve.errors[0] - first[seed].errors[0]).max() <= TIES
                # Early and late draws alike, and no two the same.
                for draw in (1, 9):
                    for sigma, errors in zip(measure.x, curve.errors[draw], strict=True):
                        expected = direct_parameter_noise(
                            network, KEYS[seed], sigma, images=300, draw=draw
                        )
                        assert abs(errors - expected) <= TIES
                assert len(np.unique(curve.errors[:, 1:], axis=0)) > 5
                assert abs(curve.clean_errors - first[seed].clean_errors) <= TIES

    def test_relative_noise(self, pair):
        measure = ParameterNoise(
            images=1_000, points=3, noise_low=0.1, noise_high=2.0, mode="relative"
        )
        networks = pair[0]
        rewritten = [
            [step.apply(net, key=KEY) for net in networks]
            for step in (Scale(20.0), Rescale(1.0), Balance())
        ]
        plain, *others = final(measure, [networks, *rewritten])
        for seed, curve in enumerate(plain):
            for sigma, errors in zip(measure.x, curve.errors[0], strict=True):
                expected = direct_parameter_noise(
                    networks[seed], KEYS[seed], sigma, images=1_000, relative=True
                )
                assert abs(errors - expected) <= TIES
        # Blind to rescaling by construction, and not because it does nothing.
        for row in others:
            for one, other in zip(plain, row, strict=True):
                assert np.abs(one.errors - other.errors).max() <= TIES
        assert plain[0].errors[0, -1] > plain[0].clean_errors + 50

    @pytest.mark.parametrize(
        "values, field",
        [
            (dict(draws=0), "draws"),
            (dict(draws=65), "draws"),
            (dict(mode="loud"), "mode"),
            (dict(layers="4"), "layers"),
            (dict(layers=""), "layers"),
            (dict(layers="321"), "layers"),
        ],
    )
    def test_refuses(self, values, field):
        with pytest.raises(InvalidValue) as caught:
            ParameterNoise(**values)
        assert caught.value.field == field


class TestTransfer:
    def test_budgets(self):
        assert Transfer(points=20).x.tolist() == [500 * i for i in range(1, 21)]
        odd = Transfer(images=1_111, points=3)
        assert odd.x.tolist() == [370, 740, 1_110] and odd.total.dtype == np.int64

    def test_budgets_come_one_after_the_other(self, streams):
        snapshots = [item for item in streams[Transfer] if item is not None]
        for item in snapshots:
            for row in item:
                for curve in row:
                    seen = curve.images.tolist()
                    assert seen in ([0, 0], [200, 0], [200, 400])
                    assert len(curve.notes["probe"]) == sum(images > 0 for images in seen)
                    assert np.isnan(curve.rates[0]).tolist() == [images == 0 for images in seen]

    @pytest.mark.parametrize("task, classes", [("rotation", 4), ("least_prime_factor", 6)])
    def test_equals_the_probe_on_the_features(self, task, classes, pair):
        measure = Transfer(images=300, points=1, probe="converged", task=task)
        built = measure.build_task()
        assert len(built.names) == classes
        pair = [row[:1] for row in pair]
        for networks, row in zip(pair, final(measure, pair, keys=KEYS[:1]), strict=True):
            for network, curve in zip(networks, row, strict=True):
                hidden = features(network, built.images[:300])
                found = converged_probe(hidden, built.classes[:300], classes)
                expected = int(np.sum(found.predicted != built.classes[:300]))
                assert abs(int(curve.errors[0, 0]) - expected) <= TIES

    def test_converged_probe_is_blind_to_scaling(self, pair):
        networks = pair[0][:1]
        grown = [Scale(20.0).apply(net, key=KEY) for net in networks]
        found = {}
        for probe in ("converged", "notebook"):
            measure = Transfer(images=500, points=1, probe=probe)
            plain, scaled = final(measure, [networks, grown], keys=KEYS[:1])
            found[probe] = abs(int(plain[0].errors[0, 0] - scaled[0].errors[0, 0]))
            if probe == "converged":
                (note,) = plain[0].notes["probe"]
                assert note["converged"] and note["budget"] == 500 and note["iterations"] > 0
        assert found["converged"] <= TIES < found["notebook"]

    def test_chance(self):
        assert Transfer().chance == pytest.approx(0.75)
        # Even digits but zero: two in five, nearly.
        assert Transfer(task="least_prime_factor").chance == pytest.approx(0.61, abs=0.02)

    @pytest.mark.parametrize(
        "values, field",
        [
            (dict(images=500, points=6), "points"),
            (dict(points=0), "points"),
            (dict(points=51), "points"),
            (dict(task="tea"), "task"),
            (dict(probe="space"), "probe"),
            (dict(split="banana"), "split"),
        ],
    )
    def test_refuses(self, values, field):
        with pytest.raises(InvalidValue) as caught:
            Transfer(**values)
        assert caught.value.field == field


class TestCurve:
    X = np.array([0.1, 1.0, 10.0])

    def seed(self, errors, images, **clean):
        return SeedCurve(np.array(errors, np.int64), np.array(images, np.int64), **clean)

    def test_rates(self):
        one = self.seed([[1, 5, 0], [3, 5, 0]], [10, 10, 0], clean_errors=1, clean_images=4)
        two = self.seed([[2, 10, 0], [2, 10, 0]], [20, 20, 0])
        curve = Curve(self.X, (one, two), np.full(3, 20))
        np.testing.assert_allclose(one.rates, [[0.1, 0.5, np.nan], [0.3, 0.5, np.nan]])
        assert one.clean == 0.25 and np.isnan(two.clean)
        np.testing.assert_allclose(curve.rates, [[0.2, 0.5, np.nan], [0.1, 0.5, np.nan]])
        np.testing.assert_allclose(curve.mean, [0.15, 0.5, np.nan])
        assert curve.runs.shape == (4, 3)
        assert curve.images.tolist() == [10, 10, 0] and not curve.complete

    def test_spread_of_a_complete_curve_is_the_deviation_of_its_runs(self):
        one, two = self.seed([[1, 2, 3]], [10] * 3), self.seed([[3, 2, 9]], [10] * 3)
        curve = Curve(self.X, (one, two), np.full(3, 10))
        assert curve.complete
        np.testing.assert_allclose(curve.spread, [0.1, 0, 0.3])

    def test_spread_of_a_filling_curve_is_wider(self):
        one, two = self.seed([[1, 5, 0]], [10, 10, 0]), self.seed([[1, 5, 0]], [10, 10, 0])
        curve = Curve(self.X, (one, two), np.full(3, 1_000))
        expected = [np.sqrt(0.1 * 0.9 / 20), np.sqrt(0.5 * 0.5 / 20), np.nan]
        np.testing.assert_allclose(curve.spread, expected)

    @settings(max_examples=30)
    @given(errors=st.lists(st.integers(0, 100), min_size=3, max_size=3), seeds=st.integers(1, 4))
    def test_equal_seeds(self, errors, seeds):
        curve = Curve(self.X, (self.seed([errors], [100] * 3),) * seeds, np.full(3, 100))
        np.testing.assert_allclose(curve.mean, np.array(errors) / 100)
        np.testing.assert_allclose(curve.spread, 0, atol=1e-12)


def test_a_whole_coarse_curve_comes_at_once(reference_networks):
    measure = InputNoise(images=4_000, points=20)
    found = [item for item in measure.stream([reference_networks], keys=KEYS, key=KEY) if item]
    first, last = found[0][0][0].images, found[-1][0][0].images
    # From end to end, and for a small part of what all of it costs.
    assert first[0] > 0 and first[-1] > 0
    assert first.sum() < 0.1 * last.sum()
