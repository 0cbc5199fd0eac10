"""Every test of a page gets a lab of its own, in which nothing computes unless the test says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from labs import RecordingLab, fresh_lab

from dissociation.engine.store import Store


@pytest.fixture
def lab(tmp_path, monkeypatch) -> Iterator[RecordingLab]:
    made = fresh_lab(tmp_path / "cache", monkeypatch)
    yield made
    made.stop()


@pytest.fixture
def disk_lab(tmp_path, monkeypatch) -> Iterator[RecordingLab]:
    """One that keeps its results on disk, as in real life."""
    made = fresh_lab(tmp_path / "cache", monkeypatch, Store)
    yield made
    made.stop()
