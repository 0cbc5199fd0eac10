"""Loads what every visitor will need, in the background and after the first page is drawn."""

from __future__ import annotations

import gc
import logging
import threading

from dissociation.core.data.datasets import mnist_test, mnist_train
from dissociation.core.networks.null_spaces import input_null_space
from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.engine.lab import lab
from dissociation.engine.priority import give_way

log = logging.getLogger(__name__)
_begun = threading.Event()


def _load() -> None:
    give_way()
    try:
        lab()
        mnist_test()
        mnist_train()
        input_null_space("test")
        import equinox  # noqa: F401
        import optax  # noqa: F401
    except (DamagedData, InvalidValue) as problem:
        # Whoever asks for something that needs it will be told; the page itself works.
        log.warning("warming up: %s", problem)
    # What was loaded stays as long as the lab: collecting garbage need not look at it again.
    gc.collect()
    gc.freeze()


def warm_up() -> None:
    """Starts loading once; returns at once."""
    if not _begun.is_set():
        _begun.set()
        threading.Thread(target=_load, name="warm-up", daemon=True).start()
