"""A lab of its own for each test, in which nothing computes; the real server in its process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from labs import RecordingLab, fresh_lab


@pytest.fixture
def lab(tmp_path, monkeypatch) -> Iterator[RecordingLab]:
    made = fresh_lab(tmp_path / "cache", monkeypatch)
    yield made
    made.stop()
