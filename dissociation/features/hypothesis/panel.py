"""The answer to a hypothesis, as far as the networks are measured: sentence, warnings, pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.core.measures.base import Curve
from dissociation.core.statistics.hypothesis import (
    HALF_WAY,
    PairedComparison,
    compare_curves,
    confounds,
)
from dissociation.core.validation import InvalidValue
from dissociation.engine.curve_watch import CurveWatch
from dissociation.features.curves.panel import asked_for, page_curves
from dissociation.features.hypothesis.address import compared_by
from dissociation.features.hypothesis.text import answer, disagreement, quantity, where_it_varies
from dissociation.web.chart.figure import type_scale
from dissociation.web.chart.palette import condition_styles
from dissociation.web.classroom.prediction_row import prediction_row
from dissociation.web.shell.messages import guard
from dissociation.web.shell.state import PageState, plain
from dissociation.web.shell.watching import follow


def hypothesis_panel(state: PageState) -> None:
    """The answer for the two conditions of a page, above their curves."""
    asked = asked_for(state)
    if asked is None:
        return
    link, conditions, _ = asked
    found = prediction_row(state, link, conditions)
    # In a lecture the curves come first, with all of the window's height.
    above = None if state.lecture else st.container()
    watch = page_curves(state, conditions, found, height=420)
    above = above or st.container()
    if found is not None and found.covered:
        above.info("Predict B first: the answer comes with its curve.", icon=":material/draw:")
    elif watch is not None:
        with above:
            answered = st.fragment(_answer, run_every=follow(watch))
            answered(watch, conditions, link.values, type_scale(state.lecture))


def complete_pairs(watch: CurveWatch) -> list[Curve]:
    """Both curves, of those networks for which both are complete; empty if there is none yet."""
    found = [watch.complete_seeds(position) for position in range(2)]
    both = sorted(found[0].keys() & found[1].keys())
    measure = watch.experiments[0].measure
    return [
        Curve(measure.x, tuple(side[seed] for seed in both), measure.total, tuple(both))
        for side in found
        if both
    ]


def _answer(
    watch: CurveWatch, conditions: Sequence[Condition], values: Mapping[str, Any], scale: float
) -> None:
    curves = complete_pairs(watch)
    wanted = conditions[0].experiment.seeds
    if not curves:
        st.info(
            f"0 of {wanted} networks are measured; a first estimate appears when one network is "
            "done."
        )
        return
    measure = conditions[0].experiment.measure
    summary, at = compared_by(values)
    if summary != values["summary"]:
        st.caption("A probe's curve has no σ50: compared by the mean error over the curve.")
    try:
        found = compare_curves(curves[0], curves[1], summary, chance=measure.chance, at=at)
    except InvalidValue as problem:
        guard(problem)
        return
    claim, evidence = answer(found, summary, at, wanted)
    st.markdown(f"### {plain(claim)}")
    st.markdown(plain(evidence))
    count = len(curves[0].seeds)
    names = [plain(name) for name in condition_names(conditions)]
    varies = where_it_varies(found, summary, getattr(measure, "draws", 0))
    st.caption(
        f"A is {names[0]}, B is {names[1]}; {count} of {wanted} networks measured, paired by "
        f"network and noise draw. {plain(varies)}"
    )
    reasons = confounds([condition.experiment for condition in conditions], curves)
    if found.left_out:
        reasons.append(
            f"{found.left_out} of {count} networks have no σ50 within the noise range under A, B "
            "or both, and are left out."
        )
    if count == wanted and (words := disagreement(found)):
        reasons.append(words)
    if reasons:
        st.warning("\n".join(f"- {plain(reason)}" for reason in reasons), icon=":material/warning:")
    if len(found.first):
        _pairs(found, conditions, summary, quantity(summary, at), scale)


def _pairs(
    found: PairedComparison, conditions: Sequence[Condition], summary: str, title: str, size: float
) -> None:
    styles = condition_styles(conditions)
    scale = 1.0 if summary == HALF_WAY else 100.0
    unit = "noise scale" if summary == HALF_WAY else "%"
    figure = go.Figure()
    for number, pair in enumerate(zip(found.first, found.second, strict=True)):
        figure.add_scatter(
            x=[f"{letter}: {style.name}" for letter, style in zip("AB", styles, strict=True)],
            y=[scale * value for value in pair],
            mode="lines+markers",
            line={"color": "#8A8A8A", "width": 1.5 * size},
            marker={
                "color": [style.color for style in styles],
                "symbol": [style.symbol for style in styles],
                "size": 11 * size,
            },
            hovertemplate=f"network {number + 1}: %{{y:.4g}}<extra></extra>",
            showlegend=False,
        )
    # Under a finger a drag must scroll the page; zooming is one press in the mode bar away.
    figure.update_layout(
        height=round(320 * size), margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False
    )
    figure.update_yaxes(
        title=f"{title} ({unit})", tickfont={"size": 13 * size}, title_font={"size": 15 * size}
    )
    figure.update_xaxes(range=[-0.4, 1.4], tickfont={"size": 15 * size})
    st.plotly_chart(
        figure,
        key="hypothesis-pairs",
        config={"displaylogo": False},
        alt=f"{title} of each network under A and under B, joined by a line.",
    )
    with st.expander("Table of pairs", icon=":material/table:"):
        table = pd.DataFrame(
            {
                "Network": np.arange(1, len(found.first) + 1),
                "A": found.first,
                "B": found.second,
                "B − A": found.second - found.first,
            }
        )
        st.dataframe(table, hide_index=True, width="stretch")
