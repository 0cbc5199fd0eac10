"""Linear predictivity: how much of one representation a linear reader of the other explains.

Ridge regression with intercept in five folds; R² of the held-out images, all neurons together:

    R² = 1 − Σ_folds ‖Y_f − Ŷ_f‖² / Σ_folds ‖Y_f − Ȳ_train‖².

The penalty is a hundredth of the predictor's mean eigenvalue, so that it means the same whatever
the scale. No fold is visited twice:

- With many images, all follows from Gram matrices of neurons, apart for each fold: with predictions
  ȳ + (x − x̄)W, the held-out error is tr(Y'ᵀY') − 2 tr(WᵀX'ᵀY') + tr(WᵀX'ᵀX'W), where ' is measured
  from the training means.
- With few, from one inverse. Let C be the images' block of the inverse of [[K + λI, 1], [1ᵀ, 0]],
  K = XXᵀ. Then the residuals of a held-out fold are R_f Y with R_f = C_ff⁻¹ C_f (An, Liu &
  Venkatesh, Pattern Recognition 2007), so their squares add up to tr(E YYᵀ) with E = Σ R_fᵀ R_f,
  which a predictor has once for whatever is read from it.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64

from dissociation.core._lazy import linalg
from dissociation.core.pauses import apart, pause
from dissociation.core.similarity.base import Similarity
from dissociation.core.similarity.pair import FOLDS, Moments, Pair
from dissociation.core.similarity.products import gram, inner, product
from dissociation.core.similarity.representation import Representation

#: Of the predictor's mean eigenvalue.
PENALTY = 0.01


class _Centred(NamedTuple):
    """Gram matrices about other means than those of these images."""

    xx: Float[np.ndarray, "d1 d1"]
    xy: Float[np.ndarray, "d1 d2"]
    yy_trace: float


def _about(moments: Moments, x: Float[np.ndarray, " d1"], y: Float[np.ndarray, " d2"]) -> _Centred:
    n, sx, sy = moments.images, moments.first, moments.second
    xx = moments.xx - np.outer(sx, x) - np.outer(x, sx) + n * np.outer(x, x)
    xy = moments.xy - np.outer(sx, y) - np.outer(x, sy) + n * np.outer(x, y)
    trace = float(np.trace(moments.yy)) - 2 * float(sy @ y) + n * float(y @ y)
    return _Centred(xx, xy, trace)


def _swapped(moments: Moments) -> Moments:
    images, first, second, xx, yy, xy = moments
    return Moments(images, second, first, yy, xx, xy.T)


def penalty(squares: float, width: int) -> float:
    """The ridge penalty of every fold.

    **Arguments:**

    - `squares`: squared norm of the centred predictor on all images; `width`: its neurons.
    """
    return PENALTY * squares / width * (FOLDS - 1) / FOLDS


def _explained(whole: Moments, folds: list[Moments]) -> float:
    squares = float(np.trace(whole.xx))
    if not squares > 0:
        return float("nan")
    error = total = 0.0
    regular = penalty(squares, len(whole.xx)) * np.eye(len(whole.xx))
    for fold in folds:
        train = whole.less(fold)
        means = train.first / train.images, train.second / train.images
        pause()
        known, held_out = _about(train, *means), _about(fold, *means)
        d1, d2 = known.xy.shape
        given = known.xx + regular, known.xy, held_out.xx, held_out.xy
        operations = d1**3 / 3 + 4.0 * d1**2 * d2
        pause()
        parts = apart(ridge_work, *given, operations=operations)
        error += held_out.yy_trace - 2 * float(parts[0])
        error += float(parts[1])
        total += held_out.yy_trace
    return 1 - error / total if total > 0 else float("nan")


def ridge_work(
    known: Float[np.ndarray, "d1 d1"],
    read: Float[np.ndarray, "d1 d2"],
    held_out: Float[np.ndarray, "d1 d1"],
    held_out_read: Float[np.ndarray, "d1 d2"],
) -> tuple[np.ndarray, ...]:
    """tr(WᵀX'ᵀY') and tr(WᵀX'ᵀX'W) of a fold, of weights that solve `known W = read`."""
    factor = linalg.cho_factor(known, check_finite=False)
    weights = linalg.cho_solve(factor, read, check_finite=False)
    return np.sum(weights * held_out_read), np.sum(weights * (held_out @ weights))


def _inverse(side: Representation) -> Float64[np.ndarray, "n n"]:
    """C, the images' block of the bordered inverse."""
    regular = side.kernel + penalty(float(np.trace(side.kernel)), side.values.shape[1]) * np.eye(
        len(side)
    )
    factor, lower = linalg.cho_factor(regular, lower=True, overwrite_a=True, check_finite=False)
    half, _ = linalg.lapack.dpotri(factor, lower=lower, overwrite_c=True)
    # What lies above the diagonal is left over from the factor's making.
    inverse = np.where(_below(len(half)), half, half.T)
    # By the border, no constant is penalised: that direction is taken out.
    sums = inverse.sum(1)
    return inverse - np.outer(sums, sums / sums.sum())


@functools.lru_cache(maxsize=4)
def _below(size: int) -> Bool[np.ndarray, "n n"]:
    """`(n, n)` whether an entry lies on the diagonal or below."""
    return np.tri(size, dtype=bool)


def _held_out(side: Representation) -> Float[np.ndarray, "n n"]:
    """E with Σ_folds ‖Y_f − Ŷ_f‖² = tr(E YYᵀ), whatever is read from this side."""
    inverse = side.square("ridge", _inverse)
    rounded = inverse.astype(np.float32)
    residuals = np.empty_like(rounded)
    for fold in range(FOLDS):
        held = slice(fold, None, FOLDS)
        own = np.linalg.inv(inverse[held, held]).astype(np.float32)
        residuals[held] = product(own, rounded[:, held])
    return gram(residuals.T)


def _explained_by_kernels(predictor: Representation, target: Representation) -> float:
    if not np.trace(predictor.kernel) > 0:
        return float("nan")
    error = inner(predictor.kept("held out", _held_out), target.kernel)
    total = _spread_from_others(target.kernel)
    return 1 - error / total if total > 0 else float("nan")


def _spread_from_others(products: Float[np.ndarray, "n n"]) -> float:
    """Σ_folds Σ ‖y − ȳ_train‖² over the held-out images, from the products of all."""
    n = len(products)
    by_fold = np.stack([products[fold::FOLDS].sum(0) for fold in range(FOLDS)])
    blocks = np.stack([by_fold[:, fold::FOLDS].sum(1) for fold in range(FOLDS)])
    spread = float(np.trace(products))
    for fold in range(FOLDS):
        held = len(range(fold, n, FOLDS))
        rest = np.arange(FOLDS) != fold
        spread -= 2 * float(blocks[fold, rest].sum()) / (n - held)
        spread += held * float(blocks[np.ix_(rest, rest)].sum()) / (n - held) ** 2
    return spread


def _read(pair: Pair) -> float:
    if pair.few:
        return _explained_by_kernels(pair.a, pair.b)
    return _explained(pair.gram, pair.folds)


def forwards(pair: Pair) -> float:
    """R² of the second side read from the first."""
    if pair.a is pair.b:
        # The same both ways, and of a first side that stays the same while the second varies.
        return pair.a.kept("read from itself", lambda _: _read(pair))
    return _read(pair)


def backwards(pair: Pair) -> float:
    """R² of the first side read from the second."""
    if pair.a is pair.b:
        return forwards(pair)
    if pair.few:
        return _explained_by_kernels(pair.b, pair.a)
    return _explained(_swapped(pair.gram), [_swapped(fold) for fold in pair.folds])


_INVARIANT = ("permutation", "rotation", "scaling", "shift", "offset")
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
