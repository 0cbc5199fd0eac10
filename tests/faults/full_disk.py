"""A lab whose disk fills up while it runs: `python -m faults.full_disk WAY FOLDER`.

Ways: `small`, a file system of 4 MB, filled to the last byte; `quota`, a limit on files' sizes.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from dissociation.engine.lab import Lab
from dissociation.engine.store import Store
from faults.tiny import numbers, plans

LARGE = os.urandom(200_000)


class SmallDisk:
    """A file system of its own."""

    def __init__(self, folder: Path):
        self.ballast = folder / "ballast"
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)]
        subprocess.run(mount, check=True)

    def fill(self) -> None:
        with open(self.ballast, "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass

    def relieve(self) -> None:
        self.ballast.unlink()


class Quota:
    """No file may grow beyond what the smallest entry with a file needs."""

    def __init__(self, folder: Path):
        self.limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, self.limits[1]))

    def relieve(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self.limits)


def main() -> None:
    """Runs an experiment before, on and after a full disk, and prints what became of it."""
    way, folder = sys.argv[1], Path(sys.argv[2])
    disk = {"small": SmallDisk, "quota": Quota}[way](folder)
    cache = folder / "cache"
    lab = Lab(cache)
    lab.store.put("curves", "before", b"small")
    lab.store.put("models", "before", LARGE)
    fine = lab.store.status_message
    disk.fill()
    found = numbers(lab)
    trouble = lab.store.status_message
    again = numbers(lab)
    files = {path.name for path in cache.rglob("*.val")}
    held = [lab.store.get("curves", "before") == b"small", lab.store.get("models", "before")]
    other = Store(cache)
    on_disk = [other.get("models", "before") == LARGE, other.get("curves", "before") == b"small"]
    disk.relieve()
    lab.store.put("curves", "after", b"1")
    relieved = lab.store.status_message
    lab.stop()
    reopened = Lab(cache, start=False)
    stored = reopened.watch_curves(plans()).all_stored
    kept = numbers(reopened)
    report = {
        "fine": fine,
        "trouble": trouble,
        "same": found == again == kept,
        "numbers": found,
        "files": len(files),
        "held": [held[0], held[1] == LARGE, *on_disk],
        "relieved": relieved,
        "stored": stored,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
