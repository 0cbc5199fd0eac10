"""Linear centred kernel alignment, and its form without the bias of few images.

Kornblith et al., *Similarity of neural network representations revisited*, ICML 2019: with centred
X (n × d1) and Y (n × d2),

    CKA = ‖XᵀY‖² / (‖XᵀX‖ ‖YᵀY‖).

The estimator of HSIC behind it is biased upwards when there are few images for the neurons. Song et
al. (*Feature selection via dependence maximization*, JMLR 2012, eq. 5) give the unbiased one; with
K = XXᵀ and L = YYᵀ without their diagonals,

    n(n−3) HSIC = tr KL + 1ᵀK1 1ᵀL1 / ((n−1)(n−2)) − 2/(n−2) 1ᵀKL1.

As X and Y are centred, K1 = −k and L1 = −l with the diagonals k and l, so all of it follows from
XᵀX, YᵀY, XᵀY and these diagonals: no n × n matrix is made.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from dissociation.core.similarity.base import Similarity
from dissociation.core.similarity.pair import Pair
from dissociation.core.similarity.products import inner

#: Shares of a sum that the rounding of its terms explains.
ROUNDED = 1e-5


def _squares(matrix: Float[np.ndarray, "rows columns"]) -> float:
    # In blocks, so that the float64 copy stays small.
    return float(sum(np.square(rows, dtype=np.float64).sum() for rows in matrix))


def _norms(pair: Pair) -> tuple[float, float, float]:
    """‖XᵀX‖², ‖YᵀY‖² and ‖XᵀY‖², from whichever products are smaller."""
    if not pair.few:
        gram = pair.gram
        return _squares(gram.xx), _squares(gram.yy), _squares(gram.xy)
    k, other = pair.a.kernel, pair.b.kernel
    return inner(k, k), inner(other, other), inner(k, other)


def biased(pair: Pair) -> float:
    """Linear CKA in [0, 1]."""
    first, second, both = _norms(pair)
    scale = np.sqrt(first * second)
    return float(both / scale) if scale > 0 else float("nan")


def _unbiased_hsic(
    squares: float, k: Float[np.ndarray, " n"], diagonal: Float[np.ndarray, " n"]
) -> float:
    n = len(k)
    both = float(k @ diagonal)
    sums = float(k.sum() * diagonal.sum())
    return squares - both + sums / ((n - 1) * (n - 2)) - 2 * both / (n - 2)


def debiased(pair: Pair) -> float:
    """Linear CKA from unbiased estimates of HSIC: about 0 for unrelated sides, at most 1."""
    first, second, both = _norms(pair)
    k, diagonal = pair.a.squares, pair.b.squares
    one, other = _unbiased_hsic(first, k, k), _unbiased_hsic(second, diagonal, diagonal)
    if not (one > ROUNDED * first and other > ROUNDED * second):
        return float("nan")
    return _unbiased_hsic(both, k, diagonal) / float(np.sqrt(one * other))


_INVARIANT = ("permutation", "rotation", "scaling", "shift", "offset", "duplication", "silence")
BIASED = Similarity(
    "cka",
    "Linear CKA",
    "How well the images' similarities agree, directions of large variance counting most.",
    "Kornblith et al., ICML 2019",
    biased,
    _INVARIANT,
)
DEBIASED = Similarity(
    "cka_debiased",
    "Linear CKA, debiased",
    "The same without the upward bias of few images: unrelated representations score about 0.",
    "Song et al., JMLR 2012; Kornblith et al., ICML 2019",
    debiased,
    _INVARIANT,
    undefined="but for one image, all are represented alike",
)
