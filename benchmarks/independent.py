"""Measures of similarity by packages of their own, or by the definition in plain NumPy.

All take the activations of both sides, `(n, d1)` and `(n, d2)` float32, and give the value.
"""

from __future__ import annotations

import numpy as np
import rsatoolbox
from scipy import linalg
from sklearn.linear_model import Ridge
from sklearn.model_selection import PredefinedSplit
from sklearn.neighbors import NearestNeighbors

from dissociation.core.similarity.neighbours import NEIGHBOURS
from dissociation.core.similarity.pair import FOLDS
from dissociation.core.similarity.ridge import penalty


def _centred(side: np.ndarray) -> np.ndarray:
    side = np.asarray(side, np.float64)
    return side - side.mean(0)


def cka_by_neurons(x: np.ndarray, y: np.ndarray) -> float:
    """‖XᵀY‖² / (‖XᵀX‖ ‖YᵀY‖), Kornblith et al. 2019."""
    x, y = _centred(x), _centred(y)
    norms = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(x.T @ y) ** 2 / norms)


def cka_by_images(x: np.ndarray, y: np.ndarray) -> float:
    """HSIC of the centred kernels, normalised: the same number."""
    x, y = _centred(x), _centred(y)
    k, other = x @ x.T, y @ y.T
    return float(np.sum(k * other) / (np.linalg.norm(k) * np.linalg.norm(other)))


def _hsic(k: np.ndarray, other: np.ndarray) -> float:
    n, ones = len(k), np.ones(len(k))
    middle = (ones @ k @ ones) * (ones @ other @ ones) / ((n - 1) * (n - 2))
    last = ones @ k @ other @ ones
    return float(np.trace(k @ other) + middle - 2 * last / (n - 2)) / (n * (n - 3))


def debiased_cka(x: np.ndarray, y: np.ndarray) -> float:
    """With the estimator of HSIC of Song et al. 2012, equation 5, as it stands there."""
    k, other = (np.asarray(side, np.float64) @ np.asarray(side, np.float64).T for side in (x, y))
    np.fill_diagonal(k, 0)
    np.fill_diagonal(other, 0)
    return _hsic(k, other) / float(np.sqrt(_hsic(k, k) * _hsic(other, other)))


def procrustes(x: np.ndarray, y: np.ndarray) -> float:
    """The angle from SciPy's `orthogonal_procrustes`, the narrower side filled up."""
    x, y = _centred(x), _centred(y)
    width = max(x.shape[1], y.shape[1])
    x, y = (np.pad(side, ((0, 0), (0, width - side.shape[1]))) for side in (x, y))
    _, nuclear = linalg.orthogonal_procrustes(x, y)
    return float(np.arccos(min(1.0, nuclear / (np.linalg.norm(x) * np.linalg.norm(y)))))


def ridge(x: np.ndarray, y: np.ndarray) -> float:
    """scikit-learn's `Ridge` in our folds, with our penalty."""
    alpha = penalty(float(np.sum(_centred(x) ** 2)), x.shape[1])
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    error = total = 0.0
    for train, held_out in PredefinedSplit(np.arange(len(x)) % FOLDS).split():
        reader = Ridge(alpha=alpha, solver="cholesky").fit(x[train], y[train])
        error += np.sum((y[held_out] - reader.predict(x[held_out])) ** 2)
        total += np.sum((y[held_out] - y[train].mean(0)) ** 2)
    return float(1 - error / total)


def ridge_back(x: np.ndarray, y: np.ndarray) -> float:
    """The first side read from the second."""
    return ridge(y, x)


def neighbours(x: np.ndarray, y: np.ndarray) -> float:
    """The share of common neighbours, found by scikit-learn."""
    first, second = (
        NearestNeighbors(n_neighbors=NEIGHBOURS).fit(side).kneighbors(return_distance=False)
        for side in (x, y)
    )
    common = [len(np.intersect1d(a, b)) for a, b in zip(first, second, strict=True)]
    return float(np.mean(common)) / NEIGHBOURS


def rsa(x: np.ndarray, y: np.ndarray, kind: str, how: str) -> float:
    """Of the package rsatoolbox: `kind` of dissimilarity, `how` two matrices are compared."""
    rdms = [
        rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(np.asarray(side, np.float64)), method=kind)
        for side in (x, y)
    ]
    if kind == "euclidean":
        # Theirs is the squared distance over the number of neurons.
        for rdm in rdms:
            rdm.dissimilarities = np.sqrt(np.maximum(rdm.dissimilarities, 0))
    return float(rsatoolbox.rdm.compare(*rdms, method=how).item())
