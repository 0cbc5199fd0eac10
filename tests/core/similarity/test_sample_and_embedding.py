"""The stratified sample, and embeddings that do not jump."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from dissociation.core.data.sample import by_class, stratified_order
from dissociation.core.similarity.embedding import aligned, classical_scaling

from .test_independent import sides


def test_every_image_once(test_labels):
    order = stratified_order()
    assert np.array_equal(np.sort(order), np.arange(len(test_labels)))


@pytest.mark.parametrize("count", [10, 250, 1_000, 8_000])
def test_as_many_of_each_digit(count, test_labels):
    counts = np.bincount(test_labels[stratified_order()[:count]], minlength=10)
    assert counts.max() - counts.min() <= (0 if count <= 8_000 else 10)


def test_folds_are_alike(test_labels):
    labels = test_labels[stratified_order()[:1_000]]
    counts = [np.bincount(labels[fold::5], minlength=10) for fold in range(5)]
    assert np.min(counts) >= 10 and np.max(counts) <= 30


def test_by_class(test_labels):
    labels = test_labels[stratified_order()[:250]][by_class(250)]
    assert np.array_equal(labels, np.repeat(np.arange(10), 25))


def test_classical_scaling_is_pca():
    first, _ = sides(80, 20, 5)
    found = classical_scaling(first)
    expected = PCA(2).fit_transform(first.astype(float))
    expected /= np.sqrt(np.mean(np.sum(expected**2, axis=1)))
    assert np.abs(np.abs(found) - np.abs(expected)).max() < 1e-3


@settings(max_examples=20)
@given(angle=st.floats(0, 7), mirrored=st.booleans())
def test_alignment_undoes_turns_and_mirrors(angle, mirrored):
    points = classical_scaling(sides()[0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = points @ turn * ([1, -1] if mirrored else [1, 1])
    assert np.abs(aligned(turned, points) - points).max() < 1e-8


def test_a_silent_layer_is_one_point():
    assert np.array_equal(classical_scaling(np.zeros((20, 3), np.float32)), np.zeros((20, 2)))
