"""Predict, then reveal: a curve that the visitor sketches before the measured one is shown."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.names import condition_names
from dissociation.address.predicting import check_guess, target
from dissociation.address.table import Condition
from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.state import PageState, plain
from dissociation.engine.lab import lab
from dissociation.engine.rooms import RoomView
from dissociation.errors import InvalidValue
from dissociation.experiment import digest
from dissociation.predictions import PLACES, places

_VOTER = re.compile("[0-9a-f]{32}")
#: Where the sketch begins: level, in the middle of the axis.
_LEVEL = {True: 0.1, False: 0.5}
Guess = tuple[float, ...]


class Predicting(NamedTuple):
    """What a page's visitor is to predict.

    - `position`: of the condition among all of the page's; `name`: its name.
    - `question`: identifies its curve, the same for everybody who is asked.
    - `covered`: whether it is not to be seen yet.
    - `guess`: what the visitor handed in, or nothing.
    - `room`: what is known of the class's room; `None` without one.
    - `host`: whether this visitor opened the room.
    """

    position: int
    name: str
    question: str
    covered: bool
    guess: Guess
    room: RoomView | None
    host: bool


def question_of(condition: Condition) -> str:
    """Identifies the curve that is to be predicted."""
    return digest(condition.experiment.to_json())


def predicting(state: PageState, link: Link, conditions: Sequence[Condition]) -> Predicting | None:
    """What is to be predicted on a page, in step with the room that its address names.

    **Arguments:**

    - `conditions`: of the page, covered or not.

    **Returns:** `None` if nothing is; the reason is on the page if the address wants something.
    """
    position = target(conditions, link.values)
    if position is None:
        if link.values["predict"]:
            st.info(
                f"“{plain(link.values['predict'])}” cannot be predicted: it is not among the "
                "rewrites on this page. Everything is shown.",
                icon=":material/info:",
            )
        return None
    try:
        places(conditions[position].experiment.measure)
    except InvalidValue as problem:
        st.error(plain(str(problem)), icon=":material/error:")
        return None
    room = _in_step_with_room(state)
    host = room is not None and lab().rooms.is_host(state["room"], state["host"])
    return Predicting(
        position,
        condition_names(conditions)[position],
        question_of(conditions[position]),
        not state["revealed"],
        state["guess"],
        room,
        host,
    )


def _in_step_with_room(state: PageState) -> RoomView | None:
    code = state["room"]
    if not code:
        return None
    room = lab().rooms.view(code)
    if room is None:
        st.info(
            f"The room {code} is closed. You can still predict by yourself.",
            icon=":material/meeting_room:",
        )
        return None
    slot = f"{state.page}|round"
    known = st.session_state.get(slot)
    st.session_state[slot] = (code, room.round)
    if known is not None and known != (code, room.round) and state["guess"]:
        state.put("guess", ())
    if state["revealed"] != room.revealed:
        state.put("revealed", room.revealed)
    return room


def chart_part(state: PageState, found: Predicting, condition: Condition) -> lc.Prediction:
    """What the live chart needs to know of it."""
    measure = condition.experiment.measure
    log_errors = state["axis"] == "log"
    drawing = found.covered and not found.host
    words, button = _words(found) if drawing else ("", "")
    room = found.room
    return lc.Prediction(
        question=digest([found.question, room.round if room else 0]),
        name=found.name,
        x=tuple(float(x) for x in places(measure)),
        start=(_LEVEL[log_errors],) * PLACES,
        guess=found.guess or None,
        drawing=drawing,
        words=words,
        button=button,
        room=f"/api/rooms/{state['room']}" if room else None,
        revision=f"{room.round} {str(room.revealed).lower()}" if room else "",
    )


def _words(found: Predicting) -> tuple[str, str]:
    ask = f"Where do you expect “{found.name}”? Pull the points, or draw across the chart."
    if found.room is None:
        return ask, "Show the measured curve"
    if found.guess:
        return "Handed in. Until the curve is revealed you may change it.", "Hand in again"
    return ask, "Hand in my prediction"


def _problem(state: PageState) -> str:
    return f"{state.page}|prediction"


def take_guess(state: PageState, found: Predicting, given: Any) -> None:
    """Takes a prediction that a browser handed in: into its room, or as the word to reveal.

    What is wrong with it is kept for [`show_problem`][].
    """
    st.session_state.pop(_problem(state), None)
    try:
        fields = given if isinstance(given, dict) else {}
        guess = check_guess("guess", fields.get("errors"))
        if found.room is not None:
            voter = fields.get("voter")
            if not isinstance(voter, str) or not _VOTER.fullmatch(voter):
                raise InvalidValue("voter", voter, "reload the page and try again")
            lab().rooms.predict(state["room"], found.question, voter, guess)
    except InvalidValue as problem:
        st.session_state[_problem(state)] = str(problem)
        return
    state.put("guess", guess)
    if found.room is None:
        state.put("revealed", True)


def show_problem(state: PageState) -> None:
    """Says why the last prediction could not be taken."""
    problem = st.session_state.pop(_problem(state), None)
    if problem is not None:
        st.error(plain(problem), icon=":material/error:")


def guess_taker(state: PageState, found: Predicting, key: str):
    """The chart's callback: reads what the element of this key handed in."""

    def take() -> None:
        take_guess(state, found, st.session_state[key].get("guess"))

    return functools.wraps(take_guess)(take)
