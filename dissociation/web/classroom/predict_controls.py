"""What begins and ends a prediction: the menu beside the chart."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.names import condition_names
from dissociation.address.predicting import ALPHABET, CODE_LENGTH, predictable
from dissociation.address.table import Condition
from dissociation.address.view import NORMAL
from dissociation.core.validation import InvalidValue
from dissociation.engine.lab import lab
from dissociation.web.classroom.predicting import Predicting, question_digest, say_problem
from dissociation.web.shell.host_keys import keep_host_key
from dissociation.web.shell.state import PageState

WORDS = (
    "Draw the curve you expect before you see it. In a class, everybody draws on their own phone "
    "or computer; the page shows the band of all predictions, never one alone."
)


def class_link(state: PageState, key: str, code: str) -> Link:
    """The page that a room's visitors open: this one, with a curve to be predicted."""
    asked = {"predict": key, "room": code, "view": NORMAL}
    fresh = {"guess": None, "revealed": False, "tour": 0}
    return Link(state.table, {**state.values(), **asked, **fresh})


def predict_menu(
    state: PageState, conditions: Sequence[Condition], found: Predicting | None
) -> None:
    """Draws the menu from which a visitor starts to predict, or what ends it.

    **Arguments:**

    - `conditions`: of the page; `found`: what is being predicted of them.
    """
    if state["predict"] or state["room"]:
        _way_out(state, found)
        return
    options = predictable(conditions)
    if state.hidden("predict") or not options:
        return
    names = condition_names(conditions)
    with st.popover("Predict first", icon=":material/draw:", disabled=state.locked("predict")):
        st.caption(WORDS)
        key = st.selectbox(
            "Curve to predict",
            list(options),
            format_func=lambda key: names[options[key]],
            key=f"{state.page}-predict-which",
        )
        st.button(
            "Predict it myself",
            icon=":material/draw:",
            on_click=begin,
            args=(state, key),
            key=f"{state.page}-predict-begin",
            width="stretch",
        )
        st.button(
            "Open a room for a class",
            icon=":material/groups:",
            on_click=_open_room,
            args=(state, key, conditions[options[key]]),
            key=f"{state.page}-predict-room",
            width="stretch",
        )


def _way_out(state: PageState, found: Predicting | None) -> None:
    room = found.room if found is not None else lab().rooms.view(state["room"])
    if found is not None and room is None and not found.covered:
        st.button(
            "Predict again",
            icon=":material/replay:",
            on_click=begin,
            args=(state, state["predict"]),
            key=f"{state.page}-predict-again",
        )
    st.button(
        "Stop predicting" if room is None else "Leave the room",
        icon=":material/close:" if room is None else ":material/logout:",
        on_click=end,
        args=(state,),
        key=f"{state.page}-predict-end",
        type="tertiary",
    )


def begin(state: PageState, key: str) -> None:
    """Covers a condition, to be predicted."""
    for name, value in (("predict", key), ("guess", None), ("revealed", False)):
        state.put(name, value)


def end(state: PageState) -> None:
    """Predicts nothing any more."""
    defaults = state.table.defaults
    for name in ("predict", "guess", "revealed", "room"):
        state.put(name, defaults[name])


def _open_room(state: PageState, key: str, condition: Condition) -> None:
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    link = class_link(state, key, code)
    try:
        host = lab().rooms.open(code, link.path, question_digest(condition))
    except InvalidValue as problem:
        say_problem(state, problem)
        return
    keep_host_key(code, host)
    begin(state, key)
    state.put("room", code)
