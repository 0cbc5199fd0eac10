"""Who may begin: small jobs do not wait for large ones, nor large ones for ever."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.core.sizes import BASE, GIB, PASSING
from dissociation.engine.memory import MEMORY_CLASSES, that_fit

ROOM = 96.0


@dataclass(frozen=True)
class Held:
    """Anything that holds memory: a job, and its task."""

    memory: float
    penalty: float = 0.0

    @property
    def task(self) -> Held:
        return self


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setenv("DISSOCIATION_MEMORY", f"{(BASE + PASSING) / GIB + ROOM}")


def held(*sizes: float) -> list[Held]:
    return [Held(size * GIB) for size in sizes]


def fitting(active, queued, beside=0.0) -> list[float]:
    return [job.memory / GIB for job in that_fit(held(*active), held(*queued), beside * GIB)]


def test_the_first_may_begin_however_large():
    assert fitting([], [200]) == [200]
    assert fitting([], [200, 1]) == [200]
    assert fitting([1], [200]) == []


def test_small_jobs_pass_large_ones_that_do_not_fit():
    assert fitting([30, 20], [50, 3, 2]) == [3, 2]
    assert fitting([30, 20], [50, 7, 3]) == [7, 3]


def test_each_line_stops_at_the_first_that_does_not_fit():
    assert fitting([40], [40, 20]) == []
    assert fitting([], [40, 20, 10]) == [40]
    assert fitting([40], [8] * 5 + [3] * 9) == [8] * 5 + [3] * 5


def test_large_jobs_leave_a_share_to_small_ones():
    assert fitting([], [24, 24, 24, 24]) == [24, 24]


def test_small_jobs_have_everything_unless_a_larger_one_waits():
    assert fitting([3] * 10, [3] * 30) == [3] * 22
    # They go on, but no more begin until the large one has.
    assert fitting([3] * 22, [40, 3]) == []
    assert fitting([3] * 16, [40, 3]) == [40, 3]
    # One of each size at least.
    assert fitting([50], [40, 8, 3]) == [8, 3]


def test_what_only_adds_keeps_nobody_out():
    aside = [Held(8 * GIB, 1.0) for _ in range(8)]
    busy = held(40, 40)
    assert that_fit(busy, [*aside, *held(8)]) == [aside[0], Held(8 * GIB)]
    assert that_fit([*aside[:1], *busy, *held(8)], [*aside, *held(40)]) == []
    # Nor do they fill everything before others come.
    assert that_fit([], aside) == aside[:3]


def test_what_is_larger_than_its_share_begins_when_there_is_room_for_it():
    assert fitting([], [90, 3, 8]) == [90, 3]
    assert fitting([3], [90, 3, 8]) == [90, 3]
    # Nobody comes before it for ever, only what has room beside it.
    assert fitting([10], [90, 3, 8]) == [3]
    assert fitting([10, 2], [90, 3, 3]) == [3]


def test_what_only_adds_to_a_small_one_does_not_wait_for_the_largest():
    large, active = Held(90 * GIB), [Held(10 * GIB, 1.0)]
    assert that_fit(active, [large, Held(GIB / 32, 1.0)]) == [Held(GIB / 32, 1.0)]
    assert that_fit(active, [large, Held(GIB, 1.0)]) == []


def test_what_only_adds_to_a_small_one_does_not_wait_for_what_adds_to_a_large_one():
    active = [Held(8 * GIB, 1.0) for _ in range(3)]
    assert that_fit(active, [Held(8 * GIB, 1.0), Held(GIB, 1.0)]) == [Held(GIB, 1.0)]
    assert that_fit(held(31, 31, 31), [Held(8 * GIB, 1.0), Held(4 * GIB, 1.0)]) == []


def test_what_is_held_for_others_counts():
    assert fitting([], [3] * 40, beside=0) == [3] * 32
    assert fitting([], [1.5] * 40, beside=48) == [1.5] * 32


def test_shares_are_all_there_is():
    assert sum(one.share for one in MEMORY_CLASSES) == 1


@given(st.lists(st.floats(0, 120), max_size=12), st.lists(st.floats(0, 120), max_size=12))
def test_never_more_than_there_is(active, queued):
    began = fitting(active, queued)
    assert (
        sum(active) + sum(began) <= ROOM * (1 + 1e-9)
        or not began
        or (not active and len(began) == 1)
    )
    # Nothing is left to wait for nothing.
    assert active or began or not queued
    # In their order.
    rest = iter(queued)
    assert all(any(one == pytest.approx(other) for other in rest) for one in began)


@given(st.lists(st.floats(0.1, 8), min_size=1, max_size=40), st.floats(8.1, 96))
def test_a_large_job_begins_whatever_small_ones_come(small, large):
    """The small ones that are there end one after the other, and others are always in line."""
    active = list(small) if sum(small) <= ROOM else small[:10]
    for _ in range(200):
        began = fitting(active, [large, *small])
        if began and began[0] == pytest.approx(large):
            return
        active += began
        if not active:
            break
        active.pop(0)
    pytest.fail("It never began.")
