"""How good a prediction was, in words, as far as the curve is measured."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dissociation.core.predictions import Verdict, judge, score
from dissociation.engine.curve_watch import CurveWatch
from dissociation.web.classroom.predicting import Predicting
from dissociation.web.shell.state import plain


def verdict(watch: CurveWatch, found: Predicting, reference: str) -> None:
    """Draws the score of the visitor's prediction, and of the class's mean.

    **Arguments:**

    - `watch`: of all conditions of the page, the revealed one included.
    - `reference`: name of the first condition.
    """
    measure = watch.experiments[0].measure
    curves = watch.curves()
    first, curve = curves[0], curves[found.position]
    if first is None or curve is None:
        return
    if found.errors:
        own = judge(measure, found.errors, curve, first)
        if own is not None:
            st.success(plain_verdict(own, reference), icon=":material/target:")
    room = found.room
    if room is None or room.band is None or room.band.mean is None or not found.same_as_room:
        return
    mean = judge(measure, room.band.mean, curve, first)
    if mean is not None:
        st.info(
            f"**The mean of the class scores {mean.score} of 100** "
            f"({room.handed_in} predictions): {_points(mean.distance)} off.",
            icon=":material/groups:",
        )


def plain_verdict(found: Verdict, reference: str) -> str:
    """A verdict in Markdown."""
    words = (
        f"**{found.score} of 100.** Your prediction is {_points(found.distance)} from the measured "
        "curve on average over the axis (4 points off for each). "
    )
    if not np.isnan(found.unchanged):
        words += (
            f"“Just like {plain(reference)}” would have been {_points(found.unchanged)} off, "
            f"{score(found.unchanged)} of 100. "
        )
    if not np.isnan(found.measured_sigma50):
        expected = "none" if np.isnan(found.sigma50) else f"{found.sigma50:.2g}"
        words += f"σ50 by your prediction: {expected}; measured: {found.measured_sigma50:.2g}."
    return words.strip()


def _points(distance: float) -> str:
    return f"{100 * distance:.1f} percentage points"
