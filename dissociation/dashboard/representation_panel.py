"""Two representations side by side, and every measure of how alike they are."""

from __future__ import annotations

import contextlib
import math

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.names import side_name
from dissociation.address.representation_page import NONE, comparison_of
from dissociation.address.table import Values
from dissociation.core.networks.normal_form import NormalForms
from dissociation.core.similarity.comparison import Comparison, ComparisonResult
from dissociation.core.validation import InvalidValue
from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.controls import nearby
from dissociation.dashboard.curve_figure import type_scale
from dissociation.dashboard.export.links import export_links
from dissociation.dashboard.palette import condition_style
from dissociation.dashboard.question import watched_question
from dissociation.dashboard.snapshots import SIDES
from dissociation.dashboard.state import PageState
from dissociation.dashboard.watching import draw_watch, follow
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import lab
from dissociation.engine.study_watch import StudyWatch

#: Positions of the slider, to both sides, that are compared while the lab has nothing else to do.
AHEAD = 3
#: Largest relative difference of weights that rounding of float32 explains.
SAME_FORM = 1e-3
PAPER = (
    "Braun, Grant & Saxe (ICML 2025): networks of one function may have quite different "
    "representations, and similar representations say little about the function."
)
#: Where a network is compared with one that was trained on rotation.
ANOTHER_TASK = (
    "Trained on rotation, a network says which way up an image is, with outputs 0 to 3. All images "
    "are shown upright. Answers are compared by output, so they differ by task, not by mistake."
)


def representation_panel(state: PageState) -> None:
    """The comparison that a page's values ask for, with its table."""
    found = watched_question(
        state,
        comparison_of,
        lambda comparison, values: lab().watch_studies([comparison], moved(state, values)),
    )
    if found is None:
        return
    link, comparison, watch = found
    figure = representation_figure(comparison, type_scale(state.lecture))
    alt = f"{representation_words(comparison)}. Their table is beneath."
    draw_watch(watch, figure, state.page, alt)
    st.fragment(_explained, run_every=follow(watch))(watch, comparison, link)


def moved(state: PageState, values: Values) -> list[Comparison]:
    """What moving the strength's slider would ask for, the nearest positions first."""
    name = values["rewrite"]
    if name == NONE or state.locked(name) or state.hidden(name):
        return []
    found = []
    for strength in nearby(state.parameters[name], values[name], AHEAD):
        with contextlib.suppress(InvalidValue):
            found.append(comparison_of({**values, name: strength}))
    return found


def representation_words(comparison: Comparison) -> str:
    """The pictures of a comparison in words."""
    names = " and ".join(map(side_name, comparison.sides))
    return f"Dissimilarity matrices, activations and embeddings of {names}"


def representation_figure(comparison: Comparison, scale: float = 1.0) -> lc.FigureSpec:
    """The figure of a comparison, without its pictures."""
    styles = []
    for letter, key, side in zip("AB", SIDES, comparison.sides, strict=True):
        look = condition_style(side.manipulations)
        name = f"{letter}: {side_name(side)}"
        styles.append(lc.TraceStyle(key, name, look.color, look.dash, look.symbol))
    unused = lc.Axis("", 0, 1)
    return lc.FigureSpec(
        x=unused,
        y=unused,
        traces=tuple(styles),
        filename="dissociation-representation",
        revision=f"layer{comparison.layer}",
        scale=scale,
        kind="representation",
    )


def _explained(watch: StudyWatch, comparison: Comparison, link: Link) -> None:
    (found,) = watch.results()
    if found is None:
        return
    st.caption(pictures_words(comparison, found))
    if comparison.second.recipe.task != comparison.first.recipe.task:
        st.caption(ANOTHER_TASK)
    st.caption(PAPER)
    if found.normal_forms is not None:
        st.markdown(f"**One and the same network?** {normal_form_words(found.normal_forms)}")
    export_links(link, ready=watch.status().state == DONE)


def pictures_words(comparison: Comparison, found: ComparisonResult) -> str:
    """How the pictures were made."""
    return (
        f"Hidden layer {comparison.layer} with {_widths(found.widths)} neurons. Each matrix from 0 "
        "to its own largest value; embeddings by classical scaling, B turned onto A, both in units "
        "of their own root mean square. Pictures of 250 images (matrices) and 500 (embedding)."
    )


def _widths(widths: tuple[int, int]) -> str:
    return " and ".join(f"{width:,}" for width in widths)


def normal_form_words(found: NormalForms) -> str:
    """What undoing every exact symmetry says of the two networks."""
    how = (
        "Undo every exact symmetry (neurons to norm 1, equal ones merged, those without a say "
        "dropped, ordered by their say), and "
    )
    if not math.isfinite(found.residual):
        first, second = _widths(found.first), _widths(found.second)
        return f"{how}{first} neurons are left of A, {second} of B: two different networks."
    widths = _widths(found.first)
    if found.residual < SAME_FORM:
        return (
            f"{how}of both {widths} neurons are left with the same weights (largest difference "
            f"{found.residual:.1e} of the largest weight): exact rewrites of one network."
        )
    return (
        f"{how}of both {widths} neurons are left, but with other weights (largest difference "
        f"{found.residual:.2g} of the largest weight): not exact rewrites of one another."
    )
