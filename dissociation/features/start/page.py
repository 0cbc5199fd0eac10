"""The front door."""

from __future__ import annotations

import streamlit as st

from dissociation.address.links import Link
from dissociation.core.manipulations import Duplicate, InputNull, Nuisance, Scale
from dissociation.core.measures import InputNoise, ParameterNoise
from dissociation.core.networks.training import QUICK
from dissociation.features.curves.panel import conditions_of, curve_panel, training_panel
from dissociation.features.start.drawing import network_drawing
from dissociation.features.start.join import join_a_room
from dissociation.features.start.preset_cards import preset_cards
from dissociation.web.shell.feature import FEATURES
from dissociation.web.shell.head import head
from dissociation.web.shell.page_links import page_link
from dissociation.web.shell.state import PageState
from dissociation.web.shell.tour import invitation

SEEDS = 2


def draw(state: PageState) -> None:
    """What the lab shows, then the notebook's noise figure, live."""
    head(state, "Same function, different network")
    invitation(state)
    join_a_room(state)
    words, drawing = st.columns([3, 2], gap="large", vertical_alignment="center")
    with words:
        st.markdown(
            "What a network *does* and how it *represents* things come apart. Here are two "
            "networks that read handwritten digits, and rewrites of their weights that leave every "
            "answer exactly as it was: scaled, duplicated, padded with neurons whose effects on "
            "the output cancel, or changed along directions that no image uses.\n\n"
            "The answers stay the same. Now add noise: **input noise** cannot tell most rewrites "
            "from the original, **parameter noise** can, and the one rewrite that parameter noise "
            "barely affects is the one that input noise breaks.\n\n"
            "After Braun, Grant & Saxe, "
            "[*Not all solutions are created equal*](https://openreview.net/forum?id=YucuAuXMpT), "
            "ICML 2025. Everything you see is trained and measured on this machine."
        )
    with drawing:
        network_drawing()
    st.header("1. Train two networks")
    training_panel("home-training", QUICK, SEEDS, lecture=state.lecture)
    st.header("2. Disturb them")
    guess = Link.of("robustness", show=["rescale"], predict="rescale")
    page_link(guess, "Rather guess first? Draw the curve of one that is not shown here", "draw")
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Noise on the inputs**")
        shown = conditions_of((), (InputNull(),), measure=InputNoise(), seeds=SEEDS)
        where = Link.of("robustness", measure="input_noise", show=["input_null"])
        curve_panel("home-input", shown, link=where, lecture=state.lecture)
    with right:
        st.markdown("**Noise on the parameters**")
        rewrites = ((), (Duplicate(),), (Scale(),), (Nuisance(),))
        shown = conditions_of(*rewrites, measure=ParameterNoise(), seeds=SEEDS)
        where = Link.of("robustness", show=["duplicate", "scale", "nuisance"])
        curve_panel("home-parameter", shown, link=where, lecture=state.lecture)
    st.header("3. Try an experiment")
    preset_cards()
    st.header("Where to go next")
    pages = [feature for feature in FEATURES.values() if feature.summary]
    columns = [column for _ in range(0, len(pages), 3) for column in st.columns(3)]
    for column, feature in zip(columns, pages, strict=False):
        with column:
            icon = f":material/{feature.icon}:"
            st.page_link(feature.table.script, label=feature.table.title, icon=icon)
            st.caption(feature.summary)
