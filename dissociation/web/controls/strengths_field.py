"""The field for the strengths of a sweep: numbers parted by commas."""

from __future__ import annotations

import streamlit as st

from dissociation.address.one_network import REWRITE
from dissociation.address.sweep_page import STRENGTHS, strengths_of
from dissociation.core.manipulations import REGISTRY
from dissociation.core.validation import InvalidValue
from dissociation.web.shell.state import PageState, plain


def strengths_field(state: PageState) -> None:
    """Draws the field, unless the address hides it."""
    name = STRENGTHS.name
    if state.hidden(name):
        return
    declared = REGISTRY[state[REWRITE.name]].strength_range
    field, problem = f"{state.page}-{name}-text", _problem(state)
    if field not in st.session_state:
        # Another page was shown in between, and what stood here is gone.
        st.session_state.pop(problem, None)
    if problem not in st.session_state:
        # What is wrong stays in the field, to be mended.
        st.session_state[field] = STRENGTHS.format(strengths_of(state.values()))
    st.text_input(
        f"Strengths {declared.symbol} ({declared.unit})",
        key=field,
        help=f"{STRENGTHS.help} From {declared.low:g} to {declared.high:g}.",
        on_change=_take,
        args=(state, field, problem),
        disabled=state.locked(name),
    )
    if problem in st.session_state:
        st.error(plain(st.session_state[problem]), icon=":material/error:")
    if state[name] or problem in st.session_state:
        st.button(
            "Usual strengths",
            icon=":material/undo:",
            on_click=usual_strengths,
            args=(state,),
            key=f"{state.page}-{name}-usual",
            disabled=state.locked(name),
        )


def _problem(state: PageState) -> str:
    # Of this question alone: another rewrite, or Back, is another one.
    return f"{state.page}|{STRENGTHS.name}|{state[REWRITE.name]}|{state[STRENGTHS.name]}"


def usual_strengths(state: PageState) -> None:
    """Goes back to the usual strengths of the chosen rewrite; for a callback."""
    st.session_state.pop(_problem(state), None)
    state.put(STRENGTHS.name, ())


def _take(state: PageState, field: str, problem: str) -> None:
    st.session_state.pop(problem, None)
    try:
        given = STRENGTHS.parse(st.session_state[field])
    except InvalidValue as error:
        st.session_state[problem] = str(error)
        return
    usual = REGISTRY[state[REWRITE.name]].strength_range.sweep
    state.put(STRENGTHS.name, () if given == usual else given)
