"""The computer's clock is set back, or forward: nothing is lost, dropped or waited for."""

from __future__ import annotations

import os
import sqlite3
import time

import pytest

from dissociation.engine import store as module
from dissociation.engine.jobs import CANCELLED, RUNNING
from dissociation.engine.lab import Lab
from dissociation.engine.store import Store

from .tiny import numbers, plans

HOUR, YEARS = 3600.0, 10 * 365 * 86_400.0


@pytest.fixture
def set_clock(monkeypatch):
    """Moves the wall clock by some seconds; the monotonic one, as ever, goes on."""
    real = time.time

    def move(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + seconds)

    return move


@pytest.mark.parametrize("seconds", [-HOUR, -YEARS, YEARS])
def test_entries_stay_and_new_ones_outlive_old_ones(seconds, tmp_path, set_clock, monkeypatch):
    monkeypatch.setattr(module, "LIMITS", {"models": 10**6, "curves": 10**6})
    store = Store(tmp_path)
    for number in range(10):
        store.put("curves", f"old-{number}", os.urandom(50_000))
    set_clock(seconds)
    assert all(store.get("curves", f"old-{number}") for number in range(10))
    store.put("curves", "first", os.urandom(50_000))
    for number in range(30):
        store.put("curves", f"new-{number}", os.urandom(50_000))
        assert store.get("curves", f"new-{number}"), "evicted as if it had been used long ago"
        assert store.get("curves", "first")
    assert not store.get("curves", "old-0")
    store.close()
    reopened = Store(tmp_path)
    assert reopened.get("curves", "first") and reopened.get("curves", "new-29")
    reopened.close()


def test_the_order_of_entries_is_kept(tmp_path, set_clock):
    store = Store(tmp_path)
    for name in "cab":
        store.put("curves", name, b"1")
    set_clock(-YEARS)
    store.put("curves", "d", b"1")
    store.close()
    with sqlite3.connect(tmp_path / "curves" / "cache.db") as database:
        rows = database.execute("SELECT key FROM Cache ORDER BY access_time").fetchall()
    database.close()
    assert [name for (name,) in rows] == list("cabd")


@pytest.mark.parametrize("seconds", [-YEARS, YEARS])
def test_files_that_are_being_written_are_not_taken_for_orphans(seconds, tmp_path, set_clock):
    store = Store(tmp_path)
    store.put("models", "a", os.urandom(100_000))
    (path,) = (tmp_path / "models").rglob("*.val")
    unnamed = path.with_name("f" * 28 + ".val")
    unnamed.write_bytes(b"about to be named")
    set_clock(seconds)
    store.close()
    other = Store(tmp_path)
    assert other.get("models", "a") is not None
    # A clock set years ahead does make them look old; then the entry is only written once more.
    assert unnamed.exists() == (seconds < 0)
    other.close()


def test_leases_follow_another_clock(tmp_path, set_clock):
    lab = Lab(tmp_path, start=False)
    watch = lab.watch_curves(plans())
    set_clock(YEARS)
    assert lab.jobs.advance()
    set_clock(-YEARS)
    watch.renew()
    assert lab.jobs.advance()
    states = {job.state for job in watch.all_jobs()}
    assert RUNNING in states and CANCELLED not in states
    assert lab.find(watch.id) is watch
    found = numbers(lab)
    assert lab.watch_curves(plans()).all_stored and numbers(lab) == found
    lab.stop()
