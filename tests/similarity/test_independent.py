"""Every measure against another implementation: packages of their own, or the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
import rsatoolbox
from scipy import linalg
from scipy.spatial import distance
from sklearn.linear_model import Ridge
from sklearn.model_selection import PredefinedSplit
from sklearn.neighbors import NearestNeighbors

from dissociation.measures.similarity import SIMILARITIES, Pair, ridge
from dissociation.measures.similarity import pair as pair_module
from dissociation.measures.similarity.pair import FOLDS


def sides(n=60, d1=24, d2=40, seed=0) -> tuple[np.ndarray, np.ndarray]:
    """Two related representations: the second a noisy, rectified mixture of the first."""
    rng = np.random.default_rng(seed)
    first = np.maximum(rng.normal(size=(n, d1)), 0)
    second = np.maximum(first @ rng.normal(size=(d1, d2)) / 3 + rng.normal(size=(n, d2)), 0)
    return first.astype(np.float32), second.astype(np.float32)


def value(name: str, *pair: np.ndarray) -> float:
    return SIMILARITIES[name].of(Pair(*pair))


@pytest.fixture(params=[(60, 24, 40), (33, 70, 12), (200, 16, 16)], ids=str)
def pair(request) -> tuple[np.ndarray, np.ndarray]:
    return sides(*request.param)


def centred(side: np.ndarray) -> np.ndarray:
    return np.asarray(side - side.mean(0, dtype=float), float)


@pytest.fixture(params=[0, 10_000], ids=["by neurons", "by images"])
def both_ways(request, monkeypatch) -> None:
    """Products of neurons, and of images."""
    monkeypatch.setattr(pair_module, "FEW", request.param)


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
    # Not centred: the estimator does that itself.
    k, other = (np.asarray(side, float) @ np.asarray(side, float).T for side in pair)
    expected = hsic(k, other) / np.sqrt(hsic(k, k) * hsic(other, other))
    assert value("cka_debiased", *pair) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_procrustes(pair, both_ways):
    x, y = map(centred, pair)
    width = max(x.shape[1], y.shape[1])
    x, y = (np.pad(side, ((0, 0), (0, width - side.shape[1]))) for side in (x, y))
    rotation, nuclear = linalg.orthogonal_procrustes(x, y)
    norms = np.linalg.norm(x) * np.linalg.norm(y)
    assert value("procrustes", *pair) == pytest.approx(np.arccos(nuclear / norms), abs=1e-4)
    # The angle is that to the rotated side.
    cosine = np.sum((x @ rotation) * y) / norms
    assert value("procrustes", *pair) == pytest.approx(np.arccos(cosine), abs=1e-4)


@pytest.mark.parametrize("name", ["ridge_forwards", "ridge_backwards"])
def test_ridge(pair, name, both_ways):
    x, y = pair if name == "ridge_forwards" else pair[::-1]
    folds = PredefinedSplit(np.arange(len(x)) % FOLDS)
    error = total = 0.0
    for train, held_out in folds.split():
        penalty = ridge.PENALTY * np.sum(centred(x) ** 2) / x.shape[1] * (FOLDS - 1) / FOLDS
        reader = Ridge(alpha=penalty, solver="cholesky").fit(x[train].astype(float), y[train])
        error += np.sum((y[held_out] - reader.predict(x[held_out].astype(float))) ** 2)
        total += np.sum((y[held_out] - y[train].mean(0, dtype=float)) ** 2)
    assert value(name, *pair) == pytest.approx(1 - error / total, abs=1e-4)


@pytest.mark.parametrize("kind", ["euclidean", "correlation"])
@pytest.mark.parametrize("how, method", [("pearson", "corr"), ("spearman", "spearman")])
def test_rsa(pair, kind, how, method):
    rdms = [
        rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(np.asarray(side, float)), method=kind)
        for side in pair
    ]
    if kind == "euclidean":
        # Theirs is the squared distance over the number of neurons.
        for rdm in rdms:
            rdm.dissimilarities = np.sqrt(np.maximum(rdm.dissimilarities, 0))
    expected = rsatoolbox.rdm.compare(*rdms, method=method).item()
    assert value(f"rsa_{kind}_{how}", *pair) == pytest.approx(expected, abs=2e-5)


def test_neighbours(pair):
    indices = []
    for side in pair:
        known = NearestNeighbors(n_neighbors=10).fit(side)
        indices.append(known.kneighbors(return_distance=False))
    shares = [len(set(a) & set(b)) / 10 for a, b in zip(*indices, strict=True)]
    assert value("neighbours", *pair) == pytest.approx(np.mean(shares), abs=2e-3)


def test_jensen_shannon(pair):
    first, second = (side[:, :10] for side in pair)
    softmax = [np.exp(side) / np.exp(side).sum(1, keepdims=True) for side in (first, second)]
    expected = [distance.jensenshannon(a, b, base=2) ** 2 for a, b in zip(*softmax, strict=True)]
    assert value("jensen_shannon", first, second) == pytest.approx(np.mean(expected), abs=1e-6)


def test_answers_and_changes():
    first = np.zeros((12, 10), np.float32)
    first[:, 3] = 4.0
    second = first.copy()
    second[0, 5] = 9.0
    assert value("disagreement", first, second) == pytest.approx(1 / 12)
    assert value("logit_change", first, second) == pytest.approx(9 / 4)
