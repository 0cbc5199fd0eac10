"""Entries corrupted, truncated, swapped or somebody else's: recomputed, logged, never run."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import diskcache
import pytest

from dissociation.engine.lab import Lab
from dissociation.engine.store import LIMITS, Store

from .tiny import numbers, plans


class Marker:
    """Makes a file when it is unpickled: somebody else's code, run."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def entries(cache: Path) -> list[tuple[str, str]]:
    """Compartment and digest of everything that is stored."""
    found = []
    for compartment in LIMITS:
        with sqlite3.connect(cache / compartment / "cache.db") as database:
            found += [(compartment, key) for (key,) in database.execute("SELECT key FROM Cache")]
        database.close()
    return sorted(found)


def rewrite(cache: Path, change: Callable[[bytes], bytes]) -> None:
    """Changes the bytes of every entry, behind the store's back."""
    for compartment in LIMITS:
        with sqlite3.connect(cache / compartment / "cache.db") as database:
            statement = "SELECT rowid, filename, value FROM Cache"
            for row, filename, value in database.execute(statement).fetchall():
                if filename is not None:
                    path = cache / compartment / filename
                    path.write_bytes(change(path.read_bytes()))
                else:
                    new = (change(bytes(value)), row)
                    database.execute("UPDATE Cache SET value = ? WHERE rowid = ?", new)
        database.close()


def flip(raw: bytes) -> bytes:
    changed = bytearray(raw)
    changed[len(raw) * 2 // 3] ^= 0x10
    return bytes(changed)


def corrupted(cache: Path, mark: Path) -> None:
    rewrite(cache, flip)


def truncated(cache: Path, mark: Path) -> None:
    rewrite(cache, lambda raw: raw[: len(raw) // 2])


def emptied(cache: Path, mark: Path) -> None:
    rewrite(cache, lambda raw: b"")


def swapped(cache: Path, mark: Path) -> None:
    """Every entry under the name of the next, within its compartment."""
    for compartment in LIMITS:
        with sqlite3.connect(cache / compartment / "cache.db") as database:
            rows = database.execute("SELECT rowid, key FROM Cache ORDER BY rowid").fetchall()
            assert len(rows) > 1
            database.execute("UPDATE Cache SET key = 'aside-' || key")
            for (row, _), (_, key) in zip(rows, rows[1:] + rows[:1], strict=True):
                database.execute("UPDATE Cache SET key = ? WHERE rowid = ?", (key, row))
        database.close()


def resealed(cache: Path, mark: Path) -> None:
    """Every entry with the content of the next, sealed as the store does it."""
    for compartment in LIMITS:
        names = [name for where, name in entries(cache) if where == compartment]
        store = Store(cache)
        values = [store.get(compartment, name) for name in names]
        for name, value in zip(names, values[1:] + values[:1], strict=True):
            store.put(compartment, name, value)
        store.close()


def foreign(cache: Path, mark: Path) -> None:
    """Pickles of another program, small and large, under the names of the lab's entries."""
    for number, (compartment, name) in enumerate(entries(cache)):
        with diskcache.Cache(str(cache / compartment)) as planted:
            planted.set(name, [Marker(mark), os.urandom(40_000) if number % 2 else b""])


DAMAGES = (corrupted, truncated, emptied, swapped, resealed, foreign)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The experiment's numbers, and the bytes of its store."""
    cache = tmp_path_factory.mktemp("undisturbed")
    lab = Lab(cache, start=False)
    found = numbers(lab)
    names = entries(cache)
    stored = {name: lab.store.get(*name) for name in names}
    lab.stop()
    return found, stored


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_recomputed_and_logged_and_never_run(damage, undisturbed, tmp_path, caplog):
    wanted, stored = undisturbed
    cache, mark = tmp_path / "cache", tmp_path / "was-here"
    store = Store(cache)
    for name, value in stored.items():
        store.put(*name, value)
    store.close()
    damage(cache, mark)
    lab = Lab(cache, start=False)
    with caplog.at_level(logging.WARNING):
        assert not lab.watch_curves(plans()).all_stored
        assert numbers(lab) == wanted
    assert "unusable" in caplog.text or "cannot be read" in caplog.text
    assert not mark.exists() and lab.store.status_message == ""
    lab.stop()
    # Mended for good.
    again = Lab(cache, start=False)
    assert again.watch_curves(plans()).all_stored and numbers(again) == wanted
    again.stop()


def test_the_plant_would_have_run(tmp_path):
    # Otherwise the test above shows nothing.
    mark = tmp_path / "was-here"
    Store(tmp_path / "cache").put("curves", "a", b"1")
    foreign(tmp_path / "cache", mark)
    with diskcache.Cache(str(tmp_path / "cache" / "curves")) as cache:
        cache.get("a")
    assert mark.exists()
