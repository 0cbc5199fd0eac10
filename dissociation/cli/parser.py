"""What may be written after `python -m dissociation`."""

from __future__ import annotations

import argparse
from typing import NoReturn

from dissociation.cli.refusals import BadUsage

_SOURCE = (
    "a preset's name (see list), the address of a page with curves or of two networks, such as "
    "'Robustness?scale=50' or 'Map?show=scale', or a JSON file with one experiment or contrast, or "
    "a list of them"
)
_CACHE = "folder of the store (default: $DISSOCIATION_CACHE, or cache/ beside the package)"


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of printing its usage and leaving the process."""

    def error(self, message: str) -> NoReturn:
        """**Raises:** `BadUsage` with the message."""
        raise BadUsage(f"{message} (see {self.prog} --help)")


def parser() -> Parser:
    """The parser of all commands; the name of the chosen one is in `command`."""
    top = Parser(
        prog="python -m dissociation",
        description="The results of the lab without a browser, from and into the same store.",
        epilog="Exit codes: 0 fine, 1 could not, 2 bad input, 130 interrupted.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

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
