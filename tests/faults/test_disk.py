"""A disk that is full, and one that may not be written: the lab goes on in memory and says so."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest

from dissociation.engine.lab import Lab

from .tiny import mounting, numbers, output, script

#: Where file systems may not be mounted (as in some containers), the other way still counts.
WAYS = [()] if not mounting() else [(), mounting()]


@pytest.fixture
def folder():
    # Not within pytest's folder, which nobody else may enter.
    made = Path(tempfile.mkdtemp(prefix="disk-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("within", WAYS, ids=["quota", "small"][: len(WAYS)])
def test_full(folder, within):
    way = "small" if within else "quota"
    # Compiled programs fill this disk, too.
    process = script("full_disk", way, folder, within=within, own=True)
    printed, log = output(process)
    found = json.loads(printed)
    assert found["fine"] == "" and "memory" in found["trouble"]
    assert not within or found["trouble"].startswith("The disk is full.")
    # What was there is still read, by this lab and by others; what is new is computed once.
    assert found["held"] == [True] * 4 and found["same"]
    # A failed write leaves nothing behind that would keep the disk full.
    assert found["files"] == 1
    # Once there is room, what stayed in memory follows.
    assert found["relieved"] == "" and found["stored"]
    assert log.count("the store cannot use") <= 4


@pytest.mark.parametrize("within", WAYS, ids=["foreign", "mounted"][: len(WAYS)])
def test_read_only(folder, within):
    cache = folder / "cache"
    lab = Lab(cache, start=False)
    stored, new = numbers(lab), numbers(lab, key=1)
    shutil.rmtree(cache)
    lab.stop()
    lab = Lab(cache, start=False)
    assert numbers(lab) == stored
    lab.stop()
    for path in (cache, *cache.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = contents(cache)
    way = "mounted" if within else "foreign"
    printed, _ = output(script("read_only", way, cache, within=within))
    for path in (cache, *cache.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    found = json.loads(printed)
    assert found["stored"] and found["numbers"] == stored
    assert found["new"] == new and found["known"]
    assert found["trouble"].startswith("The folder of results cannot be written to.")
    assert contents(cache) == before
