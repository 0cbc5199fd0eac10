"""The Linear page: formulas, a walk among solutions, what drifts, pairs of families, and noise."""

from __future__ import annotations

import streamlit as st

from dissociation.address.links import Link
from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.study import LinearResult, LinearStudy, study_linear
from dissociation.core.validation import InvalidValue
from dissociation.features.linear import figures
from dissociation.features.linear import text as words
from dissociation.features.linear.address import OF_RANDOM, OF_TREES, linear_study
from dissociation.web import chart as lc
from dissociation.web.chart.figure import type_scale
from dissociation.web.controls.controls import control, group, reset_button
from dissociation.web.export.links import export_links
from dissociation.web.shell.head import head
from dissociation.web.shell.messages import guard
from dissociation.web.shell.state import PageState

# Formulas of one thing stand together.
_STYLE = "<style>.katex-display { margin: .1em 0; }</style>"


def _controls(state: PageState) -> None:
    """The family and its walk, the task, and the noise."""
    for name in ("family", "spread", "step", "steps"):
        control(state, name)
    st.divider()
    kind = control(state, "task")
    further = OF_TREES if kind == "tree" else OF_RANDOM
    for name in ("inputs", *further, "n_in", "n_hidden"):
        control(state, name)
    group(state, "Noise and key", "grain", ("scaling", "draws", "key"))


def draw(state: PageState) -> None:
    """The whole page; what it shows is computed at once, in some 0.05 s."""
    with st.sidebar:
        _controls(state)
        reset_button(state)
    head(
        state,
        "Linear networks",
        "Two layers without any nonlinearity, ŷ = W2 W1 x: here the paper's theory is exact. Play "
        "the walk: weights and hidden layer wander, and the outputs do not move.",
    )
    try:
        link = Link(state.table, state.values())
        study = linear_study(link.values)
    except InvalidValue as problem:
        guard(problem)
        return
    found = study_linear(study)
    st.html(_STYLE)
    st.markdown(words.task_words(study, found))
    _walk(state, study, found)
    _family(study)
    _drift(state, study, found)
    _pairs(state, found)
    _noise(state, study, found)
    with st.expander("All formulas, and where they stand in the paper", icon=":material/function:"):
        _formulas()
    export_links(link, ready=True)


def _draw(
    state: PageState, name: str, figure: lc.FigureSpec, traces: list, alt: str, message: str = ""
) -> None:
    shown = figures.snapshot(figure, traces, message)
    key = f"{state.page}-chart-{name}"
    lc.live_chart(figure, shown, address=None, key=key, alt=alt, second=not message)


def _family(study: LinearStudy) -> None:
    family = FAMILIES[study.family]
    with st.container(border=True, key="linear-definition"):
        st.markdown(
            f"**{family.short}: {family.label}** minimises {family.minimises}. ({family.cite})"
        )
        for formula in (family.definition, *family.form):
            st.latex(formula)


def _walk(state: PageState, study: LinearStudy, found: LinearResult) -> None:
    figure = figures.walk_figure(study, type_scale(state.lecture))
    traces = figures.walk_traces(study, found)
    message = words.walk_message(study, found)
    _draw(state, "walk", figure, traces, figures.walk_alt(study, found), message)
    st.caption(words.walk_caption(study))


def _drift(state: PageState, study: LinearStudy, found: LinearResult) -> None:
    st.subheader("What an observer sees along the walks")
    traces = figures.drift_traces(found)
    for kind, column in zip(figures.DRIFTS, st.columns(2, gap="large"), strict=True):
        with column:
            figure = figures.drift_figure(kind, study, found, type_scale(state.lecture))
            alt = f"{figure.y.title} against the step of the walk, for four families"
            _draw(state, kind, figure, traces, alt)
    st.caption(words.drift_caption(study, found))


def _pairs(state: PageState, found: LinearResult) -> None:
    st.subheader("Pairs of families, of one function and of two")
    figure = figures.pairs_figure(type_scale(state.lecture))
    alt = "Linear predictivity and RSA for each pair of families; the same as a table below"
    _draw(state, "pairs", figure, figures.pairs_traces(found), alt)
    st.caption(words.pairs_caption())
    with st.expander("Table of pairs", icon=":material/table:"):
        st.dataframe(words.pairs_table(found), hide_index=True, width="stretch")


def _noise(state: PageState, study: LinearStudy, found: LinearResult) -> None:
    st.subheader("Who stands which noise")
    traces = figures.noise_traces(found, study.draws)
    for kind, column in zip(figures.NOISES, st.columns(2, gap="large"), strict=True):
        with column:
            figure = figures.noise_figure(kind, type_scale(state.lecture))
            alt = f"Expected loss against {figure.x.title}, in closed form and drawn"
            _draw(state, kind, figure, traces, alt)
            formula, source = words.NOISE_FORMULAS[kind]
            st.latex(formula)
            st.caption(source)
    st.markdown(words.parameter_verdict(study, found))
    st.caption(words.noise_caption(study))


def _formulas() -> None:
    st.caption(f"{words.PAPER}. {words.NOTATION}")
    for family in FAMILIES.values():
        st.markdown(f"**{family.short}: {family.label}** ({family.cite})")
        for formula in (family.definition, *family.form):
            st.latex(formula)
    for title, formula, source in words.HIDDEN_FORMULAS:
        st.markdown(f"**{title}** ({source})")
        st.latex(formula)
