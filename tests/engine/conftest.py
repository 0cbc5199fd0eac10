"""A lab on a disk of its own, which computes only when told to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from labs import RecordingLab, fresh_lab

from dissociation.engine.store import Store


@pytest.fixture
def lab(tmp_path, monkeypatch) -> Iterator[RecordingLab]:
    made = fresh_lab(tmp_path / "cache", monkeypatch, Store)
    yield made
    made.stop()
