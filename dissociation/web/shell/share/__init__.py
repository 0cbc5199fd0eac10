"""Share a page: copy its link, for a lecture hall, or with controls hidden or locked."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from dissociation.address.links import write_query
from dissociation.address.view import ALL, LECTURE, NORMAL, PRIVATE
from dissociation.web.chart.modules import joined
from dissociation.web.shell.state import PageState

_HERE = Path(__file__).parent
# Every page has this element, so it also keeps the history of what is to be copied.
_COPY = st.components.v2.component(
    "dissociation_copy_link",
    js=joined(_HERE / "copy_link.js"),
    css=(_HERE / "copy_link.css").read_text(encoding="utf-8"),
)


def _copy(label: str, query: dict[str, str], key: str) -> None:
    _COPY(key=key, data={"label": label, "query": urlencode(query)})


def share(state: PageState) -> None:
    """Draws the links to this page: as it is, and as a teacher may want to give it to a class."""
    values = state.values()
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        key=f"{state.page}-share",
        width="content",
    ):
        _copy("Copy link", write_query(state.table, values, without=PRIVATE), f"{state.page}-copy")
        with st.popover("Teach", icon=":material/school:"):
            st.caption(
                "Links to this very page, with everything as you have set it. Whoever opens one "
                "sees the same experiment and the same numbers."
            )
            lecture = values["view"] == LECTURE
            st.button(
                "Back to the normal view" if lecture else "Lecture view: large type, thick lines",
                icon=":material/co_present:",
                on_click=state.put,
                args=("view", NORMAL if lecture else LECTURE),
                key=f"{state.page}-lecture",
            )
            if "lock" in state.parameters:
                _teachers_link(state, values)


def _teachers_link(state: PageState, values: dict) -> None:
    choices = state.parameters["lock"].choices
    chosen = {
        what: st.multiselect(
            f"{what.capitalize()} these controls",
            list(choices),
            format_func=choices.__getitem__,
            key=f"{state.page}-teach-{what}",
            help=state.parameters[what].help,
        )
        for what in ("lock", "hide")
    }
    wanted = {
        what: [ALL] if ALL in names else [*dict.fromkeys([*values[what], *names])]
        for what, names in chosen.items()
    }
    query = write_query(state.table, {**values, **wanted}, without=PRIVATE)
    _copy("Copy the class's link", query, f"{state.page}-copy-class")
