"""How far two networks differ in what they do: their answers and their outputs."""

from __future__ import annotations

import numpy as np

from dissociation._lazy import special
from dissociation.measures.similarity.base import FUNCTION, Similarity
from dissociation.measures.similarity.pair import Pair


def disagreement(pair: Pair) -> float:
    """The share of images with different answers."""
    return float(np.mean(pair.first.argmax(1) != pair.second.argmax(1)))


def jensen_shannon(pair: Pair) -> float:
    """Jensen-Shannon divergence of the output distributions, in bits, mean over images.

    Lin, *Divergence measures based on the Shannon entropy*, IEEE Trans. Inf. Theory 1991.
    """
    first, second = (
        special.softmax(np.asarray(side, np.float64), axis=1) for side in (pair.first, pair.second)
    )
    middle = (first + second) / 2
    parts = (special.rel_entr(side, middle).sum(1) for side in (first, second))
    return float(np.mean(sum(parts)) / 2 / np.log(2))


def largest_change(pair: Pair) -> float:
    """Largest |Δlogit| over images and outputs, relative to the first side's largest |logit|."""
    return float(np.abs(pair.second - pair.first).max() / np.abs(pair.first).max())


DISAGREEMENT = Similarity(
    "disagreement",
    "Answers that differ",
    "The share of images that the two networks read as different digits.",
    "Somepalli et al., CVPR 2022",
    disagreement,
    ("scaling",),
    same=0.0,
    distance=True,
    compares=FUNCTION,
)
JENSEN_SHANNON = Similarity(
    "jensen_shannon",
    "Jensen-Shannon divergence",
    "How far the output distributions are apart, mean over images.",
    "Lin, IEEE Transactions on Information Theory 1991",
    jensen_shannon,
    (),
    same=0.0,
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
    same=0.0,
    distance=True,
    compares=FUNCTION,
)
