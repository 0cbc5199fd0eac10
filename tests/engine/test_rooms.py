"""Rooms of a class: what they tell, what they keep to themselves, and when they end."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.core.predictions import PLACES
from dissociation.core.validation import InvalidValue
from dissociation.engine import rooms as r
from dissociation.engine.rooms import Rooms

CODE, PATH, QUESTION = "BC23", "/Robustness?predict=scale", "q"
FLAT = (0.5,) * PLACES


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rooms(clock) -> Rooms:
    return Rooms(clock)


@pytest.fixture
def host(rooms) -> str:
    return rooms.open(CODE, PATH, QUESTION)


def seen_by_host(rooms, host: str) -> r.RoomView:
    return rooms.view(CODE, r.host_ticket(host))


def hand_in(rooms, *levels: float) -> None:
    for number, level in enumerate(levels):
        rooms.predict(CODE, QUESTION, f"{number:032x}", (level,) * PLACES)


def test_a_new_room(rooms, host):
    room = rooms.view(CODE)
    assert (room.path, room.question) == (PATH, QUESTION)
    assert room.handed_in == 0 and room.band is None and not room.revealed
    assert rooms.view("XXXX") is None
    assert rooms.is_host(CODE, host) and not rooms.is_host(CODE, "0" * 32)
    assert not rooms.is_host("XXXX", host)


def test_a_code_is_taken_once(rooms, host):
    with pytest.raises(InvalidValue, match="open already"):
        rooms.open(CODE, PATH, QUESTION)


def test_nothing_is_shown_of_a_few(rooms, host):
    for count in range(1, r.ENOUGH + 1):
        hand_in(rooms, *[0.1 * n for n in range(count)])
        room = seen_by_host(rooms, host)
        assert room.handed_in == count
        assert (room.band is None) == (count < r.ENOUGH)


@given(st.lists(st.floats(0, 1), min_size=r.ENOUGH, max_size=30))
def test_the_band_is_of_two_halves(levels):
    rooms = Rooms()
    host = rooms.open(CODE, PATH, QUESTION)
    hand_in(rooms, *levels)
    assert seen_by_host(rooms, host).band.mean is None
    rooms.reveal(CODE, host)
    band = rooms.view(CODE).band
    ordered, half = sorted(levels), -(-len(levels) // 2)
    half_a_grain = r.GRAIN / 2 + 1e-9
    assert band.low == pytest.approx([np.mean(ordered[:half])] * PLACES, abs=half_a_grain)
    assert band.high == pytest.approx([np.mean(ordered[-half:])] * PLACES, abs=half_a_grain)
    assert band.mean == pytest.approx([np.mean(levels)] * PLACES, abs=half_a_grain)


@given(st.permutations([0.0, 0.1, 0.4, 0.7, 1.0]), st.floats(0, 1))
def test_one_more_prediction_does_not_move_the_band(levels, newcomer):
    rooms = Rooms()
    host = rooms.open(CODE, PATH, QUESTION)
    hand_in(rooms, *levels)
    before = seen_by_host(rooms, host)
    hand_in(rooms, *levels, newcomer)
    after = seen_by_host(rooms, host)
    assert after.handed_in == before.handed_in + 1 and after.band == before.band
    # Nor does one that is changed.
    hand_in(rooms, 1 - levels[0])
    assert seen_by_host(rooms, host).band == before.band
    hand_in(rooms, *levels, newcomer, 1.0)
    assert rooms.view(CODE).handed_in == 7


def test_who_has_still_to_draw_gets_no_band(rooms, host):
    hand_in(rooms, 0.1, 0.2, 0.3, 0.4, 0.5)
    has_drawn, has_not = f"{3:032x}", f"{7:032x}"
    assert rooms.view(CODE, has_drawn).band == seen_by_host(rooms, host).band is not None
    for ticket in (has_not, "", host, "é"):
        assert rooms.view(CODE, ticket).band is None
    rooms.reveal(CODE, host)
    assert rooms.view(CODE, has_not).band is not None
    rooms.start_round(CODE, host, PATH, QUESTION)
    for number in (0, 1, 2, 4, 5):
        rooms.predict(CODE, QUESTION, f"{number:032x}", FLAT)
    # A prediction of the last round does not count.
    assert rooms.view(CODE, has_drawn).band is None


def test_no_field_of_a_view_holds_single_predictions(rooms, host):
    hand_in(rooms, 0.1, 0.2, 0.3, 0.4, 0.5)
    told = repr(seen_by_host(rooms, host))
    assert r.host_ticket(host) not in told
    assert f"{3:032x}" not in told and host not in told
    assert set(rooms.view(CODE)._fields) == {
        *("version", "path", "question", "handed_in", "band", "round", "revealed")
    }


def test_a_browser_that_hands_in_again_replaces_its_first(rooms, host):
    hand_in(rooms, 0.1, 0.1, 0.1, 0.1, 0.1)
    before = rooms.view(CODE).version
    rooms.predict(CODE, QUESTION, f"{0:032x}", (0.9,) * PLACES)
    assert rooms.view(CODE).handed_in == 5 and rooms.view(CODE).version > before
    rooms.reveal(CODE, host)
    assert rooms.view(CODE).band.mean[0] == pytest.approx(1.3 / 5, abs=r.GRAIN)


def test_another_curve_is_refused(rooms, host):
    with pytest.raises(InvalidValue, match="another curve"):
        rooms.predict(CODE, "another", "0" * 32, FLAT)
    with pytest.raises(InvalidValue, match="no such room"):
        rooms.predict("XXXX", QUESTION, "0" * 32, FLAT)


def test_reveal_and_a_new_round(rooms, host):
    hand_in(rooms, 0.1, 0.2, 0.3, 0.4, 0.5)
    rooms.reveal(CODE, host)
    assert rooms.view(CODE).revealed and rooms.view(CODE).band is not None
    with pytest.raises(InvalidValue, match="revealed already"):
        hand_in(rooms, 0.1)
    rooms.start_round(CODE, host, "/Transfer?predict=scale", "another")
    room = rooms.view(CODE)
    assert (room.round, room.revealed, room.handed_in, room.question) == (2, False, 0, "another")
    assert room.band is None


@pytest.mark.parametrize(
    "steer",
    [
        lambda rooms, host: rooms.reveal(CODE, host),
        lambda rooms, host: rooms.close(CODE, host),
        lambda rooms, host: rooms.start_round(CODE, host, PATH, QUESTION),
    ],
    ids=["reveal", "close", "start_round"],
)
@pytest.mark.parametrize("secret", ["", "0" * 32, "é"])
def test_only_the_host_steers(rooms, host, steer, secret):
    before = rooms.view(CODE)
    with pytest.raises(InvalidValue) as problem:
        steer(rooms, secret)
    assert host not in str(problem.value)
    assert rooms.view(CODE) == before


def test_a_few_are_not_shown_when_revealed_either(rooms, host):
    hand_in(rooms, 0.1, 0.2)
    rooms.reveal(CODE, host)
    assert rooms.view(CODE).revealed and rooms.view(CODE).band is None


def test_close(rooms, host):
    rooms.close(CODE, host)
    assert rooms.view(CODE) is None


def test_a_room_expires_when_nothing_happens(rooms, host, clock):
    clock.now = r.EXPIRES
    assert rooms.view(CODE) is not None
    hand_in(rooms, 0.1)
    clock.now = 2 * r.EXPIRES
    # To be looked at does not keep it open.
    assert rooms.view(CODE) is not None
    clock.now = 2 * r.EXPIRES + 1
    assert rooms.view(CODE) is None
    with pytest.raises(InvalidValue, match="no such room"):
        rooms.reveal(CODE, host)


def test_bounds(monkeypatch, rooms, host):
    monkeypatch.setattr(r, "MAX_GUESSES", 2)
    hand_in(rooms, 0.1, 0.2)
    with pytest.raises(InvalidValue, match="full"):
        hand_in(rooms, 0.1, 0.2, 0.3)
    hand_in(rooms, 0.3, 0.4)
    monkeypatch.setenv("DISSOCIATION_MAX_ROOMS", "1")
    with pytest.raises(InvalidValue, match="rooms are open"):
        rooms.open("DDDD", PATH, QUESTION)


def test_many_at_once(rooms, host):
    def student(number: int) -> None:
        for _ in range(20):
            rooms.predict(CODE, QUESTION, f"{number:032x}", FLAT)
            rooms.view(CODE)

    threads = [threading.Thread(target=student, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rooms.view(CODE).handed_in == 30
