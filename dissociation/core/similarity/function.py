"""How far two networks differ in what they do: their answers and their outputs."""

from __future__ import annotations

import numpy as np

from dissociation.core._lazy import special
from dissociation.core.similarity.base import FUNCTION, Similarity
from dissociation.core.similarity.pair import Pair

#: Of log(p / q) / 2, beyond which a term has its largest value but for rounding.
LARGEST_HALF = 20.0


def disagreement(pair: Pair) -> float:
    """The share of images with different answers."""
    return float(np.mean(pair.first.argmax(1) != pair.second.argmax(1)))


def jensen_shannon(pair: Pair) -> float:
    """Jensen-Shannon divergence of the output distributions, in bits, mean over images.

    Lin, *Divergence measures based on the Shannon entropy*, IEEE Trans. Inf. Theory 1991. With the
    mean m = (p + q) / 2 of two probabilities and h = log(p / q) / 2, its terms are
    m (h tanh h − log cosh h), of which none is negative: nothing cancels between classes.
    """
    first, second = (
        special.log_softmax(np.asarray(side, np.float64), axis=1)
        for side in (pair.first, pair.second)
    )
    half = np.clip((first - second) / 2, -LARGEST_HALF, LARGEST_HALF)
    terms = half * np.tanh(half) - np.log1p(2 * np.sinh(half / 2) ** 2)
    middle = (np.exp(first) + np.exp(second)) / 2
    return float((middle * terms).sum(1).mean() / np.log(2))


def largest_change(pair: Pair) -> float:
    """Largest |Δlogit| over images and outputs, relative to the first side's largest |logit|."""
    first, second = (np.asarray(side, np.float64) for side in (pair.first, pair.second))
    largest = np.abs(first).max()
    return float(np.abs(second - first).max() / largest) if largest > 0 else float("nan")


DISAGREEMENT = Similarity(
    "disagreement",
    "Answers that differ",
    "The share of images that the two networks read as different digits.",
    "Somepalli et al., CVPR 2022",
    disagreement,
    ("scaling", "offset"),
    best=0.0,
    distance=True,
    compares=FUNCTION,
)
JENSEN_SHANNON = Similarity(
    "jensen_shannon",
    "Jensen-Shannon divergence",
    "How far the output distributions are apart, mean over images.",
    "Lin, IEEE Transactions on Information Theory 1991",
    jensen_shannon,
    ("offset",),
    best=0.0,
    distance=True,
    unit="bits",
    compares=FUNCTION,
)
LARGEST_CHANGE = Similarity(
    "logit_change",
    "Largest logit change",
    "The largest change of any output, relative to the largest output.",
    "this lab",
    largest_change,
    (),
    best=0.0,
    distance=True,
    compares=FUNCTION,
    undefined="all outputs of A are 0",
)
