"""Compute threads give way to those that answer visitors."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from dissociation.engine.jobs import Jobs
from dissociation.engine.priority import NICENESS, give_way

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads share one priority")


def niceness(thread: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, thread)


def test_only_the_calling_thread_and_its_children_give_way():
    found = {}

    def child():
        found["child"] = niceness(threading.get_native_id())

    def work():
        give_way()
        own = threading.Thread(target=child)
        own.start()
        own.join()
        found["own"] = niceness(threading.get_native_id())

    before = niceness(threading.get_native_id())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == {"own": NICENESS, "child": NICENESS}
    assert niceness(threading.get_native_id()) == before < NICENESS


def test_the_compute_thread_does():
    jobs = Jobs()
    try:
        (thread,) = (t for t in threading.enumerate() if t is jobs._thread)
        deadline = threading.Event()
        while niceness(thread.native_id) != NICENESS:
            assert not deadline.wait(0.01) and thread.is_alive()
    finally:
        jobs.stop()
