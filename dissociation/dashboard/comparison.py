"""The panel of a page that compares curves, with one of them pinned as A if wanted."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dissociation.address.compare import comparable, names_of, pair
from dissociation.address.links import Link
from dissociation.address.names import condition_names
from dissociation.address.pins import pin
from dissociation.address.table import Condition
from dissociation.dashboard.panels import curve_panel, guard
from dissociation.dashboard.state import PageState, plain
from dissociation.errors import InvalidValue


def compared_panel(state: PageState) -> None:
    """The curves that a page's values ask for, with what pins and explains them."""
    values = state.values()
    assert state.table.conditions is not None
    try:
        conditions = state.table.conditions(values)
    except InvalidValue as problem:
        guard(problem)
        return
    conditions, reasons = comparable(conditions)
    _pin_controls(state, conditions)
    for reason in reasons:
        st.info(plain(reason), icon=":material/push_pin:")
    curve_panel(
        state.page,
        conditions,
        link=Link(state.table, values),
        height=520,
        error_axis=values["axis"],
        pair=pair(conditions, values["versus"]),
        lecture=state.lecture,
    )


def _pin_controls(state: PageState, conditions: Sequence[Condition]) -> None:
    if state.hidden("versus"):
        return
    shown = [condition for condition in conditions if not condition.mark]
    names = condition_names(shown)
    locked = state.locked("versus")
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Pin a curve as A", icon=":material/push_pin:", disabled=locked):
            st.caption("A pinned curve stays while you change things; B − A is drawn beneath.")
            for name, condition in zip(names, shown, strict=True):
                st.button(
                    plain(name),
                    on_click=_pin,
                    args=(state, condition),
                    key=f"{state.page}-pin-{names_of(condition)}",
                    width="stretch",
                )
        if state["pin"] is not None:
            options = ["", *dict.fromkeys(names_of(condition) for condition in shown)]
            if state["versus"] not in options:
                state.put("versus", "")
            labels = {names_of(c): name for name, c in zip(names, shown, strict=True)}
            st.selectbox(
                "Compare A with (B)",
                options,
                format_func=lambda name: f"B: {labels[name]}" if name else "B: the same rewrite",
                key=state.key("versus"),
                label_visibility="collapsed",
                disabled=locked,
                width=320,
            )
            st.button(
                "Unpin",
                icon=":material/close:",
                on_click=state.put,
                args=("pin", None),
                key=f"{state.page}-unpin",
                disabled=locked,
            )


def _pin(state: PageState, condition: Condition) -> None:
    determining = state.table.determining
    state.put("pin", pin(condition.experiment.manipulations, state.values(), determining))
