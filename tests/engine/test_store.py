from __future__ import annotations

import logging
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import diskcache
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dissociation.engine import store as module
from dissociation.engine.store import BytesDisk, DamagedEntry, Store, pack, unpack

ROOT = Path(__file__).parents[2]
#: diskcache keeps values of this size or more in files of their own.
LARGE = os.urandom(40_000)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def store(folder):
    made = Store(folder)
    yield made
    made.close()


def run_alone(script: str, folder: Path) -> str:
    """What a fresh interpreter prints when it runs a script on a folder."""
    command = [sys.executable, "-c", script, str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def reopened(store: Store) -> Store:
    store.close()
    return Store(store.folder)


def rows(folder: Path, statement: str, *values) -> list:
    """Runs a statement on the database of the curves, behind the store's back."""
    with sqlite3.connect(folder / "curves" / "cache.db") as database:
        found = database.execute(statement, values).fetchall()
    database.close()
    return found


class TestRoundTrip:
    @pytest.mark.parametrize("value", [b"", b"x", LARGE], ids=["empty", "small", "large"])
    @pytest.mark.parametrize("compartment", module.LIMITS)
    def test_bytes_come_back(self, store, compartment, value):
        assert store.get(compartment, "a") is None
        store.put(compartment, "a", value)
        assert store.get(compartment, "a") == value
        assert reopened(store).get(compartment, "a") == value
        assert store.status_message == ""

    def test_compartments_and_digests_are_apart(self, store):
        store.put("curves", "a", b"1")
        assert store.get("models", "a") is None and store.get("curves", "b") is None

    def test_the_last_value_counts(self, store):
        for value in (b"1", LARGE, b"2"):
            store.put("curves", "a", value)
        assert store.get("curves", "a") == b"2"

    @pytest.mark.parametrize("value", ["text", None, 3, [b"x"], np.zeros(3)])
    def test_writes_nothing_but_bytes(self, store, value):
        with pytest.raises(TypeError):
            store.put("curves", "a", value)
        assert store.get("curves", "a") is None

    def test_threads_share_it(self, store):
        def work(number):
            for place in range(20):
                store.put("curves", f"{number}-{place}", bytes([number]) * 100)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = [store.get("curves", f"{n}-{p}") for n in range(4) for p in range(20)]
        assert found == [bytes([n]) * 100 for n in range(4) for _ in range(20)]

    def test_two_stores_share_a_folder(self, store):
        other = Store(store.folder)
        store.put("curves", "a", b"1")
        assert other.get("curves", "a") == b"1"
        other.close()

    def test_folders_are_private(self, store):
        for path in (store.folder, *(store.folder / name for name in module.LIMITS)):
            assert path.stat().st_mode & 0o777 == 0o700


class Marker:
    """Makes a file when it is unpickled: somebody else's code, run."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


class TestNoPickle:
    def test_disk_refuses_to_write(self, tmp_path):
        cache = diskcache.Cache(str(tmp_path), disk=BytesDisk)
        for key, value in [(1, b"x"), (b"k", b"x"), (("a",), b"x"), ("a", 1), ("a", "text")]:
            with pytest.raises(TypeError):
                cache.set(key, value)
        with pytest.raises(TypeError), open(__file__, "rb") as file:
            cache.set("a", file, read=True)
        assert len(cache) == 0
        cache.close()

    @pytest.mark.parametrize("large", [False, True])
    @pytest.mark.parametrize("key_is_pickled", [False, True])
    def test_planted_pickles_are_not_run(self, folder, tmp_path, large, key_is_pickled):
        mark = tmp_path / "was-here"
        value = [Marker(mark), LARGE if large else b""]
        key = (Marker(mark), "digest") if key_is_pickled else "digest"
        planted = diskcache.Cache(str(folder / "curves"))
        planted.set(key, value)
        planted.close()
        assert not mark.exists()

        store = Store(folder)
        assert store.get("curves", "digest") is None
        store.put("curves", "digest", b"mine")
        store.put("curves", "other", b"mine too")
        store = reopened(store)
        assert store.get("curves", "digest") == b"mine"
        assert store.get("curves", "other") == b"mine too"
        store.close()
        assert not mark.exists() and store.status_message == ""

    def test_the_plant_would_have_worked(self, folder, tmp_path):
        # Otherwise the test above shows nothing.
        mark = tmp_path / "was-here"
        cache = diskcache.Cache(str(folder / "curves"))
        cache.set("digest", [Marker(mark)])
        cache.get("digest")
        cache.close()
        assert mark.exists()

    def test_a_pickle_that_was_written_as_bytes_stays_bytes(self, store, tmp_path):
        raw = pickle.dumps(Marker(tmp_path / "was-here"))
        store.put("curves", "a", raw)
        assert reopened(store).get("curves", "a") == raw
        assert not (tmp_path / "was-here").exists()

    def test_keys_that_are_not_text_are_not_read(self, tmp_path):
        cache = diskcache.Cache(str(tmp_path))
        cache.set((1, 2), b"x")
        cache.close()
        ours = diskcache.Cache(str(tmp_path), disk=BytesDisk)
        with pytest.raises(DamagedEntry):
            list(ours)
        ours.close()

    def test_foreign_settings_do_not_keep_the_lab_from_starting(self, folder):
        # Another kind of disk leaves settings in the database that ours does not know.
        diskcache.Cache(
            str(folder / "curves"), disk=diskcache.JSONDisk, disk_compress_level=2
        ).close()
        store = Store(folder)
        store.put("curves", "a", b"1")
        assert store.get("curves", "a") == b"1"
        store.close()

    def test_planted_file_names_do_not_lead_out_of_the_folder(self, store, tmp_path):
        victim = tmp_path / "victim"
        victim.write_text("precious")
        store.put("curves", "a", LARGE)
        rows(store.folder, "UPDATE Cache SET filename = ?", str(victim))
        assert store.get("curves", "a") is None
        store.put("curves", "a", b"1")
        assert store.get("curves", "a") == b"1"
        assert victim.read_text() == "precious"


def flipped(raw: bytes, place: int) -> bytes:
    changed = bytearray(raw)
    changed[place % len(raw)] ^= 1
    return bytes(changed)


DAMAGE = {
    "empty": lambda raw: b"",
    "half": lambda raw: raw[: len(raw) // 2],
    "one short": lambda raw: raw[:-1],
    "one more": lambda raw: raw + b"x",
    "first bit": lambda raw: flipped(raw, 0),
    "checksum": lambda raw: flipped(raw, 20),
    "last bit": lambda raw: flipped(raw, -1),
    "zeros": lambda raw: bytes(len(raw)),
}


class TestDamage:
    def assert_missed_and_replaced(self, store, digest, caplog):
        with caplog.at_level(logging.WARNING):
            assert store.get("curves", digest) is None
        assert "unusable" in caplog.text
        # Dropped, not only skipped.
        assert rows(store.folder, "SELECT COUNT(*) FROM Cache WHERE key = ?", digest) == [(0,)]
        store.put("curves", digest, b"again")
        assert store.get("curves", digest) == b"again"
        assert store.status_message == ""

    @pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
    def test_of_an_entry_in_the_database(self, store, damage, caplog):
        store.put("curves", "a", b"some value")
        ((raw,),) = rows(store.folder, "SELECT value FROM Cache")
        rows(store.folder, "UPDATE Cache SET value = ?", damage(raw))
        self.assert_missed_and_replaced(store, "a", caplog)

    @pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
    def test_of_an_entry_in_a_file(self, store, damage, caplog):
        store.put("curves", "a", LARGE)
        (path,) = (store.folder / "curves").rglob("*.val")
        path.write_bytes(damage(path.read_bytes()))
        self.assert_missed_and_replaced(store, "a", caplog)

    def test_of_a_missing_file(self, store):
        store.put("curves", "a", LARGE)
        (path,) = (store.folder / "curves").rglob("*.val")
        path.unlink()
        assert store.get("curves", "a") is None
        store.put("curves", "a", b"again")
        assert store.get("curves", "a") == b"again"

    @pytest.mark.parametrize("value", ["text", 3, 2.5])
    def test_of_the_kind_of_value(self, store, value, caplog):
        store.put("curves", "a", b"x")
        rows(store.folder, "UPDATE Cache SET value = ?", value)
        self.assert_missed_and_replaced(store, "a", caplog)

    def test_swapped_entries_are_noticed(self, store, caplog):
        store.put("curves", "a", b"1")
        store.put("curves", "b", b"2")
        ((first,), (second,)) = rows(store.folder, "SELECT value FROM Cache ORDER BY key")
        rows(store.folder, "UPDATE Cache SET value = ? WHERE key = 'a'", second)
        rows(store.folder, "UPDATE Cache SET value = ? WHERE key = 'b'", first)
        self.assert_missed_and_replaced(store, "a", caplog)
        assert store.get("curves", "b") is None

    @pytest.mark.parametrize("content", [b"no database" * 200, LARGE], ids=["text", "noise"])
    def test_of_a_whole_database(self, store, content, caplog):
        store.put("curves", "a", b"1")
        store.put("models", "m", b"2")
        store.close()
        for leftover in (store.folder / "curves").glob("cache.db*"):
            leftover.unlink()
        (store.folder / "curves" / "cache.db").write_bytes(content)
        with caplog.at_level(logging.WARNING):
            fresh = Store(store.folder)
        assert "damaged" in caplog.text and fresh.status_message == ""
        assert fresh.get("curves", "a") is None and fresh.get("models", "m") == b"2"
        fresh.put("curves", "a", b"3")
        assert reopened(fresh).get("curves", "a") == b"3"
        # What was there is kept aside, in case somebody wants to mend it.
        (aside,) = store.folder.glob("curves.damaged-*")
        assert (aside / "cache.db").read_bytes() == content

    def test_inside_a_database_that_still_opens(self, store, caplog):
        for number in range(200):
            store.put("curves", f"{number}", bytes(2_000))
        store.close()
        path = store.folder / "curves" / "cache.db"
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 4 : len(raw) // 4 + 200_000] = os.urandom(200_000)
        path.write_bytes(raw)
        fresh = Store(store.folder)
        found = [fresh.get("curves", f"{number}") for number in range(200)]
        assert set(found) <= {None, bytes(2_000)}
        fresh.put("curves", "new", b"1")
        assert fresh.get("curves", "new") == b"1"
        fresh.close()

    def test_a_locked_database_is_not_taken_for_a_damaged_one(self, store, monkeypatch):
        # Another process of the lab may hold it for a moment; its results must not be set aside.
        store.put("curves", "a", b"1")
        store.close()

        def locked(*args, **kwargs):
            raise sqlite3.OperationalError("database is locked")

        with monkeypatch.context() as patch:
            patch.setattr(diskcache, "Cache", locked)
            other = Store(store.folder)
            assert other.status_message
        assert not list(store.folder.glob("*.damaged-*"))
        assert Store(store.folder).get("curves", "a") == b"1"


class TestNoDisk:
    def assert_works_in_memory(self, store):
        assert "memory" in store.status_message
        store.put("curves", "a", b"1")
        store.put("models", "a", b"2")
        assert (store.get("curves", "a"), store.get("models", "a")) == (b"1", b"2")
        assert store.get("curves", "b") is None
        store.close()

    def test_folder_under_a_file(self, tmp_path):
        (tmp_path / "file").write_text("")
        self.assert_works_in_memory(Store(tmp_path / "file" / "cache"))

    def test_file_in_the_place_of_a_compartment(self, folder):
        folder.mkdir()
        (folder / "curves").write_text("")
        store = Store(folder)
        store.put("models", "m", b"kept")
        assert Store(folder).get("models", "m") == b"kept"
        self.assert_works_in_memory(store)

    def test_memory_is_bounded(self, tmp_path):
        (tmp_path / "file").write_text("")
        store = Store(tmp_path / "file")
        for number in range(module.MEMORY_ENTRIES + 10):
            store.put("curves", f"{number}", b"x")
        known = [number for number in range(200) if store.get("curves", f"{number}")]
        assert known == list(range(10, module.MEMORY_ENTRIES + 10))

    @pytest.mark.parametrize(
        "error",
        [
            sqlite3.OperationalError("database or disk is full"),
            sqlite3.OperationalError("attempt to write a readonly database"),
            OSError(28, "No space left on device"),
            diskcache.Timeout(),
        ],
        ids=["full", "read-only", "no space", "timeout"],
    )
    def test_disk_that_fails_later(self, store, error, monkeypatch):
        store.put("curves", "old", b"0")

        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr(diskcache.Cache, "set", fail)
        store.put("curves", "a", b"1")
        assert "memory" in store.status_message
        assert store.get("curves", "a") == b"1" and store.get("curves", "old") == b"0"

    def test_read_only_folder(self):
        # In a process of its own, as root could write anywhere; and not within pytest's folder,
        # which nobody else may enter.
        folder = Path(tempfile.mkdtemp(prefix="read-only-"))
        script = (
            "import os, sys\n"
            "from dissociation.engine.store import Store\n"
            "if os.getuid() == 0:\n"
            "    os.setuid(65534)\n"
            "store = Store(sys.argv[1] + '/cache')\n"
            "store.put('curves', 'a', b'1')\n"
            "print(store.get('curves', 'a'), 'memory' in store.status_message)"
        )
        try:
            folder.chmod(0o555)
            assert run_alone(script, folder).split() == ["b'1'", "True"]
        finally:
            folder.chmod(0o700)
            shutil.rmtree(folder)


class TestBounds:
    def test_compartments_are_bounded_apart(self, folder, monkeypatch):
        monkeypatch.setattr(module, "LIMITS", {"models": 10**6, "curves": 10**6})
        store = Store(folder)
        for number in range(3):
            store.put("models", f"{number}", os.urandom(200_000))
        for number in range(100):
            store.put("curves", f"{number}", os.urandom(50_000))
        # Of values; the database's own log comes on top.
        assert sum(p.stat().st_size for p in (folder / "curves").rglob("*.val")) <= 10**6
        # Curves never evict models, and what came last is still there.
        assert all(store.get("models", f"{number}") for number in range(3))
        assert store.get("curves", "99") and not store.get("curves", "0")
        store.close()

    def test_least_recently_used_goes_first(self, folder, monkeypatch):
        monkeypatch.setattr(module, "LIMITS", {"models": 10**6, "curves": 600_000})
        store = Store(folder)
        store.put("curves", "precious", os.urandom(50_000))
        for number in range(40):
            store.put("curves", f"{number}", os.urandom(50_000))
            assert store.get("curves", "precious")
        assert not store.get("curves", "0")
        store.close()

    def test_an_old_folder_takes_the_new_bounds(self, folder, monkeypatch):
        Store(folder).close()
        monkeypatch.setattr(module, "LIMITS", {"models": 123, "curves": 456})
        store = Store(folder)
        assert {n: c.size_limit for n, c in store._caches.items()} == module.LIMITS
        store.close()


class TestPack:
    def test_there_and_back(self):
        arrays = {
            "a": np.arange(6, dtype=np.int32).reshape(2, 3),
            "b": np.zeros((0, 3), np.float32),
        }
        meta = {"text": "ü", "list": [1, 2.5, None], "nested": {"x": True}}
        found, values = unpack(pack(arrays, meta))
        assert values == meta and set(found) == set(arrays)
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dtype == array.dtype

    def test_refuses_objects(self):
        with pytest.raises(ValueError, match="pickle|object"):
            pack({"a": np.array([object()])}, {})

    def test_does_not_unpickle(self, tmp_path):
        mark = tmp_path / "was-here"
        path = tmp_path / "planted.npz"
        np.savez(path, a=np.array([Marker(mark)], dtype=object), allow_pickle=True)
        with pytest.raises(DamagedEntry):
            unpack(path.read_bytes())
        with pytest.raises(DamagedEntry):
            unpack(pickle.dumps(Marker(mark)))
        assert not mark.exists()

    @settings(max_examples=100)
    @given(raw=st.binary(max_size=200))
    @example(raw=b"PK\x03\x04")
    @example(raw=b"")
    def test_anything_else_is_damaged(self, raw):
        with pytest.raises(DamagedEntry):
            unpack(raw)

    def test_a_single_array_is_not_an_entry(self, tmp_path):
        path = tmp_path / "one.npy"
        np.save(path, np.zeros(3))
        with pytest.raises(DamagedEntry):
            unpack(path.read_bytes())

    @settings(max_examples=200)
    @given(data=st.data())
    def test_a_changed_byte_is_damage_or_another_entry(self, data):
        raw = bytearray(pack({"a": np.arange(4)}, {"x": 1}))
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] = data.draw(st.integers(0, 255))
        try:
            arrays, meta = unpack(bytes(raw))
        except DamagedEntry:
            return
        assert isinstance(arrays, dict) and meta == {"x": 1}
