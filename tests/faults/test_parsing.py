"""Entries are read in several threads, which the garbage collector lets interrupt each other."""

from __future__ import annotations

import gc
import threading
import time

import numpy as np

from dissociation.engine.store import pack, unpack


class Cycle:
    """Garbage whose end lets another thread run, as that of a connection or a device array does."""

    def __init__(self):
        self.me = self

    def __del__(self):
        time.sleep(0)


def test_a_good_entry_can_always_be_read():
    raw = pack({f"{n}": np.zeros((2, 3), np.float32) for n in range(6)}, {"x": 1})
    read, failed = [], []
    end = time.monotonic() + 1

    def work() -> None:
        while time.monotonic() < end:
            Cycle()
            try:
                read.append(len(unpack(raw)[0]))
            except BaseException as problem:
                failed.append(problem)

    before = gc.get_threshold()
    gc.set_threshold(50, 5, 5)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.set_threshold(*before)
    assert not failed and len(read) > 200 and set(read) == {6}
