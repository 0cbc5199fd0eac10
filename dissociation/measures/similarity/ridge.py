"""Linear predictivity: how much of one representation a linear reader of the other explains.

Ridge regression with intercept in five folds; R² of the held-out images, all neurons together:

    R² = 1 − Σ_folds ‖Y_f − Ŷ_f‖² / Σ_folds ‖Y_f − Ȳ_train‖².

The penalty is a hundredth of the mean eigenvalue of the predictor's covariance times the number of
images, so that it means the same whatever the scale. Everything is computed from Gram matrices: of
neurons if there are many images, of images if there are few. With predictions ȳ + (x − x̄)W, the
held-out error is tr(Y'ᵀY') − 2 tr(WᵀX'ᵀY') + tr(WᵀX'ᵀX'W), where ' is measured from the training
means.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import linalg

from dissociation.measures.similarity.base import Similarity
from dissociation.measures.similarity.pair import FOLDS, Moments, Pair

#: Of the predictor's mean eigenvalue.
PENALTY = 0.01
#: Up to this many images, products of images are smaller than those of neurons.
FEW = 1_500


class _Centred(NamedTuple):
    """Gram matrices about other means than those of these images."""

    xx: np.ndarray
    xy: np.ndarray
    yy_trace: float


def _about(moments: Moments, x: np.ndarray, y: np.ndarray) -> _Centred:
    n, sx, sy = moments.images, moments.first, moments.second
    xx = moments.xx - np.outer(sx, x) - np.outer(x, sx) + n * np.outer(x, x)
    xy = moments.xy - np.outer(sx, y) - np.outer(x, sy) + n * np.outer(x, y)
    trace = float(np.trace(moments.yy)) - 2 * float(sy @ y) + n * float(y @ y)
    return _Centred(xx, xy, trace)


def _swapped(moments: Moments) -> Moments:
    images, first, second, xx, yy, xy = moments
    return Moments(images, second, first, yy, xx, xy.T)


def penalty(xx: np.ndarray) -> float:
    """The ridge penalty for a predictor with this centred Gram matrix `(d, d)`."""
    return PENALTY * float(np.trace(xx)) / len(xx)


def _explained(whole: Moments, folds: list[Moments]) -> float:
    error = total = 0.0
    for fold in folds:
        train = whole.less(fold)
        means = train.first / train.images, train.second / train.images
        known, held_out = _about(train, *means), _about(fold, *means)
        regular = known.xx + penalty(known.xx) * np.eye(len(known.xx))
        if not np.trace(known.xx) > 0:
            return float("nan")
        weights = linalg.solve(regular, known.xy, assume_a="pos", check_finite=False)
        error += held_out.yy_trace - 2 * float(np.sum(weights * held_out.xy))
        error += float(np.sum(weights * (held_out.xx @ weights)))
        total += held_out.yy_trace
    return 1 - error / total if total > 0 else float("nan")


def _explained_by_kernels(k: np.ndarray, of: np.ndarray, width: int) -> float:
    # Ŷ = ȳ + H (Y_t - ȳ) with H = K_ft (K_tt + λ)⁻¹, kernels measured from the training means; the
    # errors' norm then needs only the products of Y's images.
    n = len(k)
    error = total = 0.0
    for fold in range(FOLDS):
        held = np.arange(fold, n, FOLDS)
        train = np.setdiff1d(np.arange(n), held)
        known, values = (_from_means(side, train) for side in (k, of))
        trace = float(np.trace(known[np.ix_(train, train)]))
        if not trace > 0:
            return float("nan")
        regular = known[np.ix_(train, train)] + PENALTY * trace / width * np.eye(len(train))
        reader = linalg.solve(
            regular, known[np.ix_(train, held)], assume_a="pos", check_finite=False
        )
        held_out = float(np.trace(values[np.ix_(held, held)]))
        error += held_out - 2 * float(np.sum(reader * values[np.ix_(train, held)]))
        error += float(np.sum(reader * (values[np.ix_(train, train)] @ reader)))
        total += held_out
    return 1 - error / total if total > 0 else float("nan")


def _from_means(products: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Products of all images, measured from the mean of the training images."""
    rows = products[:, train].mean(1)
    return products - rows[:, None] - rows[None, :] + rows[train].mean()


def forwards(pair: Pair) -> float:
    """R² of the second side read from the first."""
    if len(pair) <= FEW:
        first, second = pair.kernels
        return _explained_by_kernels(first, second, pair.x.shape[1])
    return _explained(pair.gram, pair.folds)


def backwards(pair: Pair) -> float:
    """R² of the first side read from the second."""
    if len(pair) <= FEW:
        first, second = pair.kernels
        return _explained_by_kernels(second, first, pair.y.shape[1])
    return _explained(_swapped(pair.gram), [_swapped(fold) for fold in pair.folds])


_INVARIANT = ("permutation", "rotation", "scaling", "shift")
_CITE = "Yamins et al., PNAS 2014; Hoerl & Kennard, Technometrics 1970"
FORWARDS = Similarity(
    "ridge_forwards",
    "Ridge R², A → B",
    "How much of the second layer's variance a linear reader of the first explains, held out.",
    _CITE,
    forwards,
    _INVARIANT,
)
BACKWARDS = Similarity(
    "ridge_backwards",
    "Ridge R², B → A",
    "How much of the first layer's variance a linear reader of the second explains, held out.",
    _CITE,
    backwards,
    _INVARIANT,
)
