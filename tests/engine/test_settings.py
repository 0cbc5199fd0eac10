"""Environment variables: their bounds, and what a bad one is told."""

from __future__ import annotations

import pytest

from dissociation.core.validation import InvalidValue
from dissociation.engine.settings import LIMITS, MAX_QUEUE, check_settings


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.variable)
def test_default_and_bounds(limit, monkeypatch):
    monkeypatch.delenv(limit.variable, raising=False)
    assert limit.value == limit.default and limit.low <= limit.default <= limit.high
    for edge in (limit.low, limit.high):
        monkeypatch.setenv(limit.variable, f" {edge!r} ")
        assert limit.value == edge


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "1e308", "zero", "__import__('os')", "1;2"])
def test_a_bad_one_names_the_variable_and_its_range(text, monkeypatch):
    monkeypatch.setenv(MAX_QUEUE.variable, text)
    with pytest.raises(InvalidValue, match=r"DISSOCIATION_MAX_QUEUE.*from 1 to 10000 \(jobs\)"):
        check_settings()
