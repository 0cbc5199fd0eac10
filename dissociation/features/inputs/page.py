"""The Inputs page."""

from __future__ import annotations

import functools

import streamlit as st

from dissociation.features.inputs import figures
from dissociation.features.inputs.tiles import STYLE
from dissociation.web.chart.figure import type_scale
from dissociation.web.controls.controls import control, group, reset_button
from dissociation.web.shell.head import head
from dissociation.web.shell.state import PageState


def draw(state: PageState) -> None:
    """The whole page."""
    with st.sidebar:
        for name in ("digit", "image", "source", "step", "split"):
            control(state, name)
        group(state, "How many, and seeds", "casino", ("images", "seed", "direction", "vectors"))
        reset_button(state)
    st.html(STYLE)
    head(
        state,
        "Inputs",
        "The handwritten digits, the directions that none of them uses, and the new tasks made of "
        "them. What happens where no image ever looks is no part of the function on the images.",
    )
    values = state.values()
    # Now, as what follows may take a while.
    state.write()
    directions = functools.partial(_null_directions, scale=type_scale(state.lecture))
    for title, part in (
        ("1. The images", _images),
        ("2. Directions that no image uses", directions),
        ("3. A step where no image looks", _null_step),
        ("4. New tasks from the same images", _tasks),
    ):
        st.subheader(title)
        figures.attempt(part, values)


def _images(values: dict) -> None:
    digits = range(10) if values["digit"] == "all" else [int(values["digit"])]
    st.html(figures.images_by_class(digits, values["images"], values["seed"]))
    st.caption("28 × 28 pixels from 0 (black) to 1 (white). Point at an image to read its number.")
    with st.expander("How many of each digit", icon=":material/table:"):
        st.dataframe(figures.class_counts(), hide_index=True, width="stretch")


def _null_directions(values: dict, scale: float) -> None:
    found = figures.spectrum(values["source"])
    with st.container(horizontal=True, gap="medium"):
        for label, value in figures.spectrum_metrics(found).items():
            st.metric(label, value, width="content")
    chart, basis = st.columns([3, 2], gap="large")
    with chart:
        st.plotly_chart(
            figures.spectrum_figure(found, scale),
            key="inputs-spectrum",
            config={"displaylogo": False},
            alt=figures.spectrum_alt(found),
        )
        st.caption(figures.threshold_words(found))
        with st.expander("Table of singular values", icon=":material/table:"):
            st.dataframe(figures.spectrum_table(found), hide_index=True, width="stretch")
    with basis:
        st.html(figures.basis_tiles(found.space, values["vectors"]))
        st.caption(
            "Null directions as images, from the least used to those just under the threshold, "
            "each with its singular value and the size of its largest entry. A basis is unique "
            "only up to rotation: any orthogonal mixture of these, or a change of sign, is as good."
        )


def _null_step(values: dict) -> None:
    found = figures.spectrum(values["source"])
    tiles, table = figures.null_step(found, values["image"], values["step"], values["direction"])
    pictures, words = st.columns(2, gap="large")
    with pictures:
        st.html(tiles)
        st.caption("Greys from 0 to 1; blue where the step leads below 0, vermilion above 1.")
        st.table(table)
        st.caption(figures.leak_words(found))
    with words:
        st.markdown(figures.STEP_WORDS)


def _tasks(values: dict) -> None:
    shown = min(values["images"], 7)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Least prime factor of the digit.** " + figures.FACTOR_WORDS)
        st.html(figures.prime_factor_rows(shown, values["seed"]))
    with right:
        st.markdown("**Which way up?** " + figures.ROTATION_WORDS)
        # Last on the page: it needs JAX, and everything above is on screen while that loads.
        st.html(figures.rotation_rows(values["split"], shown, values["seed"]))
