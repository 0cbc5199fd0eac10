"""What was computed, on disk: bytes by digest, checksummed, atomic, bounded, never unpickled.

diskcache pickles what it does not know and unpickles what it finds, and unpickling a file that
somebody else wrote runs their code (CVE-2025-69872). This store writes `str` → `bytes` only and
refuses to read anything else. A damaged entry is a miss: logged, dropped, computed again.
"""

from __future__ import annotations

import collections
import hashlib
import io
import json
import logging
import os
import shutil
import sqlite3
import threading
import zipfile
import zlib
from pathlib import Path
from typing import Any

import diskcache
import numpy as np
from diskcache.core import MODE_BINARY, MODE_RAW

log = logging.getLogger(__name__)

MAGIC = b"dissociation-1\n"
LIMITS = {"models": 4 * 2**30, "curves": 512 * 2**20}
#: Entries kept in memory when the disk refuses them.
MEMORY_ENTRIES = 64
#: All that NumPy, zipfile and JSON are known to say of bytes that are not theirs.
UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    OSError,
    EOFError,
    RuntimeError,
    zlib.error,
    zipfile.BadZipFile,
)
#: NumPy parses the headers of arrays, and until Python 3.11.8 two threads that parse at once can
#: end in a SystemError (gh-106905).
_parsing = threading.Lock()
DISK_TROUBLE = (OSError, sqlite3.Error, diskcache.Timeout)


class DamagedEntry(Exception):
    """A stored entry is not what was once written."""


class BytesDisk(diskcache.Disk):
    """A diskcache disk for `str` keys and `bytes` values, without pickle in either direction."""

    def put(self, key: Any) -> tuple[Any, bool]:
        """The database form of a key. **Raises:** `TypeError` unless it is a `str`."""
        if not isinstance(key, str):
            raise TypeError("keys are str")
        return super().put(key)

    def get(self, key: Any, raw: bool) -> Any:
        """The key back. **Raises:** [`DamagedEntry`][] if it was pickled."""
        if not raw:
            raise DamagedEntry("pickled key")
        return super().get(key, raw)

    def store(self, value: Any, read: bool, key: Any = None) -> Any:
        """Writes a value. **Raises:** `TypeError` unless it is `bytes`."""
        if read or not isinstance(value, bytes):
            raise TypeError("values are bytes")
        return super().store(value, read, key)

    def fetch(self, mode: int, filename: Any, value: Any, read: bool) -> Any:
        """Reads a value. **Raises:** [`DamagedEntry`][] unless it was written as bytes."""
        if mode not in (MODE_RAW, MODE_BINARY):
            raise DamagedEntry("not bytes")
        if filename is not None and not self._inside(filename):
            raise DamagedEntry("a file outside of the store")
        return super().fetch(mode, filename, value, read)

    def remove(self, file_path: str) -> None:
        """Deletes the file of an entry, but none outside of the store, whatever its row says."""
        if self._inside(file_path):
            super().remove(file_path)

    def _inside(self, name: str) -> bool:
        folder = Path(self._directory).resolve()
        return (folder / name).resolve().is_relative_to(folder)


class Store:
    """Bytes by digest in a folder, in two compartments that are bounded apart.

    Curves are small and many, models large and few; curves never evict models. Where the folder
    cannot be written, the store keeps a few entries in memory and says so in `trouble`.
    """

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        self.trouble = ""
        self._lock = threading.Lock()
        self._memory: collections.OrderedDict[str, bytes] = collections.OrderedDict()
        self._caches: dict[str, diskcache.Cache] = {}
        for compartment in LIMITS:
            self._open(compartment)

    def _open(self, compartment: str) -> None:
        path = self.folder / compartment
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._caches[compartment] = self._cache(compartment)
        except sqlite3.OperationalError as error:
            # Held by another process, or the disk is full: nothing is wrong with what is in it.
            self._say(error)
        except (sqlite3.DatabaseError, TypeError, ValueError) as error:
            aside = path.with_name(f"{compartment}.damaged-{os.getpid()}")
            log.warning("the store in %s is damaged (%s); starting it afresh", compartment, error)
            try:
                shutil.rmtree(aside, ignore_errors=True)
                path.rename(aside)
                self._caches[compartment] = self._cache(compartment)
            except DISK_TROUBLE as second:
                self._say(second)
        except DISK_TROUBLE as error:
            self._say(error)

    def _cache(self, compartment: str) -> diskcache.Cache:
        path = self.folder / compartment
        path.mkdir(mode=0o700, exist_ok=True)
        cache = diskcache.Cache(
            str(path),
            disk=BytesDisk,
            size_limit=LIMITS[compartment],
            eviction_policy="least-recently-used",
        )
        # A database that opens can still be damaged inside; reading all of it is cheap.
        cache.expire()
        return cache

    def _say(self, error: BaseException) -> None:
        log.warning("the store cannot use %s: %s", self.folder, error)
        self.trouble = "Results cannot be kept on disk and stay in memory until the lab stops."

    def get(self, compartment: str, digest: str) -> bytes | None:
        """The bytes stored under a digest, or `None`. A damaged entry is dropped and logged."""
        with self._lock:
            if (held := self._memory.get(f"{compartment}/{digest}")) is not None:
                return held
        cache = self._caches.get(compartment)
        if cache is None:
            return None
        try:
            raw = cache.get(digest)
            return None if raw is None else _unseal(digest, raw)
        except (DamagedEntry, *DISK_TROUBLE) as error:
            log.warning("entry %s of the store is unusable (%s); dropped", digest[:12], error)
            try:
                cache.delete(digest)
            except DISK_TROUBLE as second:
                self._say(second)
            return None

    def put(self, compartment: str, digest: str, value: bytes) -> None:
        """Stores bytes under a digest, atomically: a reader sees all of them or none."""
        cache = self._caches.get(compartment)
        try:
            if cache is not None and cache.set(digest, _seal(digest, value)):
                return
        except DISK_TROUBLE as error:
            self._say(error)
        with self._lock:
            self._memory[f"{compartment}/{digest}"] = value
            while len(self._memory) > MEMORY_ENTRIES:
                self._memory.popitem(last=False)

    def close(self) -> None:
        """Closes the databases of this thread."""
        for cache in self._caches.values():
            cache.close()


def _checksum(digest: str, value: bytes) -> bytes:
    # The digest is part of the sum, so entries that were swapped do not pass.
    return hashlib.sha256(digest.encode() + b"\0" + value).digest()


def _seal(digest: str, value: bytes) -> bytes:
    return MAGIC + _checksum(digest, value) + value


def _unseal(digest: str, raw: object) -> bytes:
    if not isinstance(raw, bytes) or not raw.startswith(MAGIC):
        raise DamagedEntry("unknown form")
    checksum, value = raw[len(MAGIC) : len(MAGIC) + 32], raw[len(MAGIC) + 32 :]
    if checksum != _checksum(digest, value):
        raise DamagedEntry("checksum")
    return value


def pack(arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> bytes:
    """Arrays and plain values as npz bytes."""
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    np.savez(buffer, allow_pickle=False, __meta__=text, **arrays)
    return buffer.getvalue()


def unpack(raw: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """What [`pack`][] packed. **Raises:** [`DamagedEntry`][] if it is anything else."""
    try:
        with _parsing, np.load(io.BytesIO(raw), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta = json.loads(arrays.pop("__meta__").tobytes())
    except UNREADABLE as error:
        raise DamagedEntry(str(error)) from error
    return arrays, meta
