"""Noise on linear networks: closed forms agree with draws and with the paper's corollaries."""

from __future__ import annotations

import numpy as np
import pytest

from dissociation.core.linear import noise
from dissociation.core.linear import solved as solved_bases
from dissociation.core.linear.families import Weights
from dissociation.core.linear.solved import solve
from dissociation.core.linear.task import LinearTask
from dissociation.core.linear.walk import members

SIGMA = np.logspace(-2, 0.5, 7)
TASKS = {
    "tree": LinearTask(inputs="onehot", n_in=20),
    "random": LinearTask("random", "gaussian", n_in=12, noise=0.5),
    "wide": LinearTask("random", "gaussian", samples=8, n_in=14),
}


@pytest.fixture(params=TASKS, scope="module")
def problem(request):
    solved = solve(TASKS[request.param].data())
    found = members(solved, 24, count=1, spread=0.8, key=1)
    return solved, {name: networks.one(0) for name, networks in found.items()}


def worst(sampled, expected) -> float:
    """The largest difference in standard errors."""
    return float(np.max(np.abs(sampled.mean - expected) / sampled.error))


def test_closed_forms_agree_with_draws(problem):
    solved, networks = problem
    drawn = noise.sampled_input_noise(networks, solved, SIGMA, draws=1_000, key=5)
    for name, one in networks.items():
        assert worst(drawn[name], noise.input_noise_loss(one, solved, SIGMA)) < 3
    for scaling in noise.SCALINGS:
        drawn = noise.sampled_parameter_noise(networks, solved, SIGMA, scaling, draws=1_000, key=5)
        for name, one in networks.items():
            expected = noise.parameter_noise_loss(one, solved, SIGMA, scaling)
            assert worst(drawn[name], expected) < 3
            # Draws that are not noise on this network would not agree.
            assert worst(drawn[name], 1.5 * expected) > 3


def test_draws_are_the_loss_of_noisy_networks(problem):
    solved, networks = problem
    one = networks["gls"]
    drawn = noise.sampled_input_noise({"": one}, solved, SIGMA, draws=2, key=8)[""]
    rng = noise.generator(8, noise._NOISE, 0)
    ideal = [
        [
            np.sum((one.map @ (solved.x + s * xi) - solved.y) ** 2) / (2 * solved.items)
            for s in SIGMA
        ]
        for xi in rng.standard_normal((2, *solved.x.shape))
    ]
    assert drawn.mean == pytest.approx(np.mean(ideal, 0))
    drawn = noise.sampled_parameter_noise({"": one}, solved, SIGMA, "equal", draws=2, key=8)[""]
    rng = noise.generator(8, noise._NOISE, 1)
    first, second = (rng.standard_normal((2, *weight.shape)) for weight in one)
    ideal = [
        [
            np.sum(((one.w2 + s * b) @ (one.w1 + s * a) @ solved.x - solved.y) ** 2)
            / (2 * solved.items)
            for s in SIGMA
        ]
        for a, b in zip(first, second, strict=True)
    ]
    assert drawn.mean == pytest.approx(np.mean(ideal, 0))


def test_input_noise_is_stood_best_by_least_squares_solutions(problem):
    # Corollary 5.3: by all of them, minimum weight norm included, and by no other.
    solved, networks = problem
    least = noise.least_input_noise_loss(solved, SIGMA)
    losses = {n: noise.input_noise_loss(one, solved, SIGMA) for n, one in networks.items()}
    assert losses["lss"] == pytest.approx(least)
    assert losses["mwns"] == pytest.approx(least)
    if np.trace(solved.unobserved) > 0.5:
        assert (losses["gls"] > least).all() and (losses["mrns"] > least).all()


def test_parameter_noise_is_stood_best_by_minimum_representation_norm(problem):
    # Corollary 5.5, with the noise of Theorem 5.4.
    solved, networks = problem
    least = noise.least_parameter_noise_loss(solved, 24, SIGMA)
    losses = {n: noise.parameter_noise_loss(one, solved, SIGMA) for n, one in networks.items()}
    assert losses["mrns"] == pytest.approx(least)
    assert (losses["gls"] > least).all() and (losses["lss"] > least).all()
    whitened = np.allclose(np.diff(solved.inputs.values), 0)
    # Equal but for rounding where the inputs are white.
    assert (losses["mwns"] > least * (1 + 1e-9)).all() != whitened


def test_one_sigma_for_both_layers_is_stood_best_by_another_balance(problem):
    solved, networks = problem
    w1, w2 = networks["mrns"]
    least = noise.least_parameter_noise_loss(solved, 24, SIGMA, "equal")
    n_out = len(solved.y)
    # The factor that makes both layers weigh the same under this noise.
    factor = (solved.power * solved.items / n_out) ** 0.25
    balanced = Weights(w1 * factor, w2 / factor)
    assert noise.parameter_noise_loss(balanced, solved, SIGMA, "equal") == pytest.approx(least)
    for one in networks.values():
        assert (noise.parameter_noise_loss(one, solved, SIGMA, "equal") > least).all()


def test_noise_and_bases_are_drawn_apart():
    drawn = noise.generator(0, noise._NOISE, 0).standard_normal(8)
    basis = solved_bases.generator(0, solved_bases._BASES).standard_normal(8)
    assert not np.isclose(drawn, basis).any()
