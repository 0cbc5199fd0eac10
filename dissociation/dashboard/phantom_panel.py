"""A phantom on its page: the pictures, how long they stand under noise, and what it comes to."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dissociation.address.links import Link
from dissociation.address.phantom_page import study_of
from dissociation.core.manipulations.phantom import SIMILARITY
from dissociation.core.phantom.study import FRAMES, PhantomResult, PhantomStudy
from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.curve_figure import type_scale
from dissociation.dashboard.export.links import export_links
from dissociation.dashboard.palette import looks
from dissociation.dashboard.question import watched_question
from dissociation.dashboard.state import PageState
from dissociation.dashboard.watching import draw_watch, follow
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import lab
from dissociation.engine.study_watch import StudyWatch

PAPER = (
    "What the paper shows with such a picture (Braun, Grant & Saxe, ICML 2025, Fig. 5): a function "
    "leaves open what its representation looks like, so structure that is seen there need not "
    "serve the function."
)
#: Errors of a solve up to this, as a share, are rounding.
EXACT = 1e-3
BAND = "Bands: ± 1 standard deviation over draws of noise."


def phantom_panel(state: PageState) -> None:
    """The phantom that a page's values ask for."""
    found = watched_question(state, study_of, lambda study, _: lab().watch_studies([study]))
    if found is None:
        return
    link, study, watch = found
    pictures, curves = phantom_figures(study, type_scale(state.lecture))
    draw_watch(watch, pictures, state.page, pictures_words(study))
    st.caption(reading(study))
    st.fragment(_verdict, run_every=follow(watch))(watch)
    draw_watch(watch, curves, f"{state.page}-curves", curves_words(study), slot=state.page)
    st.fragment(_explained, run_every=follow(watch))(watch, link)


def phantom_figures(study: PhantomStudy, scale: float = 1.0) -> tuple[lc.FigureSpec, lc.FigureSpec]:
    """The pictures and the curves of a study, without their numbers."""
    color, dash, symbol = looks(study.phantom.name)
    trained = looks()
    names = {"wanted": "Asked for", "before": "Trained", "after": "With phantom"}
    large = [lc.TraceStyle(key, name, color, dash, symbol) for key, name in names.items()]
    frames = [
        lc.TraceStyle(f"frame-{number}", "", color, dash, symbol, group="frame")
        for number in range(FRAMES)
    ]
    unused = lc.Axis("", 0, 1)
    pictures = lc.FigureSpec(
        x=unused,
        y=unused,
        traces=(*large, *frames),
        filename="dissociation-phantom",
        revision=study.phantom.shown_in,
        scale=scale,
        kind="phantom",
    )
    x = lc.Axis(study.axis, float(study.x[0]), float(study.x[-1]), log=True)
    y = lc.Axis("Correlation, or share", -0.1, 1.05)
    curves = lc.FigureSpec(
        x=x,
        y=y,
        traces=(
            lc.TraceStyle("unchanged", "Function: share of answers unchanged", *trained),
            lc.TraceStyle(
                "legibility", "Picture: correlation with what was asked for", color, dash, symbol
            ),
        ),
        filename="dissociation-phantom-noise",
        height=400,
        revision=lc.revision(x, y),
        scale=scale,
    )
    return pictures, curves


def _where(study: PhantomStudy) -> str:
    if study.phantom.shown_in == SIMILARITY:
        return f"the similarity matrix of hidden layer {study.phantom.layer}"
    return f"the activations of new neurons in hidden layer {study.phantom.layer}"


def pictures_words(study: PhantomStudy) -> str:
    """The pictures in words."""
    noise = "image" if study.noise == "input_noise" else "parameter"
    return (
        f"The picture asked for, {_where(study)} before and with the phantom, and what more and "
        f"more {noise} noise leaves of it. Numbers are in the chart below."
    )


def curves_words(study: PhantomStudy) -> str:
    """The curves in words."""
    return f"Legibility of the picture and share of unchanged answers against {study.axis}"


def reading(study: PhantomStudy) -> str:
    """How to read the pictures."""
    if study.phantom.shown_in == SIMILARITY:
        what = (
            "Similarities of 250 test images, sorted by digit: inner products of their "
            "activations, centred over the images (the kernel of linear CKA). The picture is where "
            "digits 0 to 4 meet digits 5 to 9, and turned over at the diagonal."
        )
    else:
        what = (
            "Activations of 250 test images, sorted by digit (rows), in the new neurons (columns); "
            "of the trained network, as many of its own neurons."
        )
    return (
        f"{what} Below: the same under more and more noise (its first draw), with the "
        "correlation of what is seen with the picture, and the share of 1,000 answers that are "
        "as without noise (the mean of all draws). Colours from the least to the largest 0.5 % of "
        "each panel's values."
    )


def same_function(found: PhantomResult) -> str:
    """What was added, and that nothing else changed; empty until the function was checked."""
    check = found.check
    if check is None:
        return ""
    changed = check.predictions_changed + check.noisy_predictions_changed
    answers = "not one answer changed" if changed == 0 else f"{changed} answers changed"
    return (
        f"{found.neurons} neurons were added. The picture is there with a correlation of "
        f"{found.clean:.3f}, and {answers} on {check.images:,} test images, clean and noisy "
        f"(largest logit change {check.logit_change:.1e} of the largest logit)."
    )


def verdict(found: PhantomResult) -> str:
    """Which goes first under noise; empty until both are half gone."""
    picture, function = found.sigma50s()
    if math.isnan(picture) or math.isnan(function):
        return ""
    times = function / picture
    ends = f"(half gone at σ = {picture:.2g} and σ = {function:.2g})"
    if times >= 1.25:
        return (
            f"The picture goes first: the answers tolerate {times:.1f} times as much noise {ends}."
        )
    if times <= 0.8:
        return (
            f"The picture outlasts the answers: it tolerates {1 / times:.1f} times as much noise "
            f"{ends}."
        )
    return f"Picture and answers tolerate about the same noise {ends}."


def _verdict(watch: StudyWatch) -> None:
    (found,) = watch.results()
    if found is None:
        return
    if words := verdict(found):
        st.markdown(f"### {words}")
    st.markdown(same_function(found))


def solved(found: PhantomResult) -> str:
    """How well the weights make the neurons do what they are to do."""
    words = (
        f"Least-squares solve: largest error {found.residual:.1e} of the largest activation asked "
        "for."
    )
    if found.residual > EXACT:
        words += (
            " What the layer reads does not tell 250 images apart well enough for an exact picture;"
            " layer 1 or a wider network does."
        )
    return words


def phantom_table(found: PhantomResult) -> pd.DataFrame:
    """One row a noise scale: mean and standard deviation over the draws of both curves."""
    words = ("σ", "picture (mean)", "picture (SD)", "unchanged (mean)", "unchanged (SD)")
    return pd.DataFrame(list(found.tables()["curves"].rows()), columns=words)


def _explained(watch: StudyWatch, link: Link) -> None:
    (found,) = watch.results()
    if found is None:
        return
    st.caption(f"{solved(found)} {BAND} {PAPER}")
    done = watch.status().state == DONE
    if done:
        with st.expander("Table of values", icon=":material/table:"):
            st.dataframe(phantom_table(found), hide_index=True, width="stretch")
    export_links(link, ready=done)
