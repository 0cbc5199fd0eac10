"""Every test of a page gets a lab of its own, in which nothing computes unless the test says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from labs import RecordingLab, fresh_lab


@pytest.fixture
def lab(tmp_path, monkeypatch) -> Iterator[RecordingLab]:
    made = fresh_lab(tmp_path / "cache", monkeypatch)
    yield made
    made.stop()
