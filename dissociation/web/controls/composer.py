"""Rewrites in sequence: add, strengthen, reorder and remove the steps of a composed condition."""

from __future__ import annotations

import dataclasses

import streamlit as st

from dissociation.address.chains import Chain
from dissociation.address.one_network import NONE
from dissociation.core import manipulations as manipulate
from dissociation.core.experiment import MAX_MANIPULATIONS
from dissociation.core.manipulations import REGISTRY, Manipulation
from dissociation.web.chart.palette import condition_style
from dissociation.web.controls.controls import control, group
from dissociation.web.shell.state import PageState

WORDS = (
    "Rewrites are applied one after the other and shown as one more curve. The order can matter: "
    "duplicating, then scaling is not scaling, then adding noise."
)


def composer(state: PageState, name: str = "compose", label: str = "In sequence") -> None:
    """Draws the steps of a condition, in an expander.

    **Arguments:**

    - `name`: of the parameter that holds the sequence; `label`: of the expander.
    """
    if state.hidden(name):
        return
    chain: Chain = tuple(state[name])
    locked = state.locked(name)
    if chain:
        label = f"{label} ({len(chain)} step{'' if len(chain) == 1 else 's'})"
    with st.expander(label, icon=":material/low_priority:", expanded=bool(chain)):
        st.caption(WORDS)
        if chain:
            color = condition_style(chain).color
            st.html(f'<div class="lab-swatch" style="background:{color}"></div>')
        for position in range(len(chain)):
            _step(state, name, chain, position, locked)
        full = len(chain) >= MAX_MANIPULATIONS
        with st.container(horizontal=True, vertical_alignment="bottom"):
            added = st.selectbox(
                "Next step",
                list(REGISTRY),
                format_func=lambda word: REGISTRY[word].label,
                key=f"{state.page}-{name}-next",
                disabled=locked or full,
            )
            st.button(
                "Add",
                icon=":material/add:",
                on_click=_put,
                args=(state, name, (*chain, manipulate.make(added))),
                key=f"{state.page}-{name}-add",
                disabled=locked or full,
            )


def _put(state: PageState, name: str, chain: Chain) -> None:
    state.put(name, chain)


def _step(state: PageState, name: str, chain: Chain, position: int, locked: bool) -> None:
    step = chain[position]
    key = f"{state.page}-{name}-{position}-{step.name}"
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{position + 1}. **{step.label}**", width="stretch")
            st.button(
                "",
                icon=":material/arrow_upward:",
                help=f"Apply {step.label} earlier",
                on_click=_put,
                args=(state, name, _earlier(chain, position)),
                key=f"{key}-up",
                disabled=locked or position == 0,
                type="tertiary",
            )
            st.button(
                "",
                icon=":material/close:",
                help=f"Remove {step.label}",
                on_click=_put,
                args=(state, name, (*chain[:position], *chain[position + 1 :])),
                key=f"{key}-remove",
                disabled=locked,
                type="tertiary",
            )
        _fields(state, name, chain, position, key, locked)


def _fields(
    state: PageState, name: str, chain: Chain, position: int, key: str, locked: bool
) -> None:
    step, declared = chain[position], chain[position].strength_range

    def change(field: str, widget: str) -> None:
        changed = dataclasses.replace(chain[position], **{field: st.session_state[widget]})
        _put(state, name, (*chain[:position], changed, *chain[position + 1 :]))

    strength, layer = f"{key}-strength", f"{key}-layer"
    st.session_state[strength] = int(step.strength) if declared.integer else step.strength
    kind = int if declared.integer else float
    st.number_input(
        f"{declared.symbol} ({declared.unit})",
        kind(declared.low),
        kind(declared.high),
        key=strength,
        on_change=change,
        args=("strength", strength),
        disabled=locked,
    )
    if len(step.layers) > 1:
        st.session_state[layer] = step.layer
        st.segmented_control(
            "Hidden layer",
            list(step.layers),
            key=layer,
            required=True,
            on_change=change,
            args=("layer", layer),
            disabled=locked,
        )


def _earlier(chain: Chain, position: int) -> tuple[Manipulation, ...]:
    steps = list(chain)
    if position > 0:
        steps[position - 1], steps[position] = steps[position], steps[position - 1]
    return tuple(steps)


def one_rewrite_controls(state: PageState) -> None:
    """Which rewrite of a network, its strength, its further values, and what comes after it."""
    rewrite = control(state, "rewrite")
    if rewrite != NONE:
        control(state, rewrite)
        further = [name for name in state.parameters if name.startswith(f"{rewrite}.")]
        group(state, "More about the rewrite", "tune", further)
    composer(state, "then", "Then, in sequence")
