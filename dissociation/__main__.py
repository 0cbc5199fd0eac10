"""`python -m dissociation`: see `dissociation.cli`."""

from __future__ import annotations

import os
import sys

from dissociation.cli.main import INTERRUPTED, main


def _run() -> int:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no α must not turn a table into a traceback.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        return main()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    code = _run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        # The compute thread may be inside a compilation, which Python cannot end in good order.
        # Nothing is lost: whatever is stored is stored whole.
        os._exit(code)
