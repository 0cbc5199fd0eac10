"""Solution families: each solves its task, and has least of what it minimises, by any rival."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.core.linear import solved as solved_module
from dissociation.core.linear.families import FAMILIES, MOST_HIDDEN, Weights, check_hidden
from dissociation.core.linear.solved import CompactSVD, Solved, compact_svd, solve
from dissociation.core.linear.task import INPUTS, KINDS, LinearTask, generator
from dissociation.core.linear.walk import largest_change, members, walks
from dissociation.core.validation import InvalidValue

EXACT = 1e-9


@st.composite
def problems(draw) -> tuple[Solved, int, int]:
    """A task of any shape, a number of hidden neurons that is no bottleneck, and a key."""
    kind = draw(st.sampled_from(list(KINDS)))
    inputs = draw(st.sampled_from(list(INPUTS)))
    task = LinearTask(
        kind,
        inputs,
        depth=2,
        twins=draw(st.integers(1, 3)),
        samples=draw(st.integers(4, 12)),
        n_in=draw(st.integers(12 if inputs == "onehot" else 2, 16)),
        n_out=draw(st.integers(1, 8)),
        rank=draw(st.integers(1, 8)),
        noise=draw(st.sampled_from([0.0, 0.7])),
        key=draw(st.integers(0, 99)),
    )
    least = min(task.n_in, task.outputs)
    return solve(task.data()), draw(st.integers(least, least + 12)), task.key


def objective(name: str, networks: Weights, x: np.ndarray) -> np.ndarray:
    """What a family has least of."""

    def squares(matrices):
        return np.sum(matrices**2, axis=(1, 2))

    w1, w2 = networks
    return {
        "lss": lambda: squares(w2 @ w1),
        "mrns": lambda: squares(w1 @ x) + squares(w2),
        "mwns": lambda: squares(w1) + squares(w2),
    }[name]()


def rivals(solved: Solved, n_hidden: int, key: int) -> list[Weights]:
    """General solutions by roads that the closed forms know nothing of, and some of theirs."""
    rng = np.random.default_rng(key)
    found = [members(solved, n_hidden, count=4, spread=s, key=key)["gls"] for s in (0.05, 0.5, 1.5)]
    shape = 4, n_hidden, n_hidden
    for near in (0.02, 0.4):  # of minimal ones by any invertible map of the hidden layer
        q = np.eye(n_hidden) + near * rng.standard_normal(shape)
        for name in ("mrns", "mwns"):
            w1, w2 = members(solved, n_hidden, count=4, spread=0.0, key=key)[name]
            found.append(Weights(q @ w1, w2 @ np.linalg.inv(q)))
    if n_hidden >= solved.inputs.rank:  # any first layer, and the best readout of it
        w1 = 0.3 * rng.standard_normal((4, n_hidden, len(solved.x)))
        readout = [solved.y @ np.linalg.pinv(one @ solved.x, rcond=1e-9) for one in w1]
        found.append(Weights(w1, np.array(readout)))
    return found


@given(problems())
@settings(max_examples=40, deadline=None)
def test_every_family_solves_the_task_and_has_least_of_what_it_minimises(problem):
    solved, n_hidden, key = problem
    x, y = solved.x, solved.y
    scale = np.abs(y).max()
    best = y @ np.linalg.pinv(x, rcond=1e-9) @ x
    found = members(solved, n_hidden, count=3, spread=0.8, key=key)
    for networks in found.values():
        assert np.abs(networks.map @ x - best).max() < EXACT * scale
    assert solved.residual == pytest.approx(np.mean(np.sum((y - best) ** 2, 0)), abs=1e-12)
    least = {
        "lss": np.sum(np.linalg.svd(y @ np.linalg.pinv(x, rcond=1e-9))[1] ** 2),
        "mrns": 2 * np.linalg.svd(best)[1].sum(),
        "mwns": 2 * np.linalg.svd(y @ np.linalg.pinv(x, rcond=1e-9))[1].sum(),
    }
    for name, value in least.items():
        own = objective(name, found[name], x)
        assert own == pytest.approx(value, rel=EXACT)
        for others in rivals(solved, n_hidden, key):
            assert np.abs(others.map @ x - best).max() < 1e-6 * scale
            assert objective(name, others, x).min() > value * (1 - EXACT)
    assert np.allclose(found["lss"].map, solved.least_squares, atol=EXACT * scale)


@given(problems())
@settings(max_examples=25, deadline=None)
def test_only_minimum_norms_fix_the_similarity_matrix(problem):
    solved, n_hidden, key = problem
    x = solved.x
    found = members(solved, n_hidden, count=2, spread=0.8, key=key)
    (_, n, o), (_, s, v) = solved.fitted, solved.map
    expected = {"mrns": o * n @ o.T, "mwns": x.T @ v * s @ v.T @ x}  # Corollaries 3.11 and 3.12
    for name, matrix in expected.items():
        hidden = found[name].w1 @ x
        assert np.allclose(hidden.mT @ hidden, matrix, atol=EXACT * np.abs(matrix).max())
        # Unique up to a rotation, which differs.
        left, _, right = np.linalg.svd(hidden[0] @ hidden[1].T)
        assert np.allclose(left @ right @ hidden[1], hidden[0], atol=1e-7 * np.abs(hidden).max())
    for name in ("gls", "lss"):
        hidden = found[name].w1 @ x
        first, second = hidden.mT @ hidden
        assert np.abs(first - second).max() > 1e-3 * np.abs(first).max()


@given(problems())
@settings(max_examples=25, deadline=None)
def test_members_have_the_form_of_theorem_3_1(problem):
    solved, n_hidden, key = problem
    u, s, v = solved.map
    useless = solved.irrelevant @ solved.irrelevant.T
    for name in ("gls", "lss"):
        w1, w2 = members(solved, n_hidden, count=1, spread=0.8, key=key)[name].one(0)
        q = w1 @ v / np.sqrt(s)
        irrelevant = w1 @ useless
        irrelevant *= np.abs(irrelevant).max() > EXACT  # else rounding, which has a pinv, too
        hidden = w1 @ solved.x
        apart = (np.eye(n_hidden) - q @ np.linalg.pinv(q)) @ irrelevant
        core = u * np.sqrt(s) @ np.linalg.pinv(q)
        psi = -core @ irrelevant @ np.linalg.pinv(apart, rcond=1e-9)
        unoccupied = w2 @ (np.eye(n_hidden) - hidden @ np.linalg.pinv(hidden, rcond=1e-9))
        assert np.linalg.matrix_rank(q) == solved.rank
        assert np.allclose(core + psi + unoccupied, w2, atol=1e-7 * np.abs(w2).max())


def test_whitened_inputs_make_both_minimum_norms_one():
    # Corollary 3.8: one-hot items, none of the inputs unused.
    solved = solve(LinearTask(inputs="onehot", n_in=16).data())
    found = members(solved, 20, count=1, spread=0.8, key=5)
    assert np.allclose(found["mrns"].w1, found["mwns"].w1, atol=EXACT)
    assert np.allclose(found["mrns"].w2, found["mwns"].w2, atol=EXACT)


@pytest.mark.parametrize("inputs", INPUTS)
def test_a_walk_stays_on_its_manifold_while_the_weights_wander(inputs):
    solved = solve(LinearTask(inputs=inputs).data())
    settings = {"steps": 60, "size": 0.15, "spread": 0.7}
    found = walks(solved, 24, **settings, key=3)
    again = walks(solved, 24, **settings, key=3)
    other = walks(solved, 24, **settings, key=4)
    for name, networks in found.items():
        assert len(networks.w1) == 61
        assert largest_change(networks, solved.x) < 1e-12
        for weights in networks:
            moved = np.linalg.norm(weights[-1] - weights[0]) / np.linalg.norm(weights[0])
            steps = np.linalg.norm(np.diff(weights, axis=0), axis=(1, 2))
            assert 0.5 < moved < 3
            assert steps.max() < 0.6 * np.linalg.norm(weights[0])
        assert np.array_equal(networks.w1, again[name].w1)
        assert not np.allclose(networks.w1, other[name].w1)
    still = walks(solved, 24, **{**settings, "spread": 0.0}, key=3)
    assert np.allclose(still["gls"].w1, still["mwns"].w1, atol=EXACT)


def test_a_tree_gives_every_node_to_the_items_below_it():
    task = LinearTask("tree", "onehot", depth=2, twins=2, n_in=9)
    x, y = task.data()
    assert x.shape == (9, 8) and y.shape == (7, 8)
    assert np.array_equal(y[0], np.ones(8))
    assert np.array_equal(y[1:3], [[1] * 4 + [0] * 4, [0] * 4 + [1] * 4])
    assert np.array_equal(y[3], [1, 1, 0, 0, 0, 0, 0, 0])
    other = dataclasses.replace(task, targets=1).data()
    assert np.array_equal(other.x, x) and not np.array_equal(other.y, y)
    assert sorted(map(tuple, other.y.T)) == sorted(map(tuple, y.T))


def test_a_random_task_has_the_rank_and_noise_asked_for():
    task = LinearTask("random", "gaussian", samples=24, n_in=10, n_out=8, rank=3)
    assert solve(task.data()).rank == 3
    noisy = solve(dataclasses.replace(task, noise=0.5).data())
    assert noisy.rank == 8
    assert noisy.residual == pytest.approx(0.25 * 8 * (24 - 10) / 24, rel=0.5)
    assert generator(1, 2).random() != generator(1, 3).random()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": "onehot", "n_in": 8}, "one-hot inputs need one input for each of the 16 items"),
        ({"depth": 9}, "depth = 9 cannot be used: give a whole number from 2 to 3"),
        ({"kind": "ring"}, "choose one of tree, random"),
        ({"noise": float("nan")}, "target_noise"),
    ],
)
def test_bad_tasks_are_refused_kindly(change, words):
    with pytest.raises(InvalidValue, match=words):
        LinearTask(**change)


def test_a_bottleneck_is_refused_kindly():
    with pytest.raises(InvalidValue, match="need at least 15 hidden neurons"):
        check_hidden(14, 20, 15)
    assert check_hidden(15.0, 20, 15) == 15
    assert all(family.cite and family.form for family in FAMILIES.values())
    with pytest.raises(InvalidValue, match=f"from 1 to {MOST_HIDDEN}"):
        check_hidden(MOST_HIDDEN + 1, 20, 15)


def as_another_solver(matrix: np.ndarray) -> CompactSVD:
    """A compact SVD with other signs, and other vectors where singular values are equal."""
    left, values, right = compact_svd(matrix)
    rng = np.random.default_rng(9)
    for value in np.unique(values.round(9)):
        same = np.flatnonzero(np.abs(values - value) < 1e-8)
        turn = -np.linalg.qr(rng.standard_normal((len(same), len(same))))[0]
        left[:, same], right[:, same] = left[:, same] @ turn, right[:, same] @ turn
    return CompactSVD(left, values, right)


@pytest.mark.parametrize("inputs", INPUTS)
def test_a_walk_is_the_same_whatever_singular_vectors_are_found(inputs, monkeypatch):
    task = LinearTask(inputs=inputs).data()
    settings = {"steps": 5, "size": 0.15, "spread": 0.7, "key": 3}
    ours = walks(solve(task), 24, **settings)
    monkeypatch.setattr(solved_module, "compact_svd", as_another_solver)
    other = solve(task)
    assert not np.allclose(other.map.right, compact_svd(other.least_squares).right)
    for name, networks in walks(other, 24, **settings).items():
        for own, theirs in zip(ours[name], networks, strict=True):
            np.testing.assert_allclose(theirs, own, atol=EXACT)
