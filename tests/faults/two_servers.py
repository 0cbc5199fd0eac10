"""One of two servers on one cache: `python -m faults.two_servers FOLDER NUMBER SECONDS`.

Writes and reads the same entries as the other, as fast as it can, then computes an experiment.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from benchmarks.kills import content
from dissociation.engine.lab import Lab
from dissociation.engine.store import LIMITS
from faults.tiny import numbers

NAMES = [f"entry-{number}" for number in range(20)]


def main() -> None:
    """Prints what it has seen."""
    folder, number, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    lab, rng = Lab(folder), random.Random(number)
    (folder / f"ready-{number}").touch()
    while not all((folder / f"ready-{server}").exists() for server in range(2)):
        time.sleep(0.001)
    end = time.monotonic() + seconds
    reads = broken = lost = 0
    written: set[tuple[str, str]] = set()
    while time.monotonic() < end:
        compartment, name = rng.choice(list(LIMITS)), rng.choice(NAMES)
        version = rng.randrange(1_000)
        lab.store.put(compartment, name, content(compartment + name, version))
        written.add((compartment, name))
        compartment, name = rng.choice(sorted(written))
        value = lab.store.get(compartment, name)
        reads += 1
        if value is None:
            lost += 1
        else:
            found = int.from_bytes(value[:8], "big")
            broken += value != content(compartment + name, found)
    report = {"reads": reads, "broken": broken, "lost": lost}
    print(json.dumps({**report, "numbers": numbers(lab), "trouble": lab.store.status_message}))
    lab.stop()


if __name__ == "__main__":
    main()
