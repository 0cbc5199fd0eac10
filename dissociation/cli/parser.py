"""What may be written after `dissociation` or `python -m dissociation`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from dissociation.cli.refusals import BadUsage

#: How the command was called, for commands that it suggests.
PROGRAM = "dissociation" if Path(sys.argv[0]).stem == "dissociation" else "python -m dissociation"
_SOURCE = (
    "a preset's name (see list), the address of a page with curves or of two networks, such as "
    "'Robustness?scale=50' or 'Map?show=scale', or a JSON file with one experiment or contrast, or "
    "a list of them"
)
_CACHE = (
    "folder of the store (default: $DISSOCIATION_CACHE, or cache/ in a checkout, or else "
    "dissociation/ in the platform's cache folder)"
)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of printing its usage and leaving the process."""

    def error(self, message: str) -> NoReturn:
        """**Raises:** `BadUsage` with the message."""
        raise BadUsage(f"{message} (see {self.prog} --help)")


def parser() -> Parser:
    """The parser of all commands; the name of the chosen one is in `command`."""
    top = Parser(
        prog=PROGRAM,
        description="The lab, and its results without a browser, from and into the same store.",
        epilog="Exit codes: 0 fine, 1 could not, 2 bad input, 130 interrupted.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

    serve = commands.add_parser("serve", help="run the lab, for browsers")
    serve.add_argument(
        "--address", default="127.0.0.1", help="of this machine (default: %(default)s)"
    )
    serve.add_argument("--port", type=int, default=8501, help="(default: %(default)s)")

    run = commands.add_parser("run", help="compute results, and print or write them")
    run.add_argument("source", help=_SOURCE)
    run.add_argument("--out", metavar="FILE", help="write a .csv or .json file, not a table")
    run.add_argument("--cache", metavar="FOLDER", help=_CACHE)

    warm = commands.add_parser("warm", help="fill the store before a lecture")
    warm.add_argument("sources", nargs="*", metavar="preset", help=_SOURCE)
    warm.add_argument("--all", action="store_true", help="all presets")
    warm.add_argument("--cache", metavar="FOLDER", help=_CACHE)

    export = commands.add_parser("export", help="write results that are stored; computes nothing")
    export.add_argument("source", help=_SOURCE)
    export.add_argument("--out", metavar="FILE", required=True, help="a .csv or .json file")
    export.add_argument("--cache", metavar="FOLDER", help=_CACHE)

    listing = commands.add_parser("list", help="presets, manipulations and measures")
    listing.add_argument("--json", action="store_true", help="for programs")
    return top
