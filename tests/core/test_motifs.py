"""Motifs: drawn ones, and a visitor's own as a text that can stand in an address."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dissociation.core.data import motifs
from dissociation.core.validation import InvalidValue

LEVELS = arrays(np.uint8, (motifs.SIDE, motifs.SIDE), elements=st.integers(0, motifs.LEVELS - 1))


@pytest.mark.parametrize("name", motifs.DRAWN)
def test_drawn(name):
    grey = motifs.motif(name)
    assert grey.shape == (32, 32) and grey.min() == 0 and grey.max() == 1
    # Something to recognise, not a few specks.
    assert 0.2 < grey.mean() < 0.8
    # As an address would hold it, it is the same picture.
    assert np.array_equal(motifs.motif(motifs.encode(grey)), grey)


def test_no_two_are_alike():
    drawn = [motifs.motif(name).ravel() for name in motifs.DRAWN]
    others = np.abs(np.corrcoef(drawn) - np.eye(len(drawn)))
    assert others.max() < 0.7


def test_which_way_is_up():
    face = motifs.motif("face")
    # Dark: eyes above, mouth below, with the middle between them white.
    assert face[10, 21] == face[10, 10] == 0 and face[24, 16] == 0 and face[16, 16] == 1


@given(LEVELS)
def test_round_trip(levels):
    grey = levels / (motifs.LEVELS - 1)
    if np.ptp(levels) == 0:
        with pytest.raises(InvalidValue, match="light and dark"):
            motifs.encode(grey)
        return
    text = motifs.encode(grey)
    assert re.fullmatch("[A-Za-z0-9_-]+", text) and motifs.is_own(text)
    assert np.array_equal(motifs.motif(text), grey)


@pytest.mark.parametrize("shape", [(32, 31), (1024,), (32, 32, 3)])
def test_other_shapes(shape):
    with pytest.raises(InvalidValue, match="32 x 32"):
        motifs.encode(np.linspace(0, 1, int(np.prod(shape))).reshape(shape))


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.1, 1.1])
def test_other_greys(value):
    grey = motifs.motif("face").copy()
    grey[3, 4] = value
    with pytest.raises(InvalidValue, match="from 0 to 1"):
        motifs.encode(grey)


ONE_GREY = "A" * 683


@pytest.mark.parametrize(
    "text", ["", "nobody", "A" * 682, "A" * 684, "é" * 683, "=" * 683, ONE_GREY, None, 3, ["face"]]
)
def test_what_is_no_motif(text):
    assert not motifs.is_own(text)
    with pytest.raises(InvalidValue, match="face, heart, spiral, rings, or your own"):
        motifs.motif(text)


def test_enlarged():
    grey = motifs.motif("spiral")
    assert np.array_equal(motifs.enlarged(grey, 32, 32), grey)
    assert np.array_equal(motifs.enlarged(grey, 64, 96), grey.repeat(2, 0).repeat(3, 1))
    larger = motifs.enlarged(grey, 125, 250)
    assert larger.shape == (125, 250) and larger[-1, -1] == grey[-1, -1]
