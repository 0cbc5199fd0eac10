"""What was computed, on disk: bytes by digest, checksummed, atomic, bounded, never unpickled.

A damaged entry is a miss: logged, dropped, computed again. A disk that is full or cannot be written
is no reason to stop: what is new stays in memory until it can be.
"""

from __future__ import annotations

import collections
import errno
import hashlib
import io
import json
import logging
import os
import shutil
import sqlite3
import threading
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import diskcache
import numpy as np

from dissociation.engine.bytes_disk import BytesDisk, DamagedEntry
from dissociation.engine.compute_thread import given_up
from dissociation.engine.upkeep import follow_clock, look_up, remove_orphans

log = logging.getLogger(__name__)

MAGIC = b"dissociation-1\n"
LIMITS = {"models": 4 * 2**30, "curves": 512 * 2**20}
#: Entries kept in memory when the disk refuses them, and bytes of them.
MEMORY_ENTRIES = 64
MEMORY_BYTES = 256 * 2**20
#: How long another process may hold the database, and until a refused folder is tried again (s).
PATIENCE = 10.0
RETRY = 30.0
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
DISK_TROUBLE = (OSError, sqlite3.Error, diskcache.Timeout)
#: What fails although the entry is as it should be.
NOT_NOW = (sqlite3.OperationalError, OSError, diskcache.Timeout)
#: NumPy parses headers with `ast`, and that of Python before 3.11.8 raises `SystemError` where the
#: garbage collector lets another thread parse in the middle of it (gh-106905; measured: one entry
#: of 4,000).
ATTEMPTS = 5
_parsing = threading.Lock()
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class Store:
    """Bytes by digest in a folder, in two compartments that are bounded apart.

    Curves are small and many, models large and few; curves never evict models. Where the folder
    cannot be written, what is stored is still read, new entries are kept in memory, and
    `status_message` says so; as soon as it can be written again, they follow, and it is empty.
    """

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        self.status_message = ""
        self._lock = threading.Lock()
        self._memory: collections.OrderedDict[tuple[str, str], bytes] = collections.OrderedDict()
        self._caches: dict[str, diskcache.Cache] = {}
        self._open_all()

    def _open_all(self) -> None:
        self._retry_at = time.monotonic() + RETRY
        for compartment in LIMITS:
            if compartment not in self._caches:
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
            timeout=PATIENCE,
            disk=BytesDisk,
            size_limit=LIMITS[compartment],
            eviction_policy="least-recently-used",
        )
        # A database that opens can still be damaged inside; reading all of it is cheap.
        cache.expire()
        if orphans := remove_orphans(path):
            log.info("removed %d files of writes to %s that were cut short", orphans, compartment)
        return cache

    def _say(self, error: BaseException) -> None:
        reason = _reason(error, self.folder)
        trouble = f"{reason} New results stay in memory, and are lost when the lab stops."
        if trouble != self.status_message:
            log.warning("the store cannot use %s: %s", self.folder, error)
        self.status_message = trouble

    def get(self, compartment: str, digest: str) -> bytes | None:
        """The bytes stored under a digest, or `None`. A damaged entry is dropped and logged."""
        with self._lock:
            if (held := self._memory.get((compartment, digest))) is not None:
                return held
        try:
            raw = self._read(compartment, digest)
            return None if raw is None else _unseal(digest, raw)
        except NOT_NOW as error:
            log.warning("entry %s of the store cannot be read now: %s", digest[:12], error)
        except (DamagedEntry, sqlite3.Error) as error:
            log.warning("entry %s of the store is unusable (%s); dropped", digest[:12], error)
            self._drop(compartment, digest)
        return None

    def _read(self, compartment: str, digest: str) -> object:
        cache = self._caches.get(compartment)
        if cache is not None:
            try:
                return cache.get(digest)
            except diskcache.Timeout as error:
                log.warning("the store in %s is busy: %s", compartment, error)
            except NOT_NOW as error:
                # It may only be the time of this use that cannot be written.
                self._say(error)
        path = self.folder / compartment
        row = look_up(path, digest) if path.is_dir() else None
        return None if row is None else BytesDisk(str(path)).fetch(*row, False)

    def _drop(self, compartment: str, digest: str) -> None:
        cache = self._caches.get(compartment)
        try:
            if cache is not None:
                cache.delete(digest)
        except DISK_TROUBLE as error:
            self._say(error)

    def put(self, compartment: str, digest: str, value: bytes) -> None:
        """Stores bytes under a digest, atomically: a reader sees all of them or none.

        Nothing is stored by a compute thread that was given up.
        """
        if given_up():
            return
        if len(self._caches) < len(LIMITS) and time.monotonic() > self._retry_at:
            self._open_all()
        if self._written(compartment, digest, value):
            with self._lock:
                self._memory.pop((compartment, digest), None)
            if self.status_message:
                self._catch_up()
            return
        with self._lock:
            self._memory.pop((compartment, digest), None)
            self._memory[compartment, digest] = value
            while len(self._memory) > 1 and self._too_much():
                self._memory.popitem(last=False)

    def _too_much(self) -> bool:
        size = sum(map(len, self._memory.values()))
        return len(self._memory) > MEMORY_ENTRIES or size > MEMORY_BYTES

    def _written(self, compartment: str, digest: str, value: bytes) -> bool:
        cache = self._caches.get(compartment)
        if cache is None:
            return False
        try:
            if follow_clock(self.folder / compartment):
                log.warning("the clock has been set back; the order of entries is kept")
            return bool(cache.set(digest, _seal(digest, value)))
        except DISK_TROUBLE as error:
            cache.disk.give_up()
            self._say(error)
            return False

    def _catch_up(self) -> None:
        """The disk works again: writes what it refused before."""
        with self._lock:
            held = list(self._memory.items())
        for (compartment, digest), value in held:
            if not self._written(compartment, digest, value):
                return
            with self._lock:
                self._memory.pop((compartment, digest), None)
        if len(self._caches) == len(LIMITS):
            log.warning("the store can use %s again", self.folder)
            self.status_message = ""

    def close(self) -> None:
        """Closes the databases of this thread."""
        for cache in self._caches.values():
            cache.close()


def _reason(error: BaseException, folder: Path) -> str:
    if getattr(error, "errno", None) in FULL or "full" in str(error).lower():
        return "The disk is full."
    # SQLite has several words for it.
    if getattr(error, "errno", None) in READ_ONLY or not os.access(folder, os.W_OK):
        return "The folder of results cannot be written to."
    return "The folder of results cannot be used."


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
    for _ in range(ATTEMPTS):
        try:
            return _unpacked(raw)
        except SystemError:
            # Another thread, not of ours, was parsing as well.
            continue
    raise DamagedEntry("it could not be parsed")


def _unpacked(raw: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    try:
        with _parsing, np.load(io.BytesIO(raw), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta = json.loads(arrays.pop("__meta__").tobytes())
    except UNREADABLE as error:
        raise DamagedEntry(str(error)) from error
    return arrays, meta
