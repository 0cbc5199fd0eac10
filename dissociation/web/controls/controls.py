"""Draws a page's parameters as controls, whichever kind they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dissociation.address.curve_pages import RANGES, noise_settings
from dissociation.address.parameter import CHOICE, CHOICES, FLAG, INTEGER, RANGE, Parameter
from dissociation.address.parameters import manipulation_of
from dissociation.core.manipulations import REGISTRY as MANIPULATIONS
from dissociation.web.chart.palette import condition_style
from dissociation.web.shell.state import PageState

#: Steps of logarithmic sliders within a decade.
STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
MANY = 1_000


def log_options(parameter: Parameter, *current: float) -> list[float]:
    """Slider positions: round values in the parameter's range, and the current ones."""
    decades = range(math.floor(math.log10(parameter.low)), math.ceil(math.log10(parameter.high)))
    values = {round(step * 10.0**decade, 12) for decade in decades for step in STEPS}
    if parameter.kind == INTEGER:
        values = {float(round(value)) for value in values}
    values |= {parameter.low, parameter.high, *current}
    options = sorted(value for value in values if parameter.low <= value <= parameter.high)
    return [int(v) for v in options] if parameter.kind == INTEGER else options


def _step(parameter: Parameter) -> float:
    return 10.0 ** math.floor(math.log10((parameter.high - parameter.low) / 100))


def nearby(parameter: Parameter, value: float, reach: int) -> list[float]:
    """Where a slider may be moved to next, the nearest first, `reach` positions to both sides."""
    if parameter.log:
        options = log_options(parameter, value)
    else:
        step = 1.0 if parameter.kind == INTEGER else _step(parameter)
        options = [round(value + number * step, 12) for number in range(-reach, reach + 1)]
        options = [option for option in options if parameter.low <= option <= parameter.high]
        if parameter.kind == INTEGER:
            options = [int(option) for option in options]
    at = options.index(value)
    order = sorted(range(len(options)), key=lambda position: abs(position - at))
    return [options[position] for position in order[1 : 2 * reach + 1]]


def control(state: PageState, name: str, **callback: Any) -> Any:
    """Draws one control, unless the address hides it, and gives its value.

    **Arguments:**

    - `callback`: `on_change` and its `args`, for a choice.
    """
    if not state.hidden(name):
        _draw(state, name, callback)
    return state[name]


def _draw(state: PageState, name: str, callback: dict[str, Any]) -> Any:
    parameter = state.parameters[name]
    key, label, words = state.key(name), parameter.label, parameter.help or None
    locked = state.locked(name)
    if parameter.kind == FLAG:
        return st.toggle(label, key=key, help=words, disabled=locked)
    if parameter.kind == CHOICES:
        return st.pills(
            label,
            list(parameter.choices),
            format_func=parameter.choices.__getitem__,
            selection_mode="multi",
            key=key,
            help=words,
            disabled=locked,
        )
    if parameter.kind == CHOICE and len(parameter.choices) == 2 and _brief(parameter):
        return st.segmented_control(
            label,
            list(parameter.choices),
            format_func=parameter.choices.__getitem__,
            key=key,
            help=words,
            required=True,
            width="stretch",
            disabled=locked,
        )
    if parameter.kind == CHOICE:
        now = st.session_state[key]
        return st.selectbox(
            label,
            # One of the visitor's own is a choice only while it is chosen.
            list(dict.fromkeys([*parameter.choices, now])),
            format_func=parameter.words,
            key=key,
            help=words,
            disabled=locked,
            **callback,
        )
    if parameter.kind == RANGE:
        options = log_options(parameter, *st.session_state[key], *parameter.default)
        # Streamlit tells a slider of ranges by its default alone, not by the value in the session.
        default = parameter.default
        return st.select_slider(
            label, options, default, format_func=_shown, key=key, help=words, disabled=locked
        )
    if parameter.log:
        options = log_options(parameter, st.session_state[key])
        return st.select_slider(
            label, options, format_func=_shown, key=key, help=words, disabled=locked
        )
    if parameter.kind == INTEGER:
        st.session_state[key] = int(st.session_state[key])
        return _integer(parameter, key, locked)
    st.session_state[key] = float(st.session_state[key])
    low, high = parameter.low, parameter.high
    return st.slider(label, low, high, step=_step(parameter), key=key, help=words, disabled=locked)


def _brief(parameter: Parameter) -> bool:
    return all(len(words) <= 16 for words in parameter.choices.values())


def _integer(parameter: Parameter, key: str, locked: bool) -> int:
    low, high, words = int(parameter.low), int(parameter.high), parameter.help or None
    draw = st.number_input if high > MANY else st.slider
    return draw(parameter.label, low, high, step=1, key=key, help=words, disabled=locked)


def _shown(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    # Streamlit tells positions by their words, so no two may read the same.
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


def condition_controls(state: PageState) -> list[str]:
    """Which manipulations to compare, and the strength and options of each. **Returns:** names."""
    wanted = control(state, "show") or []
    chosen = [name for name in MANIPULATIONS if name in wanted]
    for name in chosen:
        look = condition_style([manipulation_of(name, state.values())])
        with st.container(border=True, key=f"{state.page}-card-{name}"):
            st.markdown(f"**{MANIPULATIONS[name].label}**", help=MANIPULATIONS[name].about)
            st.html(f'<div class="lab-swatch" style="background:{look.color}"></div>')
            control(state, name)
            further = [other for other in state.parameters if other.startswith(f"{name}.")]
            if further:
                group(state, "More", "tune", further)
    return chosen


def network_controls(state: PageState) -> None:
    """Recipe, seeds, images and key, in an expander, if any of them is to be seen."""
    if all(state.hidden(name) for name in ("recipe", "seeds", "key")):
        return
    with st.expander("Networks", icon=":material/hub:"):
        if control(state, "recipe") == "custom":
            for name in ("epochs", "rate", "batch", "width"):
                control(state, name)
        for name in ("seeds", "key"):
            if name in state.parameters:
                control(state, name)


def noise_axis_controls(state: PageState) -> None:
    """What is noisy, and its range."""
    control(state, "measure")
    control(state, RANGES[state["measure"]].name)


def noise_group(state: PageState) -> None:
    """How the noise is drawn and measured, in an expander."""
    further = noise_settings(state["measure"])
    group(state, "Noise and images", "grain", (*further, "points", "images", "axis"))


def group(state: PageState, title: str, icon: str, names: Sequence[str]) -> None:
    """Some controls in an expander, if any of them is to be seen."""
    if all(state.hidden(name) for name in names):
        return
    with st.expander(title, icon=f":material/{icon}:"):
        for name in names:
            control(state, name)


def reset_button(state: PageState) -> None:
    """Sets the page back to its defaults."""
    st.button(
        "Reset this page",
        icon=":material/restart_alt:",
        on_click=state.reset,
        key=f"{state.page}-reset",
        width="stretch",
    )
