"""The panel of a class's room above the chart: for whoever opened it, and for whoever joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import segno
import streamlit as st

from dissociation.address.links import read_address
from dissociation.core.validation import InvalidValue
from dissociation.engine.lab import lab
from dissociation.engine.rooms import RoomView
from dissociation.web.classroom.predict_controls import class_link, end
from dissociation.web.classroom.predicting import Predicting, is_host, say_problem
from dissociation.web.shell.host_keys import host_key, remember_in_browser
from dissociation.web.shell.page_links import page_link
from dissociation.web.shell.state import PageState, plain


def room_panel(state: PageState, found: Predicting | None) -> None:
    """Draws the panel of the room that the address names, if it is open.

    **Arguments:**

    - `found`: what is to be predicted on this page.
    """
    room = lab().rooms.view(state["room"]) if state["room"] else None
    if room is None:
        return
    if is_host(state):
        _host_panel(state, found, room)
    else:
        _guest_panel(state, found, room)


def _guest_panel(state: PageState, found: Predicting | None, room: RoomView) -> None:
    st.caption(
        f"Room **{state['room']}**. Nobody sees your prediction alone, and no name is asked. "
        "The band of the class appears once you have handed in."
    )
    if found is None or not found.same_as_room:
        st.warning("This page shows another experiment than the room.", icon=":material/info:")
        link, _ = read_address(room.path)
        page_link(link, "Go to the room's experiment", "meeting_room")


def _host_panel(state: PageState, found: Predicting | None, room: RoomView) -> None:
    code = state["room"]
    remember_in_browser(code)
    same = found is not None and found.same_as_room
    steer = lab().rooms
    with st.container(border=True, key="lab-room"):
        # In a lecture it is a strip beside the chart.
        picture, words = (
            (st.container(), st.container())
            if state.lecture
            else st.columns([1, 4], vertical_alignment="center")
        )
        with picture:
            # As an image: Streamlit's HTML takes no SVG.
            drawn = segno.make(_address(room), error="m").svg_data_uri(border=2, light="white")
            st.html(f'<img class="lab-qr" src="{drawn}" alt="QR code of this room\'s address">')
        with words:
            st.markdown(f"## Room {code}")
            st.markdown(
                f"Scan the code, or enter **{code}** on the start page, and draw the curve that "
                "you expect" + (f" of **{plain(found.name)}**." if found and same else ".")
            )
            _warn_of_loopback()
            with st.container(horizontal=True, vertical_alignment="center", key="lab-steer"):
                if same and not room.revealed:
                    _steer(state, "Reveal", "visibility", steer.reveal, primary=True)
                elif found is not None:
                    label = "New round" if same else "New round with the curve of this page"
                    link = class_link(state, state["predict"], code)
                    _steer(state, label, "replay", steer.start_round, link.path, found.question)
                _steer(state, "Close the room", "close", steer.close)


def _steer(
    state: PageState,
    label: str,
    icon: str,
    act: Callable[..., None],
    *arguments: Any,
    primary: bool = False,
) -> None:
    def press() -> None:
        try:
            act(state["room"], host_key(state["room"]), *arguments)
        except InvalidValue as problem:
            say_problem(state, problem)
        if act == lab().rooms.close:
            end(state)

    st.button(
        label,
        icon=f":material/{icon}:",
        on_click=press,
        key=f"{state.page}-room-{icon}",
        type="primary" if primary else "secondary",
    )


def _address(room: RoomView) -> str:
    """The whole address of a room's page, as the browser of this visitor reaches the lab."""
    here = urlsplit(st.context.url or "")
    # Whatever page this is, the lab may live below a base path.
    base = here.path.rpartition("/")[0]
    return f"{here.scheme}://{here.netloc}{base}{room.path}"


def _warn_of_loopback() -> None:
    if (urlsplit(st.context.url or "").hostname or "") in ("127.0.0.1", "localhost", "::1"):
        st.caption(
            "Phones cannot reach this address yet. Start the lab on the network: "
            "`make run ADDRESS=0.0.0.0`, and open it by the machine's name."
        )
