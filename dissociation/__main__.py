"""`dissociation` and `python -m dissociation`: see `dissociation.cli`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from dissociation.cli.main import INTERRUPTED, main


def _run() -> int:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no α must not turn a table into a traceback.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        return main()
    except KeyboardInterrupt:
        return INTERRUPTED


def command() -> NoReturn:
    """Runs the command of this process's arguments, and ends the process."""
    code = _run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        # The compute thread may be inside a compilation, which Python cannot end in good order.
        # Nothing is lost: whatever is stored is stored whole.
        os._exit(code)


if __name__ == "__main__":
    command()
