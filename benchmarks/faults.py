"""200 times `kill -9`: `python -m benchmarks.faults [results/reliability/DATE.json]`.

Counts what they cost: 170 in the middle of store writes, 15 of training, 15 of a curve; about five
minutes. The counts are added to a kept run, if one is given. The tests do the same with fewer
(`tests/faults`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.kept import keep

KILLS = {"writes": 170, "trainings": 15, "curves": 15}


def faults(seed: int = 0) -> dict[str, Any]:
    """Kills, in a process of its own. **Returns:** the toll by what was killed, see `kills.py`."""
    env = {name: v for name, v in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.kills", folder, "--seed", str(seed)]
        for what, count in KILLS.items():
            command += [f"--{what}", str(count)]
        run = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout)


def table(found: dict[str, Any]) -> str:
    """As Markdown."""
    tolls = found.values()
    total = {name: sum(toll[name] for toll in tolls) for name in next(iter(tolls))}
    lines = [
        "| killed in the middle of | kills | entries found | broken | lost | numbers differ |",
        "|---|---|---|---|---|---|",
    ]
    words = {"writes": "store writes", "trainings": "training", "curves": "a curve"}
    for what, toll in [*found.items(), ("all", total)]:
        lines.append(f"| {words.get(what, what)} | " + " | ".join(map(str, toll.values())) + " |")
    return "\n".join(lines)


def main() -> None:
    """See the module."""
    found = faults()
    print(table(found))
    if len(sys.argv) > 1:
        keep(Path(sys.argv[1]), "kills", {"tolls": found})


if __name__ == "__main__":
    main()
