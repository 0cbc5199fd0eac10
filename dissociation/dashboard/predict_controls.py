"""What begins, steers and ends a prediction: the menu beside the chart, and the host's panel."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from dissociation.address.links import Link, read_address, write_query
from dissociation.address.names import condition_names
from dissociation.address.predicting import ALPHABET, CODE_LENGTH, predictable
from dissociation.address.table import Condition
from dissociation.address.view import NORMAL, PRIVATE
from dissociation.dashboard.predicting import Predicting, question_of
from dissociation.dashboard.state import PageState, plain
from dissociation.engine.lab import lab
from dissociation.errors import InvalidValue

WORDS = (
    "Draw the curve you expect before you see it. In a class, everybody draws on their own phone "
    "or computer; the page shows the band of all predictions, never one alone."
)


def _class_link(state: PageState, key: str, code: str) -> Link:
    """The page that a room's visitors open."""
    asked = {"predict": key, "room": code, "view": NORMAL, "host": ""}
    fresh = {"guess": (), "revealed": False, "tour": 0}
    return Link(state.table, {**state.values(), **asked, **fresh})


def predict_menu(
    state: PageState, conditions: Sequence[Condition], found: Predicting | None
) -> None:
    """Draws the menu from which a visitor starts to predict, or what ends it.

    **Arguments:**

    - `conditions`: of the page; `found`: what is being predicted of them.
    """
    if state["predict"]:
        if found is None or found.room is None:
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
            on_click=_begin,
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
    if found is not None and not found.covered:
        st.button(
            "Predict again",
            icon=":material/replay:",
            on_click=_begin,
            args=(state, state["predict"]),
            key=f"{state.page}-predict-again",
        )
    st.button(
        "Stop predicting",
        icon=":material/close:",
        on_click=_end,
        args=(state,),
        key=f"{state.page}-predict-end",
        type="tertiary",
    )


def _begin(state: PageState, key: str) -> None:
    for name, value in (("predict", key), ("guess", ()), ("revealed", False)):
        state.put(name, value)


def _end(state: PageState) -> None:
    defaults = state.table.defaults
    for name in ("predict", "guess", "revealed", "room", "host"):
        state.put(name, defaults[name])


def _say(state: PageState, problem: InvalidValue) -> None:
    st.session_state[f"{state.page}|prediction"] = str(problem)


def _open_room(state: PageState, key: str, condition: Condition) -> None:
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    link = _class_link(state, key, code)
    try:
        host = lab().rooms.open(code, link.path, question_of(condition))
    except InvalidValue as problem:
        _say(state, problem)
        return
    _begin(state, key)
    state.put("room", code)
    state.put("host", host)


def prediction_panel(state: PageState, found: Predicting, condition: Condition) -> None:
    """What stands above the chart while a curve is predicted.

    **Arguments:**

    - `condition`: that is to be predicted.
    """
    if found.host:
        _host_panel(state, found, condition)
    elif found.room is not None:
        _guest_panel(state, found)


def _guest_panel(state: PageState, found: Predicting) -> None:
    assert found.room is not None
    st.caption(
        f"Room **{state['room']}**. Nobody sees your prediction alone, and no name is asked."
    )
    if found.room.question != found.question:
        st.warning("This page shows another experiment than the room.", icon=":material/info:")
        link, _ = read_address(found.room.path)
        st.page_link(
            link.table.script,
            label="Go to the room's experiment",
            icon=":material/meeting_room:",
            query_params=link.query,
        )


def _host_panel(state: PageState, found: Predicting, condition: Condition) -> None:
    room = found.room
    assert room is not None
    link = _class_link(state, state["predict"], state["room"])
    same = room.question == found.question
    steer = lab().rooms
    with st.container(border=True, key=f"{state.page}-room"):
        picture, words = st.columns([1, 4], vertical_alignment="center")
        address = _address(link)
        with picture:
            # As an image: Streamlit's HTML takes no SVG.
            code = segno.make(address, error="m").svg_data_uri(border=2, light="white")
            st.html(f'<img class="lab-qr" src="{code}" alt="QR code of this room\'s address">')
        with words:
            st.markdown(f"## Room {state['room']}")
            st.markdown(
                f"Scan the code, or enter **{state['room']}** on the start page, and draw where "
                f"you expect **{plain(found.name)}**."
            )
            _warn_of_loopback()
            with st.container(horizontal=True, vertical_alignment="center"):
                if found.covered and same:
                    _steer(state, "Reveal", "visibility", steer.reveal, primary=True)
                else:
                    label = "New round" if same else "New round with the curve of this page"
                    _steer(
                        state, label, "replay", steer.start_round, link.path, question_of(condition)
                    )
                _steer(state, "Close the room", "close", steer.close)


def _steer(state: PageState, label: str, icon: str, act, *arguments, primary=False) -> None:
    def press() -> None:
        try:
            act(state["room"], state["host"], *arguments)
        except InvalidValue as problem:
            _say(state, problem)
        if act == lab().rooms.close:
            _end(state)

    st.button(
        label,
        icon=f":material/{icon}:",
        on_click=press,
        key=f"{state.page}-room-{icon}",
        type="primary" if primary else "secondary",
    )


def _address(link: Link) -> str:
    """The whole address of a page, as the browser of this visitor reaches the lab."""
    here = urlsplit(st.context.url or "")
    query = urlencode(write_query(link.table, link.values, without=PRIVATE))
    return f"{here.scheme}://{here.netloc}{here.path}?{query}"


def _warn_of_loopback() -> None:
    if (urlsplit(st.context.url or "").hostname or "") in ("127.0.0.1", "localhost", "::1"):
        st.caption(
            "Only this machine reaches this address. For a class, start the lab on the network: "
            "`make run ADDRESS=0.0.0.0`, and open it by the machine's name."
        )
