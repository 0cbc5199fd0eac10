"""Shares as percentages in words, which say neither 0 % nor 100 % of what is neither."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Float64

#: Beyond so many decimals a share is said to be under the least, or over the most, that they tell.
MOST_DECIMALS = 2
_ROUNDING = 1e-6


def percent(share: float, decimals: int = 0) -> str:
    """One share in words, such as `99.5%`.

    **Arguments:**

    - `share`: 1 is all; what is not finite is `–`.
    - `decimals`: how many are shown, but for more (up to [`MOST_DECIMALS`][]) where a share would
      otherwise be taken for nothing or for all.
    """
    return percents([share], decimals)[0]


def percents(shares: Sequence[float] | np.ndarray, decimals: int = 0) -> list[str]:
    """Parts of one whole in words, which add up to what the whole is rounded to.

    Each is rounded down, and those with the largest remainders are rounded up instead, as seats
    are given in an election (Hamilton's method).

    **Arguments:** as of [`percent`][]; `shares`: of the same whole; `–` if one is not finite.
    """
    values = np.asarray(shares, float)
    if not np.all(np.isfinite(values)):
        return ["–"] * len(values)
    places = decimals
    units = _units(values, places)
    while places < MOST_DECIMALS and not np.all(_is_told(values, units, places)):
        places += 1
        units = _units(values, places)
    told = _is_told(values, units, places)
    return [
        _words(unit / 10**places, places, "" if true else "under " if unit <= 0 else "over ")
        for unit, true in zip(units, told, strict=True)
    ]


def _units(values: Float[np.ndarray, " n"], places: int) -> Float64[np.ndarray, " _"]:
    """The shares as whole numbers of the smallest percentage that is told."""
    exact = values * 100 * 10**places
    down = np.floor(exact)
    missing = int(np.round(exact.sum()) - down.sum())
    largest = np.argsort(down - exact, kind="stable")[:missing]
    down[largest] += 1
    return down


def _is_told(
    values: Float[np.ndarray, " n"], units: Float[np.ndarray, " _"], places: int
) -> Bool[np.ndarray, " _"]:
    """Whether nothing and all are said of nothing and of all alone."""
    most = 100 * 10**places
    # Shares that are sums may miss 1 by rounding.
    whole = np.isclose(values, 1, rtol=0, atol=_ROUNDING)
    return ((units == 0) == (values == 0)) & ((units == most) == whole)


def _words(value: float, places: int, beyond: str) -> str:
    least = 10.0**-places
    shown = {"under ": least, "over ": 100 - least}.get(beyond, value)
    return f"{beyond}{shown:.{places}f}%"
