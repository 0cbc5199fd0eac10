"""A live chart with everything that explains it: sample, same function?, summaries, values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dissociation.address.compare import pair
from dissociation.address.links import Link, curves_of
from dissociation.address.names import condition_names
from dissociation.address.predicting import uncovered
from dissociation.address.table import Condition
from dissociation.core.digests import digest
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Measure
from dissociation.core.networks.training import Recipe
from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.lab import lab
from dissociation.engine.training_watch import TrainingWatch
from dissociation.features.curves.difference import difference_chart
from dissociation.features.curves.explanation import explanation
from dissociation.features.curves.figures import ERROR, LOSS, curve_figure, page_figures
from dissociation.web import chart as lc
from dissociation.web.chart.figure import type_scale
from dissociation.web.chart.palette import (
    ERROR_COLOR,
    LOSS_COLOR,
    seed_style,
)
from dissociation.web.classroom.predicting import (
    Predicting,
    chart_part,
    guess_taker,
    show_problem,
)
from dissociation.web.classroom.verdict import verdict
from dissociation.web.shell.messages import guard
from dissociation.web.shell.state import PageState
from dissociation.web.shell.watching import draw_watch, follow, watch_for

#: Words above a further chart of the same curves.
_TITLES = {"heatmap": "Error by strength and noise. White: σ50, half way from clean to chance."}


def training_panel(
    key: str, recipe: Recipe, seeds: int, *, lecture: bool = False
) -> TrainingWatch | None:
    """Trains networks, or shows how they were trained: loss and test error, live.

    **Returns:** the watch, or `None` if it cannot be (the reason is on the page).
    """
    signature = digest(["training", recipe.canonical(), seeds])
    try:
        watch = watch_for(key, signature, lambda: lab().watch_training(recipe, seeds))
    except (InvalidValue, DamagedData) as problem:
        guard(problem)
        return None
    traces = [seed_style(LOSS, LOSS_COLOR, seed) for seed in range(seeds)]
    traces += [seed_style(ERROR, ERROR_COLOR, seed) for seed in range(seeds)]
    figure = lc.FigureSpec(
        x=lc.Axis("Epoch (passes over 60,000 images)", 0, max(recipe.epochs, 1)),
        y=lc.Axis("Loss (nats) and test error (share)", 0.003, 3.0, log=True),
        traces=tuple(traces),
        filename="dissociation-training",
        height=320,
        revision=signature[:12],
        scale=type_scale(lecture),
    )
    draw_watch(
        watch,
        figure,
        key,
        "Training loss and test error of each network over the epochs, on a logarithmic axis.",
    )
    return watch


def conditions_of(*chains: tuple, measure: Measure, **settings: Any) -> list[Condition]:
    """Conditions that differ in nothing but their manipulations."""
    return [Condition(Experiment(measure, chain, **settings)) for chain in chains]


def curve_panel(
    key: str,
    conditions: Sequence[Condition],
    *,
    link: Link,
    figures: Sequence[lc.FigureSpec] = (),
    pair: tuple[int, int] | None = None,
    lecture: bool = False,
    prediction: lc.Prediction | None = None,
    on_guess: Callable[[], None] | None = None,
) -> CurveWatch | None:
    """The curves of several conditions with all that explains them.

    **Arguments:**

    - `key`: of the chart in the session; the same key is the same node in the browser.
    - `conditions`: the first one is the reference; all are over the same axes.
    - `link`: to the page that shows them.
    - `figures`: of the curves, one below the other; by default one, with the measure's own axes.
    - `pair`: positions of A and B, whose difference gets a chart of its own.
    - `lecture`: large type and thick lines.
    - `prediction`, `on_guess`: see [`live_chart`][dissociation.web.chart.live_chart].

    **Returns:** the watch, or `None` if it cannot be (the reason is on the page).
    """
    experiments = [condition.experiment for condition in conditions]
    figure, *further = figures or [curve_figure(conditions, lecture=lecture)]
    predicted = bool(figure.theory)
    asked = [[experiment.to_json() for experiment in experiments], pair]
    try:
        watch = watch_for(
            key,
            digest([*asked, "theory"] if predicted else asked),
            lambda: lab().watch_curves(experiments, pair, predicted=predicted),
        )
    except (InvalidValue, DamagedData) as problem:
        guard(problem)
        return None
    names = ", ".join(condition_names(conditions))
    alt = f"{figure.y.title} against {figure.x.title} for: {names}. Their table is below."
    draw_watch(watch, figure, key, alt, prediction=prediction, on_guess=on_guess)
    for other in further:
        st.markdown(f"**{_TITLES[other.kind]}**")
        draw_watch(watch, other, f"{key}-{other.kind}", alt, slot=key)
    if pair is not None:
        difference_chart(watch, figure, conditions, key)
    # Closes over the watch: what the fragment shows is always what the chart shows.
    st.fragment(explanation, run_every=follow(watch))(watch, conditions, link)
    return watch


def asked_for(state: PageState) -> tuple[Link, list[Condition], list[str]] | None:
    """What a page's values ask for: its link, the conditions of its chart, and why not others.

    **Returns:** `None` if they contradict each other (the reason is on the page).
    """
    link = Link(state.table, state.values())
    try:
        return link, *curves_of(link)
    except InvalidValue as problem:
        guard(problem)
        return None


def page_curves(
    state: PageState,
    conditions: Sequence[Condition],
    found: Predicting | None,
    *,
    height: int,
    versus: str | None = None,
) -> CurveWatch | None:
    """The [`curve_panel`][] of a page, with what is to be predicted on it.

    **Arguments:**

    - `conditions`: of the page, all of them; `found`: what is to be predicted of them.
    - `versus`: which of them is B, if a pinned one is to be compared with another.
    """
    link = Link(state.table, state.values())
    shown = uncovered(conditions, link.values)
    prediction = on_guess = None
    show_problem(state)
    if found is not None:
        asked = conditions[found.position]
        prediction = chart_part(state, found, asked)
        on_guess = guess_taker(state, found, state.page)
    judged = st.container()
    watch = curve_panel(
        state.page,
        shown,
        link=link,
        figures=page_figures(link, shown, height=height, lecture=state.lecture),
        pair=None if versus is None else pair(shown, versus),
        lecture=state.lecture,
        prediction=prediction,
        on_guess=on_guess,
    )
    if watch is not None and found is not None and not found.covered:
        reference = condition_names(conditions)[0]
        with judged:
            st.fragment(verdict, run_every=follow(watch))(watch, found, reference)
    return watch
