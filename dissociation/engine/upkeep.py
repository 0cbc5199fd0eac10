"""Looking after a compartment of the store behind diskcache's back: on its files and its database.

diskcache writes whenever it reads (it notes the time, to know what was used last), orders entries
by the computer's clock, and leaves a file behind where it was killed between writing it and saying
so. Disks fill up, folders are read-only, clocks are set back and servers are killed.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

DATABASE = "cache.db"
#: Age from which a file that no entry names was left by a write that was killed (seconds); another
#: server may be about to name a younger one.
ORPHANED = 3600.0
#: How far in the future an entry may have been used (seconds), as clocks are adjusted all the time.
TOLERATED = 60.0


class Row(NamedTuple):
    """What the database says of an entry: how it is written, and its value or the file of it."""

    mode: int
    filename: str | None
    value: object


@contextlib.contextmanager
def _opened(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    address = f"file:{quote(str(path.absolute()))}?{how}"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=10.0)) as database:
        yield database


def look_up(folder: Path, digest: str) -> Row | None:
    """An entry's row, read without writing anything: on a full disk and in a read-only folder, too.

    **Raises:** `sqlite3.Error` if there is no database, or none that can be read.
    """
    statement = "SELECT mode, filename, value FROM Cache WHERE key = ? AND raw = 1"
    try:
        with _opened(folder / DATABASE, "mode=ro") as database:
            found = database.execute(statement, (digest,)).fetchone()
    except sqlite3.OperationalError:
        # In a folder that cannot be written SQLite reads a database only if told that nobody else
        # writes it either.
        with _opened(folder / DATABASE, "mode=ro&immutable=1") as database:
            found = database.execute(statement, (digest,)).fetchone()
    return None if found is None else Row(*found)


def remove_orphans(folder: Path) -> int:
    """Deletes files that no entry names and that are older than any write takes.

    **Returns:** how many there were. **Raises:** `OSError`, `sqlite3.Error`.
    """
    old = time.time() - ORPHANED
    found = [path for path in folder.glob("??/??/*.val") if path.stat().st_mtime < old]
    if not found:
        return 0
    with _opened(folder / DATABASE, "mode=ro") as database:
        rows = database.execute("SELECT filename FROM Cache WHERE filename IS NOT NULL")
        named = {folder / str(name) for (name,) in rows}
    orphans = [path for path in found if path not in named]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def follow_clock(folder: Path) -> bool:
    """Moves the times at which entries were last used, all alike, if the clock has been set back.

    Otherwise whatever is used from now on would count as used longest ago, and go first.

    **Returns:** whether it had been. **Raises:** `sqlite3.Error`.
    """
    now = time.time()
    with _opened(folder / DATABASE, "mode=rw") as database:
        (latest,) = database.execute("SELECT max(access_time) FROM Cache").fetchone()
        if not isinstance(latest, (int, float)) or latest <= now + TOLERATED:
            return False
        with database:
            database.execute("UPDATE Cache SET access_time = access_time - ?", (latest - now,))
    return True
