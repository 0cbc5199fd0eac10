"""Work in a process of its own, which can be ended at any moment.

A fresh interpreter that imports nothing but the function's module; arrays go in and come out by
pipes, as their bytes. It ends when whoever started it is gone.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

ROOT = Path(__file__).parents[2]
#: Steps of priority that such work has less than others, so that small things do not wait for it.
NICER = 5
_KILLED = -9


class Child:
    """A process that does one piece of work.

    **Arguments:**

    - `work`: a function of a module, and its `arrays`; `wake`: called once there is news.

    `news` is set when it has come to an end, whichever. Leaving it as a context ends it.
    """

    def __init__(self, work: Callable[..., Any], arrays: Sequence[Any], wake: Callable[[], None]):
        self.news = threading.Event()
        self._wake = wake
        self._found: tuple[np.ndarray, ...] | None = None
        command = [sys.executable, "-m", __name__, work.__module__, work.__qualname__]
        # What it says of its failures is read in the log of the lab.
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        given = [np.asarray(array) for array in arrays]
        threading.Thread(target=self._follow, args=(given,), name="child", daemon=True).start()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def _follow(self, arrays: Sequence[np.ndarray]) -> None:
        inward, outward = self.process.stdin, self.process.stdout
        assert inward is not None and outward is not None
        # It stays open as long as somebody waits.
        with contextlib.suppress(OSError, ValueError, EOFError), inward, outward:
            _write(inward, arrays)
            del arrays
            self._found = _read(outward)
        self.process.wait()
        self.news.set()
        self._wake()

    def result(self) -> tuple[np.ndarray, ...]:
        """What the work gave.

        **Raises:** `MemoryError` if the system ended it, as it does where there is no memory left;
        `RuntimeError` if it failed.
        """
        if self._found is not None:
            return self._found
        if self.process.returncode == _KILLED:
            raise MemoryError
        raise RuntimeError(f"work in a process of its own failed ({self.process.returncode})")


def _write(stream: IO[bytes], arrays: Sequence[np.ndarray]) -> None:
    forms = [(array.dtype.str, array.shape) for array in arrays]
    stream.write(json.dumps(forms).encode() + b"\n")
    for array in arrays:
        stream.write(np.ascontiguousarray(array).data.cast("B"))
    stream.flush()


def _read(stream: IO[bytes]) -> tuple[np.ndarray, ...]:
    found = [np.empty(shape, dtype) for dtype, shape in json.loads(stream.readline())]
    for array in found:
        rest = array.data.cast("B")
        while rest:
            if not (read := stream.readinto(rest)):  # type: ignore[attr-defined]
                raise EOFError
            rest = rest[read:]
    return tuple(found)


def _end_with(stream: IO[bytes]) -> None:
    stream.read(1)
    os._exit(1)


def main() -> None:
    """Reads arrays, does the work whose module and name it was given, and writes arrays."""
    if sys.platform == "linux":
        os.nice(NICER)
    inward, outward = sys.stdin.buffer, sys.stdout.buffer
    # Whatever prints must not come between the arrays.
    sys.stdout = sys.stderr
    try:
        arrays = _read(inward)
        threading.Thread(target=_end_with, args=(inward,), daemon=True).start()
        work = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
        _write(outward, [np.asarray(array) for array in work(*arrays)])
    except BaseException:
        traceback.print_exc()
        # Python would wait for the thread that reads.
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
