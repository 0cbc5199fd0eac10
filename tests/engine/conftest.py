"""A lab on a disk of its own, which computes only when told to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from labs import RecordingLab, fresh_lab

from dissociation.engine.jobs import Jobs
from dissociation.engine.store import Store
from tests.engine.test_jobs import Clock


@pytest.fixture
def lab(tmp_path, monkeypatch) -> Iterator[RecordingLab]:
    made = fresh_lab(tmp_path / "cache", monkeypatch, Store)
    yield made
    made.stop()


@pytest.fixture
def clock() -> Clock:
    """The scheduler's clock, where nothing but leases follows it."""
    return Clock()


@pytest.fixture
def jobs(clock) -> Jobs:
    """A scheduler that advances when told to."""
    return Jobs(clock=clock, start=False)
