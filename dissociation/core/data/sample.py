"""Which test images are used, and in which order: shuffled, or as many of each digit."""

from __future__ import annotations

import functools

import numpy as np
from jaxtyping import Int64

from dissociation.core.data.datasets import CLASSES, mnist_test

#: Images of the test set.
TEST_IMAGES = 10_000


@functools.cache
def visiting_order() -> Int64[np.ndarray, " 10000"]:
    """`(10000,)`: the order in which test images are measured, the same for every measure.

    Shuffled, because the test set is not: its halves were written by different people and differ in
    difficulty, so a curve over the first images in the file would be off until it is complete.
    """
    return np.random.Generator(np.random.PCG64(0)).permutation(TEST_IMAGES)


@functools.cache
def stratified_order() -> Int64[np.ndarray, " 10000"]:
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


def by_class(count: int) -> Int64[np.ndarray, " {count}"]:
    """`(count,)` positions within the first `count` images of the order, sorted by digit."""
    labels = mnist_test().labels[stratified_order()[:count]]
    return np.argsort(labels, kind="stable")
