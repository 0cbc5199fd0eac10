"""Predict, then reveal: a curve that the visitor sketches before the measured one is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.names import condition_names
from dissociation.address.predicting import TAG_LENGTH, Guess, check_errors, target
from dissociation.address.table import Condition
from dissociation.core.digests import digest
from dissociation.core.predictions import PLACES, places
from dissociation.core.validation import InvalidValue
from dissociation.engine.lab import lab
from dissociation.engine.rooms import RoomView, host_ticket
from dissociation.web import chart as lc
from dissociation.web.shell.host_keys import host_key
from dissociation.web.shell.state import PageState, plain
from dissociation.web.shell.visitor import room_ticket

#: Where the sketch begins: level, in the middle of a logarithmic or a linear axis.
_LEVEL = {True: 0.1, False: 0.5}


class Predicting(NamedTuple):
    """What a page's visitor is to predict.

    - `position`: of the condition among all of the page's; `name`: its name.
    - `question`: identifies its curve, the same for everybody who is asked.
    - `covered`: whether it is not to be seen yet.
    - `errors`: `(PLACES,)` what the visitor handed in for this very curve, or nothing.
    - `room`: what is known of the class's room; `None` without one.
    - `host`: whether this visitor opened the room.
    """

    position: int
    name: str
    question: str
    covered: bool
    errors: tuple[float, ...]
    room: RoomView | None
    host: bool

    @property
    def tag(self) -> str:
        """What a prediction of this curve, in this round of its room, is marked with."""
        return _tag(self.question, self.room.round if self.room else 0)

    @property
    def same_as_room(self) -> bool:
        """Whether the page shows the curve that its room is about."""
        return self.room is None or self.room.question == self.question


def _tag(question: str, round_: int) -> str:
    return digest([question, round_])[:TAG_LENGTH]


def guess_of(condition: Condition, errors: tuple[float, ...]) -> Guess:
    """A prediction of a condition's curve, outside of any room."""
    return Guess(_tag(question_digest(condition), 0), errors)


def question_digest(condition: Condition) -> str:
    """Identifies the curve that is to be predicted."""
    return digest(condition.experiment.to_json())


def predicting(state: PageState, link: Link, conditions: Sequence[Condition]) -> Predicting | None:
    """What is to be predicted on a page, in step with the room that its address names.

    **Arguments:**

    - `conditions`: of the page, covered or not.

    **Returns:** `None` if nothing is; the reason is on the page if the address wants something.
    """
    room = _in_step_with_room(state)
    position = target(conditions, link.values)
    if position is None:
        if link.values["predict"]:
            st.info(
                f"“{plain(link.values['predict'])}” cannot be predicted: it is not among the "
                "rewrites on this page, or its curve is a single point. Everything is shown.",
                icon=":material/info:",
            )
        return None
    found = Predicting(
        position,
        condition_names(conditions)[position],
        question_digest(conditions[position]),
        not state["revealed"],
        (),
        room,
        is_host(state),
    )
    guess: Guess | None = state["guess"]
    if guess is None:
        return found
    if guess.tag != found.tag:
        # Of another curve, or of a round that is over.
        state.put("guess", None)
        return found
    return found._replace(errors=guess.errors)


def is_host(state: PageState) -> bool:
    """Whether this visitor opened the room that the address names."""
    return bool(state["room"]) and lab().rooms.is_host(state["room"], host_key(state["room"]))


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
    if state["revealed"] != room.revealed:
        state.put("revealed", room.revealed)
    return room


def chart_part(state: PageState, found: Predicting, condition: Condition) -> lc.Prediction:
    """What the live chart needs to know of it."""
    measure = condition.experiment.measure
    room = found.room
    drawing = found.covered and not found.host and found.same_as_room
    words, button = _words(found) if drawing else ("", "")
    return lc.Prediction(
        question=found.tag,
        name=found.name,
        x=tuple(float(x) for x in places(measure)),
        start=(_LEVEL[state["axis"] == "log"],) * PLACES,
        guess=found.errors or None,
        drawing=drawing,
        words=words,
        button=button,
        room=_room_line(state["room"], found) if room else None,
        revision=f"{room.round} {str(room.revealed).lower()}" if room else "",
        band=found.same_as_room,
    )


def _room_line(code: str, found: Predicting) -> str:
    ticket = host_ticket(host_key(code)) if found.host else room_ticket(code)
    return f"/api/rooms/{code}/{ticket}"


def _words(found: Predicting) -> tuple[str, str]:
    ask = f"Where do you expect “{found.name}”? Pull the points, or draw across the chart."
    if found.room is None:
        return ask, "Show the measured curve"
    if found.errors:
        return "Handed in. Until the curve is revealed you may change it.", "Hand in again"
    return ask, "Hand in my prediction"


def say_problem(state: PageState, problem: InvalidValue) -> None:
    """Keeps what went wrong in a callback for [`show_problem`][]."""
    st.session_state[f"{state.page}|prediction"] = str(problem)


def show_problem(state: PageState) -> None:
    """Says once what went wrong in a callback."""
    problem = st.session_state.pop(f"{state.page}|prediction", None)
    if problem is not None:
        st.error(plain(problem), icon=":material/error:")


def take_guess(state: PageState, found: Predicting, given: Any) -> None:
    """Takes a prediction that a browser handed in: into its room, or as the word to reveal.

    **Arguments:**

    - `given`: `{"errors": [...]}`, unchecked. Whose it is, is not for the browser to say.
    """
    try:
        fields = given if isinstance(given, dict) else {}
        errors = check_errors("guess", fields.get("errors"))
        if found.room is not None:
            lab().rooms.predict(state["room"], found.question, room_ticket(state["room"]), errors)
    except InvalidValue as problem:
        say_problem(state, problem)
        return
    state.put("guess", Guess(found.tag, errors))
    if found.room is None:
        state.put("revealed", True)


def guess_taker(state: PageState, found: Predicting, key: str) -> Callable[[], None]:
    """The chart's callback: reads what the element of this key handed in."""

    def take() -> None:
        take_guess(state, found, st.session_state[key].get("guess"))

    return take
