"""What is said of a measured curve and its prediction agrees with the verdict on it."""

from __future__ import annotations

import pytest

from dissociation.core.theory.residuals import Residual
from dissociation.features.curves.theory_words import residual_line


@pytest.mark.parametrize("measured", [0.81, 0.86, 0.869, 0.871, 0.9])
def test_an_assumption_fails_exactly_where_chance_is_said_to_make_less(measured):
    found = Residual(0.1, measured, 0.8, 0.07 / 3)
    line = residual_line("Scaled", found)
    assert "sampling could explain a gap of up to 7.0 points" in line
    assert ("assumption of the theory fails" in line) == (measured - 0.8 > 0.07)


def test_a_single_run():
    line = residual_line("<b>", Residual(0.1, 0.9, 0.8, float("nan")))
    assert "too few runs to separate this from chance" in line and "<b>" not in line
