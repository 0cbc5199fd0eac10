"""What the store writes with diskcache: `str` → `bytes`, and nothing else in either direction.

diskcache pickles what it does not know and unpickles what it finds, and unpickling a file that
somebody else wrote runs their code (CVE-2025-69872). This disk refuses both.
"""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import Any

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW


class DamagedEntry(Exception):
    """A stored entry is not what was once written."""


class BytesDisk(diskcache.Disk):
    """A diskcache disk for `str` keys and `bytes` values, without pickle in either direction."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self._writing = threading.local()

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
        self._writing.path = None
        return super().store(value, read, key)

    def _write(self, full_path: str, *arguments: Any, **options: Any) -> Any:
        self._writing.path = full_path
        return super()._write(full_path, *arguments, **options)

    def give_up(self) -> None:
        """Deletes the file of the last write of this thread, which failed."""
        path = getattr(self._writing, "path", None)
        if path is not None:
            with contextlib.suppress(OSError):
                os.remove(path)

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
