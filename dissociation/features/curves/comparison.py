"""The panel of a page that compares curves, with one of them pinned as A if wanted."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dissociation.address.names import condition_key, condition_keys, condition_names
from dissociation.address.pins import pin
from dissociation.address.predicting import uncovered
from dissociation.address.table import Condition
from dissociation.features.curves.panel import asked_for, page_curves
from dissociation.web.classroom.prediction_row import prediction_row
from dissociation.web.shell.state import PageState, plain


def compared_panel(state: PageState) -> None:
    """The curves that a page's values ask for, with what pins and explains them."""
    asked = asked_for(state)
    if asked is None:
        return
    link, conditions, reasons = asked
    found = prediction_row(state, link, conditions, lambda: _pin_controls(state, conditions))
    for reason in reasons:
        st.info(plain(reason), icon=":material/push_pin:")
    page_curves(state, conditions, found, height=520, versus=link.values["versus"])


def _pin_controls(state: PageState, conditions: Sequence[Condition]) -> None:
    if state.hidden("versus"):
        return
    shown = [condition for condition in conditions if not condition.mark]
    names = condition_names(shown)
    kinds = [condition_key(condition.experiment.manipulations) for condition in shown]
    seen = [c.experiment for c in uncovered(shown, state.values())]
    locked = state.locked("versus")
    with st.popover("Pin a curve as A", icon=":material/push_pin:", disabled=locked):
        st.caption("A pinned curve stays while you change things; B − A is drawn beneath.")
        keys = condition_keys([condition.experiment for condition in shown])
        for key, name, condition in zip(keys, names, shown, strict=True):
            if condition.experiment in seen:
                st.button(
                    plain(name),
                    on_click=_pin,
                    args=(state, condition),
                    key=f"{state.page}-pin-{key}",
                    width="stretch",
                )
    if state["pin"] is not None:
        labels = dict(zip(kinds, names, strict=True))
        options = ["", *labels]
        if state["versus"] not in options:
            state.put("versus", "")
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
