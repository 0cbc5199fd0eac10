"""The chart of B - A under the chart of the curves themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.core.measures.base import Measure
from dissociation.core.statistics.summary import TOO_FEW
from dissociation.engine.curve_watch import CurveWatch
from dissociation.features.curves.figures import DIFFERENCE
from dissociation.web import chart as lc
from dissociation.web.chart.palette import LOSS_COLOR
from dissociation.web.shell.state import plain
from dissociation.web.shell.watching import draw_watch


def difference_chart(
    watch: CurveWatch, figure: lc.FigureSpec, conditions: Sequence[Condition], key: str
) -> None:
    """Draws the difference of the watch's pair, or says what to do to see one.

    **Arguments:**

    - `watch`: with a `pair`; `figure`: of its curves; `conditions`: in the watch's order.
    - `key`: of the chart of the curves.
    """
    assert watch.pair is not None
    first, second = (condition_names(conditions)[position] for position in watch.pair)
    pinned, other = (conditions[position].experiment for position in watch.pair)
    if pinned == other:
        st.caption(
            f"**B − A**: {plain(second)} is pinned as A. Change something, and the difference "
            "is drawn here."
        )
        return
    st.markdown(f"**B − A**: {plain(second)}, minus {plain(first)}")
    if not _measured_alike(pinned.measure, other.measure):
        st.caption(
            "There is no difference to draw: A was pinned with other noise scales, images or draws "
            "than B has now, and only what rests on the same images is compared."
        )
        return
    title = conditions[0].experiment.measure.axes[1].title
    axis = lc.Axis(f"Difference in {title[0].lower()}{title[1:]}", -1, 1, percent=True, auto=True)
    look = lc.TraceStyle(DIFFERENCE, "B − A", LOSS_COLOR, "solid", "circle")
    differing = replace(
        figure,
        y=axis,
        traces=(look,),
        height=260,
        revision=lc.revision(figure.x, axis),
        zero=True,
        theory="",
    )
    alt = f"Error of {second} minus error of {first}, with its 95 % interval."
    draw_watch(watch, differing, f"{key}-difference", alt, slot=key)
    st.caption(
        "Above 0, B makes more errors. Paired by network and noise draw, on the images that both "
        "have been measured on; the band is the 95 % interval (Student's t) over the "
        f"networks, whose draws are averaged first; it {TOO_FEW}."
    )


def _measured_alike(first: Measure, second: Measure) -> bool:
    """Whether two complete curves rest on the same points, images and numbers of draws."""
    return (
        np.array_equal(first.x, second.x)
        and np.array_equal(first.total, second.total)
        and getattr(first, "draws", 1) == getattr(second, "draws", 1)
    )
