"""`python -m benchmarks`: measures this machine, prints tables, leaves `latest.json` and a page.

`--quick` leaves out the growth curves; `--only NAME` runs one comparison and nothing else.
"""

from __future__ import annotations

import argparse

from benchmarks import report
from benchmarks.answering import answering
from benchmarks.compare import compare
from benchmarks.journey import journey
from benchmarks.latency import latency
from benchmarks.looking import looking
from benchmarks.opening import opening
from benchmarks.similarity import similarity
from benchmarks.theory import theory


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="no growth curves")
    parser.add_argument("--only", default="", help="a comparison by name, similarity or theory")
    given = parser.parse_args()

    def say(line: str) -> None:
        print(line, flush=True)

    found = compare(say, growth=not given.quick and not given.only, only=given.only)
    if given.only in ("", "similarity"):
        found["similarity"] = similarity(say)
    if given.only in ("", "theory"):
        found["theory"] = theory(say)
    found["visitor"] = []
    if not given.only:
        for rows in (latency(say), answering(), journey(), opening(), looking()):
            found["visitor"] += [
                {"what": what, "measured": value, "aim": aim} for what, value, aim in rows
            ]
    say("\n" + report.machine_line(found))
    for table in report.tables(found):
        say("\n" + table)
    if not given.only:
        say("\nwritten: " + ", ".join(str(path) for path in report.write(found)))


if __name__ == "__main__":
    main()
