"""Asks PyPI whether anything that the lab needs has a known vulnerability: `make lint` runs it.

Fails if there is one. Where the service cannot be reached, or does not know a package, it says in a
line what was not looked up, and does not fail: that a machine has no network is no news about the
lab.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, NamedTuple

COMMAND = [
    *(sys.executable, "-m", "pip_audit", "--requirement", "requirements.txt", "--no-deps"),
    *("--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"),
]
PATIENCE = 180


class Verdict(NamedTuple):
    """What is to be said, and whether it is a failure."""

    words: str
    failed: bool


def verdict(answer: dict[str, Any]) -> Verdict:
    """What an answer of pip-audit means."""
    packages = answer["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    found = [
        f"{package['name']} {package['version']}: {flaw['id']}"
        + (f", fixed in {' or '.join(flaw['fix_versions'])}" if flaw["fix_versions"] else "")
        for package in packages
        for flaw in package.get("vulns", ())
    ]
    if found:
        return Verdict("audit: known vulnerabilities\n  " + "\n  ".join(found), True)
    looked_up = len(packages) - len(skipped)
    if not looked_up:
        return Verdict("audit: SKIPPED, PyPI told nothing about any package from here", False)
    words = f"audit: no known vulnerability in {looked_up} packages"
    if skipped:
        words += f"; NOT LOOKED UP, {len(skipped)}: {', '.join(skipped)}"
    return Verdict(words, False)


def audit() -> Verdict:
    """Runs pip-audit, whatever becomes of it."""
    try:
        ended = subprocess.run(COMMAND, capture_output=True, text=True, timeout=PATIENCE)
        return verdict(json.loads(ended.stdout))
    except subprocess.TimeoutExpired:
        return Verdict(f"audit: SKIPPED, PyPI did not answer within {PATIENCE} s", False)
    except (ValueError, KeyError):
        last = (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return Verdict(f"audit: SKIPPED, PyPI could not be asked: {last[:300]}", False)


if __name__ == "__main__":
    told = audit()
    print(told.words)
    sys.exit(told.failed)
