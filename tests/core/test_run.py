"""Experiments from end to end, and what the paper says they show, on really trained networks."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest

from dissociation.core.experiment import Experiment, noise_key
from dissociation.core.manipulations import (
    Duplicate,
    InputNull,
    Nuisance,
    Permute,
    Scale,
    apply_all,
)
from dissociation.core.measures import InputNoise, ParameterNoise, Transfer
from dissociation.core.networks.network import initial_network, seed_key, weights_digest
from dissociation.core.networks.training import Recipe, trained
from dissociation.core.runner import manipulated, run, stream
from dissociation.core.statistics.summary import summarise

TIES = 3
RECIPE = Recipe(epochs=1, batch=64, learning_rate=0.5, final_learning_rate=0.01, width=64)
INPUT = InputNoise(images=2_000, points=16, noise_low=0.05)
PARAMETER = ParameterNoise(images=2_000, points=16, noise_low=1e-3, draws=6)
EXACT = {"scaled": Scale(20.0), "duplicated": Duplicate(4.0), "nuisance": Nuisance(64.0, group=2)}


@pytest.fixture(scope="module")
def networks():
    return [trained(RECIPE, seed_key(seed)) for seed in range(2)]


@pytest.fixture(scope="module")
def curves(networks):
    """Curves of the trained and the rewritten networks under both kinds of noise."""
    found = {}
    for measure in (INPUT, PARAMETER):
        base = Experiment(measure, recipe=RECIPE, measure_anyway=True)
        found[measure.name, "trained"] = run(base, networks)
        for name, step in (*EXACT.items(), ("input_null", InputNull(0.5))):
            rewritten = dataclasses.replace(base, manipulations=(step,))
            found[measure.name, name] = run(rewritten, networks)
    return found


class TestDissociation:
    def ratio(self, curves, measure, name):
        trained, changed = curves[measure.name, "trained"], curves[measure.name, name]
        return summarise(changed, trained, measure.chance).ratio

    def test_networks_are_trained(self, curves):
        for measure in (INPUT, PARAMETER):
            summary = summarise(*[curves[measure.name, "trained"]] * 2, measure.chance)
            assert summary.clean < 0.06
            assert np.isfinite(summary.sigma50)
            assert curves[measure.name, "trained"].mean[-1] > 0.6

    @pytest.mark.parametrize("name", EXACT)
    def test_input_noise_cannot_tell_exact_rewrites_apart(self, name, curves):
        trained, changed = curves["input_noise", "trained"], curves["input_noise", name]
        for one, other in zip(trained.seeds, changed.seeds, strict=True):
            assert np.abs(one.errors - other.errors).max() <= TIES
        assert self.ratio(curves, INPUT, name) == pytest.approx(1, abs=0.01)

    @pytest.mark.parametrize(
        "name, most", [("scaled", 0.4), ("duplicated", 0.96), ("nuisance", 0.96)]
    )
    def test_parameter_noise_can(self, name, most, curves):
        assert self.ratio(curves, PARAMETER, name) < most
        trained, changed = curves["parameter_noise", "trained"], curves["parameter_noise", name]
        assert summarise(changed, trained, 0.9).area > summarise(trained, trained, 0.9).area

    def test_input_null_noise_is_the_reverse(self, curves):
        # Fragile to noise on the images, while noise on the weights hardly notices.
        assert self.ratio(curves, INPUT, "input_null") < 0.5
        assert self.ratio(curves, PARAMETER, "input_null") == pytest.approx(1, abs=0.05)
        clean = [curves["input_noise", name] for name in ("trained", "input_null")]
        for one, other in zip(*(curve.seeds for curve in clean), strict=True):
            assert abs(one.clean_errors - other.clean_errors) <= 20


class TestRun:
    PLAN = Experiment(
        ParameterNoise(images=300, points=3, noise_low=0.01),
        (Permute(), Nuisance(8.0, group=2)),
        RECIPE,
        key=5,
    )

    def test_rewrites_each_seed_with_its_own_key(self, networks):
        found = manipulated(self.PLAN, networks)
        keys = jax.random.split(jax.random.PRNGKey(5), 2)
        for network, key, rewritten in zip(networks, keys, found, strict=True):
            expected = apply_all(network, self.PLAN.manipulations, key=key)
            assert weights_digest(rewritten) == weights_digest(expected)
        added = [np.asarray(network.w2[64:]) for network in found]
        assert not np.allclose(added[0], added[1])

    def test_measures_the_rewritten_networks_with_the_experiments_key(self, networks):
        found = run(self.PLAN, networks)
        key = noise_key(5)
        *_, last = self.PLAN.measure.stream(
            [manipulated(self.PLAN, networks)], keys=jax.random.split(key, 2), key=key
        )
        for one, other in zip(found.seeds, last[0], strict=True):
            np.testing.assert_array_equal(one.errors, other.errors)
        np.testing.assert_array_equal(found.x, self.PLAN.measure.x)
        assert found.complete
        other = run(dataclasses.replace(self.PLAN, key=6), networks)
        assert any(
            (a.errors != b.errors).any() for a, b in zip(found.seeds, other.seeds, strict=True)
        )

    def test_streams_coarse_to_fine_and_ends_complete(self, networks):
        plan = dataclasses.replace(self.PLAN, measure=Transfer(images=200, points=2))
        found = list(stream(plan, networks))
        assert [curve.complete for curve in found[:-1]] == [False] * (len(found) - 1)
        assert found[-1].complete and len(found) > 1

    def test_an_invariant_experiment_is_the_trained_networks(self, networks):
        measure = InputNoise(images=200, points=2)
        exact = Experiment(measure, (Scale(20.0), Nuisance(8.0)), RECIPE)
        plain = run(Experiment(measure, recipe=RECIPE), networks)
        for one, other in zip(run(exact, networks).seeds, plain.seeds, strict=True):
            np.testing.assert_array_equal(one.errors, other.errors)

    def test_trains_if_no_networks_are_given(self):
        recipe = Recipe(epochs=0, width=16)
        plan = Experiment(InputNoise(images=200, points=2), recipe=recipe, seeds=2)
        untrained = [initial_network(seed_key(seed), 16) for seed in range(2)]
        expected = run(plan, untrained)
        found = run(plan)
        assert len(found.seeds) == 2
        for one, other in zip(found.seeds, expected.seeds, strict=True):
            np.testing.assert_array_equal(one.errors, other.errors)
            assert one.clean_errors == other.clean_errors
