"""A lab that may not write where its results are: `python -m faults.read_only WAY FOLDER`.

Ways: `mounted`, on a read-only file system; `foreign`, in a folder of somebody else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from dissociation.engine.lab import Lab
from faults.tiny import numbers, plans


def main() -> None:
    """Asks for what is stored and for something new, and prints what became of it."""
    way, cache = sys.argv[1], Path(sys.argv[2])
    if way == "mounted":
        subprocess.run(["mount", "--bind", str(cache), str(cache)], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", str(cache)], check=True)
    elif os.getuid() == 0:
        # Everything is loaded before: nobody may not read where Python is installed.
        with tempfile.TemporaryDirectory() as elsewhere:
            warm = Lab(Path(elsewhere))
            numbers(warm)
            warm.stop()
        os.setuid(65534)
    lab = Lab(cache)
    report = {"stored": lab.watch_curves(plans()).all_stored, "numbers": numbers(lab)}
    report["new"] = numbers(lab, key=1)
    report["known"] = lab.watch_curves(plans(key=1)).all_stored
    report["trouble"] = lab.store.status_message
    print(json.dumps(report))
    lab.stop()


if __name__ == "__main__":
    main()
