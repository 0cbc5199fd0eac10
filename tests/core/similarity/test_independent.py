"""Every measure against another implementation: packages of their own, or the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, stats
from scipy.spatial import distance
from sklearn.linear_model import Ridge
from sklearn.model_selection import PredefinedSplit

from dissociation.core.similarity import SIMILARITIES, Pair, ridge
from dissociation.core.similarity import representation as representation_module
from dissociation.core.similarity.distances import euclidean
from dissociation.core.similarity.pair import FOLDS
from dissociation.core.similarity.representation import Representation
from dissociation.core.similarity.rsa import correlation_distance, upper


def sides(n=60, d1=24, d2=40, seed=0) -> tuple[np.ndarray, np.ndarray]:
    """Two related representations: the second a noisy, rectified mixture of the first."""
    rng = np.random.default_rng(seed)
    first = np.maximum(rng.normal(size=(n, d1)), 0)
    second = np.maximum(first @ rng.normal(size=(d1, d2)) / 3 + rng.normal(size=(n, d2)), 0)
    return first.astype(np.float32), second.astype(np.float32)


def value(name: str, *pair: np.ndarray) -> float:
    return SIMILARITIES[name].of(Pair(*pair))


def rescaled(side: np.ndarray, times: int) -> np.ndarray:
    """Each neuron by log-normal factors with s = 3, as the lab's rewrite does, several times."""
    factors = np.random.default_rng(5).normal(size=(times, side.shape[1]))
    return (side * np.exp(3 * factors.sum(0))).astype(np.float32)


def offset(side: np.ndarray) -> np.ndarray:
    return (side + 1e4 * np.random.default_rng(6).normal(size=side.shape[1])).astype(np.float32)


#: What is done to both sides, which no measure is blind to in all of its parts.
EXTREME = {
    "as they are": lambda side: side,
    "times 1e-18": lambda side: (side * 1e-18).astype(np.float32),
    "times 1e18": lambda side: (side * 1e18).astype(np.float32),
    "plus 1e4": offset,
    "rescaled 3 times": lambda side: rescaled(side, 3),
    "rescaled 8 times": lambda side: rescaled(side, 8),
}
SIZES = [(60, 24, 40), (33, 70, 12), (200, 16, 16)]


@pytest.fixture(
    params=[(size, "as they are") for size in SIZES] + [(SIZES[0], name) for name in EXTREME][1:],
    ids=lambda param: f"{param[0]} {param[1]}",
)
def pair(request) -> tuple[np.ndarray, np.ndarray]:
    size, how = request.param
    first, second = sides(*size)
    return EXTREME[how](first), EXTREME[how](second)


def centred(side: np.ndarray) -> np.ndarray:
    return np.asarray(side - side.mean(0, dtype=float), float)


@pytest.fixture(params=[0, 10_000], ids=["by neurons", "by images"])
def both_ways(request, monkeypatch) -> None:
    """Products of neurons, and of images."""
    monkeypatch.setattr(representation_module, "FEW", request.param)


def test_cka(pair, both_ways):
    x, y = map(centred, pair)
    k, other = x @ x.T, y @ y.T
    expected = np.sum(k * other) / np.sqrt(np.sum(k * k) * np.sum(other * other))
    assert value("cka", *pair) == pytest.approx(expected, rel=1e-5)


def hsic(k: np.ndarray, other: np.ndarray) -> float:
    """Song et al. 2012, equation 5, with matrices as it stands there."""
    n = len(k)
    k, other = k - np.diag(np.diag(k)), other - np.diag(np.diag(other))
    ones = np.ones(n)
    last = ones @ k @ other @ ones
    middle = (ones @ k @ ones) * (ones @ other @ ones) / ((n - 1) * (n - 2))
    return (np.trace(k @ other) + middle - 2 * last / (n - 2)) / (n * (n - 3))


def test_debiased_cka(pair, both_ways):
    # Not centred: the estimator does that itself, if the mean is not large.
    x, y = (np.asarray(side, float) for side in pair)
    if min(x.min(), y.min()) < -1e3:
        x, y = centred(x), centred(y)
    k, other = x @ x.T, y @ y.T
    expected = hsic(k, other) / np.sqrt(hsic(k, k) * hsic(other, other))
    assert value("cka_debiased", *pair) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_procrustes(pair, both_ways):
    x, y = map(centred, pair)
    width = max(x.shape[1], y.shape[1])
    x, y = (np.pad(side, ((0, 0), (0, width - side.shape[1]))) for side in (x, y))
    rotation, nuclear = linalg.orthogonal_procrustes(x, y)
    norms = np.linalg.norm(x) * np.linalg.norm(y)
    assert value("procrustes", *pair) == pytest.approx(np.arccos(nuclear / norms), abs=1e-5)
    # The angle is that to the rotated side.
    cosine = np.sum((x @ rotation) * y) / norms
    assert value("procrustes", *pair) == pytest.approx(np.arccos(cosine), abs=1e-5)


@pytest.mark.parametrize("name", ["ridge_forwards", "ridge_backwards"])
def test_ridge(pair, name, both_ways):
    # Offsets and scales are not for scikit-learn to bear.
    x, y = (centred(side) / np.abs(side).max() for side in pair)
    if name == "ridge_backwards":
        x, y = y, x
    folds = PredefinedSplit(np.arange(len(x)) % FOLDS)
    error = total = 0.0
    for train, held_out in folds.split():
        penalty = ridge.PENALTY * np.sum(x**2) / x.shape[1] * (FOLDS - 1) / FOLDS
        reader = Ridge(alpha=penalty, solver="cholesky").fit(x[train], y[train])
        error += np.sum((y[held_out] - reader.predict(x[held_out])) ** 2)
        total += np.sum((y[held_out] - y[train].mean(0)) ** 2)
    assert value(name, *pair) == pytest.approx(1 - error / total, abs=1e-4)


def standard(side: np.ndarray) -> np.ndarray:
    """Patterns with mean 0 and norm 1: their squared distance is twice that of correlation."""
    patterns = np.asarray(side, float)
    patterns = patterns - patterns.mean(1, keepdims=True)
    return patterns / np.linalg.norm(patterns, axis=1, keepdims=True)


@pytest.mark.parametrize("kind", ["euclidean", "correlation"])
@pytest.mark.parametrize("how", ["pearson", "spearman"])
def test_rsa(pair, kind, how):
    if kind == "euclidean":
        rdms = [distance.pdist(np.asarray(side, float)) for side in pair]
    else:
        rdms = [distance.pdist(standard(side), "sqeuclidean") / 2 for side in pair]
        for rdm, side in zip(rdms, pair, strict=True):
            found = upper(correlation_distance(Representation(side)))
            np.testing.assert_allclose(found, rdm, atol=1e-6)
            scipys = distance.pdist(np.asarray(side, float), "correlation")
            np.testing.assert_allclose(found, scipys, atol=1e-6)
    compare = {"pearson": stats.pearsonr, "spearman": stats.spearmanr}[how]
    assert value(f"rsa_{kind}_{how}", *pair) == pytest.approx(compare(*rdms)[0], abs=2e-5)


def test_neighbours(pair, both_ways):
    indices = []
    for side in pair:
        far = distance.cdist(*[np.asarray(side, float)] * 2)
        np.fill_diagonal(far, np.inf)
        indices.append(np.argsort(far)[:, :10])
    shares = [len(set(a) & set(b)) / 10 for a, b in zip(*indices, strict=True)]
    # A near tie may fall the other way.
    assert value("neighbours", *pair) == pytest.approx(np.mean(shares), abs=5e-3)


def test_jensen_shannon():
    first, second = (side[:, :10] for side in sides())
    softmax = [np.exp(side) / np.exp(side).sum(1, keepdims=True) for side in (first, second)]
    expected = [distance.jensenshannon(a, b, base=2) ** 2 for a, b in zip(*softmax, strict=True)]
    assert value("jensen_shannon", first, second) == pytest.approx(np.mean(expected), abs=1e-6)
    # All in one class against all in another: one bit.
    one, other = (np.eye(10, dtype=np.float32)[[place] * 12] for place in (0, 1))
    assert value("jensen_shannon", 1e18 * one, 1e18 * other) == pytest.approx(1)
    # Of what only rounding tells apart, nothing is left below 0.
    moved = first * np.float32(1 + 1e-7)
    assert 0 < value("jensen_shannon", first, moved) < 1e-12


def test_answers_and_changes():
    first = np.zeros((12, 10), np.float32)
    first[:, 3] = 4.0
    second = first.copy()
    second[0, 5] = 9.0
    assert value("disagreement", first, second) == pytest.approx(1 / 12)
    assert value("logit_change", first, second) == pytest.approx(9 / 4)


def test_distances_are_right_however_close():
    # Half of the images differ a billion times less than one neuron tells them from the others.
    first, _ = sides()
    first[:30, 0], first[30:, 0], first[7] = 0, 1e9, first[5]
    side = Representation(first)
    found, expected = side.unit * upper(euclidean(side)), distance.pdist(first.astype(float))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert expected.min() == 0 and 0 < np.sort(expected)[1] < 1e-8 * expected.max()
