"""How far a command is, on one line of a terminal, or in few lines of a log."""

from __future__ import annotations

import shutil
from typing import TextIO

#: Share of the work between two lines of a log.
STEP = 0.1


class Progress:
    """Says how far something is. A terminal's line is rewritten, a log gets a line now and then."""

    def __init__(self, stream: TextIO, name: str = ""):
        self._stream = stream
        self._prefix = f"{name}: " if name else ""
        self._live = stream.isatty()
        self._said: float | None = None
        self._shown = ""

    def __call__(self, share: float, message: str) -> None:
        """Says that a share, 0 to 1, is done."""
        line = f"{self._prefix}{int(share * 100):3d} % {message}"
        if self._live:
            line = line[: shutil.get_terminal_size().columns - 1]
            if line != self._shown:
                self._stream.write("\r" + line.ljust(len(self._shown)))
                self._stream.flush()
            self._shown = line
        elif self._said is None or share - self._said >= STEP or share == 1 > self._said:
            self._said = share
            print(line, file=self._stream, flush=True)

    def end(self) -> None:
        """Leaves the terminal's line, so that what follows stands below it."""
        if self._shown:
            self._stream.write("\n")
            self._stream.flush()
            self._shown = ""
