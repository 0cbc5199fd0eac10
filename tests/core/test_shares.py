"""Shares in words: true of nothing and of all, and adding up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.core.shares import MOST_DECIMALS, percent, percents

decimals = st.integers(0, MOST_DECIMALS)


def value(text: str) -> float:
    return float(text.removesuffix("%"))


@given(st.floats(0, 1), decimals)
def test_neither_nothing_nor_all_is_said_of_what_is_neither(share, places):
    text = percent(share, places)
    if text.startswith("under "):
        assert 0 < 100 * share < value(text.removeprefix("under "))
    elif text.startswith("over "):
        assert value(text.removeprefix("over ")) < 100 * share < 100
    else:
        # Sums of shares may miss 1 by rounding.
        assert (value(text) == 0) == (share == 0) and (value(text) == 100) == (share > 1 - 1e-6)
        assert abs(value(text) - 100 * share) <= 0.5 * 10.0**-places + 1e-9


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6).filter(any), decimals)
def test_parts_of_a_whole_add_up_to_it(counts, places):
    texts = percents(np.divide(counts, sum(counts)), places)
    if not any(text[0] in "uo" for text in texts):
        assert sum(map(value, texts)) == pytest.approx(100, abs=1e-9)


@pytest.mark.parametrize(
    ("shares", "places", "texts"),
    [
        ([0.9946], 0, ["99%"]),
        ([0.996], 0, ["99.6%"]),
        ([0.99996], 2, ["over 99.99%"]),
        ([1e-9], 2, ["under 0.01%"]),
        # Rounded one by one, these are 101 %.
        ([0.676, 0.207, 0.117], 0, ["67%", "21%", "12%"]),
        ([0.994, 0.004, 0.002], 0, ["99.4%", "0.4%", "0.2%"]),
        ([float("nan")], 1, ["–"]),
        ([], 0, []),
    ],
)
def test_texts(shares, places, texts):
    assert percents(shares, places) == texts
