"""Every page says when results cannot be kept, and no longer when they can."""

from __future__ import annotations

import pytest
from labs import PAGES, TINY, Visit, fresh_lab

from dissociation.engine.store import Store


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A lab with a file in the place of its folder."""
    (tmp_path / "file").write_text("")
    lab = fresh_lab(tmp_path / "elsewhere", monkeypatch)
    lab.store = lab.library.store = Store(tmp_path / "file" / "cache")
    yield lab
    lab.stop()


def told(visit: Visit) -> list[str]:
    return [notice for notice in visit.notices if "memory" in notice]


@pytest.mark.parametrize("page", PAGES)
def test_results_that_cannot_be_kept(page, broken):
    assert broken.store.status_message
    visit = Visit(page)
    assert told(visit) == [broken.store.status_message]


def test_the_message_goes_when_the_disk_works_again(broken, tmp_path):
    visit = Visit("robustness", TINY)
    broken.jobs.drain()
    assert told(visit.run()) and visit.watch().status().state == "done"
    (tmp_path / "file").unlink()
    broken.store._retry_at = 0.0
    broken.store.put("curves", "a", b"1")
    assert not told(visit.run())
    kept = Store(tmp_path / "file" / "cache")
    assert kept.get("curves", "a") == b"1"
    # What had been computed without a disk is there as well.
    assert sum(len(cache) for cache in kept._caches.values()) > 3
    kept.close()
