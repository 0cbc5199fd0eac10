"""Once a minute: what nobody asks for is forgotten, and freed memory goes back."""

from __future__ import annotations

import os
import sys

import numpy as np
import psutil
import pytest

from dissociation.core.networks.training import Recipe
from dissociation.engine import lab as module
from dissociation.engine.lab import Lab
from dissociation.engine.tidying import return_memory, tidy


def test_a_finished_chart_goes_although_nobody_comes_after_it(tmp_path, monkeypatch):
    lab = Lab(tmp_path / "lab", start=False)
    watch = lab.watch_training(Recipe(epochs=0, width=16), 1)
    lab.jobs.drain()
    now = watch.seen
    monkeypatch.setattr(module.time, "monotonic", lambda: now + module.KEEP_WATCHES - 1)
    tidy(lab)
    assert lab.find(watch.id) is watch
    monkeypatch.setattr(module.time, "monotonic", lambda: now + module.KEEP_WATCHES + 1)
    tidy(lab)
    assert lab.find(watch.id) is None and lab.watches == 0
    lab.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_memory_is_returned():
    process = psutil.Process(os.getpid())
    # Small enough for the heap; every fiftieth stays, so that the heap cannot shrink by itself.
    pieces = [np.ones(60_000, np.uint8) for _ in range(4_000)]
    kept = pieces[::50]
    del pieces
    before = process.memory_info().rss
    return_memory()
    assert before - process.memory_info().rss > 100e6
    assert all(piece.all() for piece in kept)
