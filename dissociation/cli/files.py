"""Files that are written: refused early if they cannot be, and whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from dissociation.core.validation import InvalidValue, check_path

CSV, JSON = ".csv", ".json"


def check_out(name: str) -> Path:
    """The file to write, before anything is computed for it.

    **Raises:** `InvalidValue` if its ending is unknown, or it could not be written.
    """
    path = Path(os.path.realpath(check_path("--out", name)))
    if Path(name).suffix.lower() not in (CSV, JSON):
        raise InvalidValue("--out", name, "end it with .csv or .json")
    if path.is_dir():
        raise InvalidValue("--out", name, "give a file, not a folder")
    if not path.parent.is_dir():
        raise InvalidValue("--out", name, "give a file in a folder that exists")
    if not os.access(path.parent, os.W_OK):
        raise InvalidValue("--out", name, "give a file in a folder that may be written to")
    return path


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that a reader, or a crash, finds the old one or all of the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
