"""Which images representations are compared on: as many of each digit, in an order of its own."""

from __future__ import annotations

import functools

import numpy as np

from dissociation.datasets import CLASSES, mnist_test
from dissociation.measures.base import visiting_order


@functools.cache
def stratified_order() -> np.ndarray:
    """`(10000,)`: test images such that the first 10 k hold k of each digit, while there are any.

    Within a digit in the shuffled order in which the lab measures everything.
    """
    labels = mnist_test().labels
    order = visiting_order()
    turns = np.empty(len(order), int)
    for digit in range(CLASSES):
        mine = np.flatnonzero(labels[order] == digit)
        turns[mine] = np.arange(len(mine))
    # Shuffled within a turn: with the digits always in one order, every fifth image would be one of
    # two digits, and folds would not be alike.
    within = np.random.Generator(np.random.PCG64(1)).permutation(len(order))
    return order[np.lexsort((within, turns))]


def by_class(count: int) -> np.ndarray:
    """`(count,)` positions within the first `count` images of the order, sorted by digit."""
    labels = mnist_test().labels[stratified_order()[:count]]
    return np.argsort(labels, kind="stable")
