"""The Causes page: why a network breaks under parameter noise, in four charts of one study."""

from __future__ import annotations

import streamlit as st

from dissociation.address.links import Link
from dissociation.engine.jobs import DONE
from dissociation.engine.study_watch import StudyWatch
from dissociation.features.causes import text as words
from dissociation.features.causes.address import ranked_layer
from dissociation.features.causes.figures import alt, causes_figures
from dissociation.web.chart.figure import type_scale
from dissociation.web.controls.composer import one_rewrite_controls
from dissociation.web.controls.controls import control, network_controls, reset_button
from dissociation.web.export.links import export_links
from dissociation.web.shell.head import head
from dissociation.web.shell.question import watched_study
from dissociation.web.shell.state import PageState
from dissociation.web.shell.watching import draw_watch, follow

#: Titles above the charts, and what stands below them.
CHARTS = {
    "shares": ("Which layer?", words.SHARES),
    "margins": ("Noise against margins", words.MARGINS),
    "tradeoff": ("What would scaling do?", words.TRADE_OFF),
    "neurons": ("Which neurons?", words.NEURONS),
}


def draw(state: PageState) -> None:
    """The whole page."""
    with st.sidebar:
        one_rewrite_controls(state)
        for name in ("sigma", "layer", "images", "draws", "network"):
            control(state, name)
        network_controls(state)
        reset_button(state)
    head(
        state,
        "Causes",
        "A curve shows *that* a rewritten network is fragile. Here is *why*: where the noise of "
        "its logits comes from, which neurons carry it, and when it is wider than the margins.",
    )
    found = watched_study(state)
    if found is None:
        return
    link, study, watch = found
    sigma, layer = link.values["sigma"], ranked_layer(link.values, study)
    figures = causes_figures(study, sigma, layer, type_scale(state.lecture))
    every = follow(watch)
    st.fragment(_verdict, run_every=every)(watch)
    places = [st.container()]
    # In a lecture hall each chart has the whole width.
    places += [st.container() for _ in range(2)] if state.lecture else st.columns(2, gap="large")
    places.append(st.container())
    for place, (name, (title, caption)) in zip(places, CHARTS.items(), strict=True):
        with place:
            st.markdown(f"**{title}**")
            slot = "" if name == "shares" else state.page
            key = f"{state.page}-{name}" if slot else state.page
            draw_watch(watch, figures[name], key, alt(study, name), slot=slot)
            st.fragment(_below, run_every=every)(watch, name, sigma, layer)
            st.caption(caption)
    st.fragment(_values, run_every=every)(watch, link)


def _verdict(watch: StudyWatch) -> None:
    (found,) = watch.results()
    if found is None:
        return
    st.markdown(f"### {words.verdict(found.study, found)}")
    st.markdown(f"{words.how_fragile(found)} {words.same_function(found)}")


def _below(watch: StudyWatch, name: str, sigma: float, layer: int) -> None:
    (found,) = watch.results()
    if found is None:
        return
    said = {
        "shares": words.formula_holds(found),
        "margins": words.overlap(found, sigma),
        "tradeoff": words.best_factor(found.study, found, sigma),
        "neurons": words.neurons_by_kind(found, layer),
    }
    st.markdown(said[name])


def _values(watch: StudyWatch, link: Link) -> None:
    (found,) = watch.results()
    if found is None:
        return
    st.caption(words.PAPER)
    done = watch.status().state == DONE
    if done:
        with st.expander("Table of values", icon=":material/table:"):
            st.dataframe(words.causes_table(found), hide_index=True, width="stretch")
    export_links(link, ready=done)
