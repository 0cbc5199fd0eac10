"""Whatever the floats, every loop ends; and a number that is none stops where it arises."""

from __future__ import annotations

import dataclasses
import json
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dissociation.cli.main import COULD_NOT, main
from dissociation.core import manipulations as m
from dissociation.core.data.datasets import Dataset, mnist_test, mnist_train
from dissociation.core.experiment import Experiment, noise_key
from dissociation.core.measures import InputNoise, ParameterNoise
from dissociation.core.measures.converged_probe import principal_axes
from dissociation.core.measures.probes import notebook_probe
from dissociation.core.networks.function_checks import _difference
from dissociation.core.networks.network import (
    Network,
    hidden_and_logits,
    logits,
    seed_key,
    silent_images,
)
from dissociation.core.networks.normal_form import neuron_kinds, normal_form
from dissociation.core.networks.shared_rows import _peaks, _representatives, shared_rows
from dissociation.core.networks.training import Diverged, Recipe, train, trained
from dissociation.core.runner import run
from dissociation.core.statistics.hypothesis import networks_needed
from dissociation.core.theory.noise_scales import coarse_scales, missing_scales
from dissociation.core.theory.norms import Norms, allowed_noise, network_norms
from dissociation.core.theory.prediction import predicted_curve
from dissociation.core.validation import InvalidValue, NotFinite, check_finite

#: As many steps, and of the same shapes, as in other tests.
TINY = Recipe(epochs=1, batch=2_048, width=16)
WILD = dataclasses.replace(TINY, learning_rate=10.0)
any_float = st.floats(width=32, allow_nan=True, allow_infinity=True)
rows = arrays(np.float32, st.tuples(st.integers(1, 6), st.just(2)), elements=any_float)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_is_like_no_other(bad):
    stacked = np.array([[1, 2], [2, 4], [bad, 1], [bad, 1]], np.float32)
    assert _representatives(stacked, _peaks(stacked)).tolist() == [0, 0, 2, 3]


class TestEveryLoopEnds:
    """Each of these has a loop whose end rests on numbers that it is given."""

    @settings(deadline=None)
    @given(rows)
    def test_comparing_rows(self, stacked):
        with np.errstate(all="ignore"):
            found = _representatives(stacked, _peaks(stacked))
            shared = shared_rows([stacked])
        odd = ~np.isfinite(stacked).all(1)
        assert (found <= np.arange(len(stacked))).all()
        np.testing.assert_array_equal(found[odd], np.flatnonzero(odd))
        assert len(shared.selections[0].index) == len(stacked)

    @settings(deadline=None)
    @given(*[arrays(np.float32, shape, elements=any_float) for shape in ((3, 2), (3, 3), (2, 3))])
    def test_undoing_symmetries(self, w1, w2, w3):
        with np.errstate(all="ignore"):
            assert max(normal_form(Network(w1, w2, w3)).widths) <= 3
            assert (neuron_kinds(w1, w2).copies >= 1).all()

    @settings(deadline=None, max_examples=25)
    @given(st.floats())
    def test_asking_for_more_networks(self, effect):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = networks_needed(effect)
        assert found is None or found >= 2

    @given(st.lists(st.floats(), min_size=40, max_size=40))
    def test_choosing_noise_scales(self, errors):
        sigmas = np.logspace(-4, 2, 40)
        known: set[int] = set()
        wanted = coarse_scales(sigmas)
        with np.errstate(all="ignore"):
            while wanted:
                assert not known & set(wanted), "each round finds new ones, of 40"
                known |= set(wanted)
                scales = sorted(known)
                wanted = missing_scales(scales, [errors[scale] for scale in scales])

    @given(st.lists(any_float, min_size=8, max_size=8))
    def test_halving(self, values):
        norms = Norms(tuple(values[:3]), tuple(values[3:7]), values[7], (0.0, 0.0), (0.0, 0.0, 0.0))
        with np.errstate(all="ignore"):
            assert np.isfinite(allowed_noise(norms))


@pytest.fixture(scope="module")
def data() -> dict[str, Dataset]:
    few = mnist_train(), mnist_test()
    return {
        name: Dataset(part.pixels[:2_048], part.labels[:2_048])
        for name, part in zip(("train_data", "test_data"), few, strict=True)
    }


@pytest.fixture(scope="module")
def network() -> Network:
    rng = np.random.default_rng(0)
    shapes = (16, 784), (16, 16), (10, 16)
    return Network(*((rng.normal(size=s) / np.sqrt(s[1])).astype(np.float32) for s in shapes))


class TestTraining:
    @pytest.fixture
    def exploding(self, monkeypatch):
        """Weights so large that the first step leaves the numbers, whatever the machine rounds."""
        from dissociation.core.networks import training

        initial = training.initial_network

        def large(key, width):
            return Network(*(1e8 * np.asarray(w) for w in initial(key, width)))

        monkeypatch.setattr(training, "initial_network", large)

    def test_stops_at_the_first_number_that_is_none(self, data, exploding):
        states = train(dataclasses.replace(WILD, epochs=3), seed_key(0), **data)
        assert next(states).epoch == 0.0
        words = "Training diverged in epoch 1 at learning rate 10; try 0.5 or less."
        with pytest.raises(Diverged) as caught:
            list(states)
        assert str(caught.value) == words and isinstance(caught.value, NotFinite)
        for call in (
            lambda: trained(WILD, seed_key(0), **data),
            lambda: run(Experiment(ParameterNoise(200, points=2), (), WILD, 1)),
        ):
            with pytest.raises(Diverged, match="epoch 1"):
                call()

    def test_a_weight_of_the_last_step_counts(self, data, monkeypatch):
        from dissociation.core.networks import training

        steps = training.later

        def broken(*state):
            found, loss = steps(*state)
            network = found.network._replace(w3=found.network.w3.at[0, 0].set(np.inf))
            return found._replace(network=network), loss

        monkeypatch.setattr(training, "later", broken)
        with pytest.raises(Diverged):
            trained(TINY, seed_key(0), **data)

    @pytest.mark.parametrize("rate, advised", [(2.0, "0.5"), (0.6, "0.3"), (0.1, "0.05")])
    def test_advice_is_below_what_failed(self, rate, advised):
        recipe = Recipe(learning_rate=rate, final_learning_rate=0.0)
        assert f"in epoch 3 at learning rate {rate:g}; try {advised} or less" in str(
            Diverged(recipe, 3)
        )

    def test_from_the_command_line(self, tmp_path, exploding, capsys):
        plan = tmp_path / "plan.json"
        plan.write_text(json.dumps(Experiment(InputNoise(200, points=2), (), WILD, 1).to_json()))
        code = main(["run", str(plan), "--out", str(tmp_path / "x.csv"), "--cache", str(tmp_path)])
        last = capsys.readouterr().err.splitlines()[-1]
        assert code == COULD_NOT and not (tmp_path / "x.csv").exists()
        assert last.startswith("dissociation: Training diverged in epoch 1 at learning rate 10")


class TestSilence:
    def test_counted_by_layer(self, network):
        images = mnist_test().images[:1_200]
        assert silent_images(network, images) == (0, 0)
        assert silent_images(network._replace(w2=-np.abs(network.w2)), images) == (0, 1_200)
        assert silent_images(network._replace(w1=-np.abs(network.w1)), images) == (1_200, 1_200)
        # One pixel that a few images use.
        narrow = np.zeros_like(network.w1)
        narrow[:, 400] = 1
        silent = int(np.sum(images[:, 400] == 0))
        assert 0 < silent < 1_200
        assert silent_images(network._replace(w1=narrow), images)[0] == silent

    def test_a_dead_network_is_the_same_function_as_its_rewrites(self):
        zero = np.zeros((5, 10), np.float32)
        assert _difference(zero, zero) == (0.0, 0)


def spoilt(network: Network, value: float) -> Network:
    w2 = network.w2.copy()
    w2[3, 4] = value
    return network._replace(w2=w2)


class TestNumbersThatAreNone:
    @pytest.mark.parametrize("value", [np.nan, np.inf, 1e38])
    def test_no_forward_pass_hides_them(self, network, value):
        bad, images = spoilt(network, value), 100 * mnist_test().images[:300]
        with pytest.raises(InvalidValue, match="float32"):
            logits(bad, images)
        with pytest.raises(NotFinite, match="float32"):
            hidden_and_logits(bad, images, 2)

    @pytest.mark.parametrize("measure", [InputNoise, ParameterNoise])
    def test_no_curve_is_counted_from_them(self, network, measure):
        # Its weights are finite; its activations are not.
        bad = network._replace(w1=1e20 * network.w1, w2=1e20 * network.w2)
        with pytest.raises(NotFinite, match="too large for float32"):
            run(Experiment(measure(200, points=2), (), TINY, 1), [bad])

    def test_no_rewrite_makes_them(self, network):
        with pytest.raises(NotFinite, match="Scaled.* makes weights that are too large"):
            m.apply_all(
                network._replace(w2=1e37 * network.w2), (m.Scale(1000.0),), key=noise_key(0)
            )
        with pytest.raises(InvalidValue, match="^w2 = nan cannot be used"):
            m.apply_all(spoilt(network, np.nan), (m.Permute(),), key=noise_key(0))

    def test_theory_says_that_its_squares_are_too_large(self, network):
        large = m.apply_all(network, 8 * (m.Scale(1000.0, layer=1),), key=noise_key(0))
        assert np.isfinite(logits(large, mnist_test().images[:300])).all()
        with pytest.raises(NotFinite, match="theory squares"):
            predicted_curve(Experiment(ParameterNoise(200, points=2), (), TINY, 1), [large])
        with pytest.raises(NotFinite, match="theory squares"):
            network_norms(large)

    def test_the_notebooks_probe_says_that_it_diverges(self):
        x = np.random.default_rng(0).normal(size=(100, 16)).astype(np.float32)
        with pytest.raises(NotFinite, match="choose the converged probe"):
            notebook_probe(1e25 * x, np.arange(100) % 4, 4)

    @pytest.mark.parametrize("power", [-80, 80])
    def test_the_converged_probe_is_blind_to_any_scale(self, power):
        x = np.random.default_rng(0).normal(size=(100, 16)).astype(np.float32)
        for scaled, plain in zip(
            principal_axes(x * np.float32(2.0**power)), principal_axes(x), strict=True
        ):
            np.testing.assert_array_equal(scaled, plain)

    def test_said_once_for_many(self):
        check_finite("fine", 1.0, np.zeros(3))
        with pytest.raises(NotFinite, match="^what happened$"):
            check_finite("what happened", np.zeros(3), np.array([0, np.nan]))
