"""What the tests of faults and of hostile input really try: they are run, and counted.

`python -m benchmarks.trials results/reliability/DATE.json` puts the counts into a kept run; the
table of `docs/reliability.md` is written from there.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Any

from benchmarks.kept import keep
from tests.hostile.test_catalogue import entries

ROOT = Path(__file__).parents[1]
#: Test files, by what they try.
FAULTS = {
    "kill -9 in the middle of writes, training and a curve": "tests/faults/test_kill.py",
    "a disk that fills up, a folder that cannot be written": "tests/faults/test_disk.py",
    "damaged, truncated, swapped and foreign entries": "tests/faults/test_entries.py",
    "entries read by several threads at once": "tests/faults/test_parsing.py",
    "two servers on one cache": "tests/faults/test_two_servers.py",
    "a clock set back and forward": "tests/faults/test_clock.py",
    "cancelled and superseded jobs, worker exceptions": "tests/faults/test_nobody_waits.py",
    "experiments beyond the memory": "tests/faults/test_memory.py",
    "pages on a broken disk": "tests/faults/test_pages.py",
    "cut connections and sleeping tabs": "tests/browser/test_nobody_waits.py",
    "workers and a scheduler killed in the middle": "tests/engine/test_cluster.py",
}
HOSTILE = {
    "hostile input": "tests/hostile",
    "hostile input in a browser": "tests/browser/test_hostile.py",
}


def tried(what: str, path: str) -> dict[str, Any]:
    """Runs the tests of a path. **Returns:** how many passed, failed and were skipped."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", path, "-q", f"--junit-xml={report}"]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (suite,) = xml.parse(report).getroot().iter("testsuite")
    failed = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    skipped = int(suite.attrib["skipped"])
    passed = int(suite.attrib["tests"]) - failed - skipped
    return {"what": what, "path": path, "passed": passed, "failed": failed, "skipped": skipped}


def main() -> None:
    """See the module."""
    found: dict[str, list[dict[str, Any]]] = {"faults": [], "hostile": []}
    for section, files in (("faults", FAULTS), ("hostile", HOSTILE)):
        for what, path in files.items():
            found[section].append(tried(what, path))
            print(found[section][-1], flush=True)
    if len(sys.argv) > 1:
        keep(Path(sys.argv[1]), "trials", {**found, "catalogue": len(entries())})


if __name__ == "__main__":
    main()
