"""`python -m benchmarks`: prints what was measured on this machine."""

from __future__ import annotations

import os
import platform

from benchmarks.journey import journey


def main() -> None:
    """Runs everything and prints a table."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(f"{'what a visitor waits for':62} {'measured':>9}  {'aim':>8}")
    for what, value, bound in journey():
        print(f"{what:62} {value:9.2f}  {bound:>8}")


if __name__ == "__main__":
    main()
