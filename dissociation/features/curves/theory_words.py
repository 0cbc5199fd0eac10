"""What is said about the dotted lines of a chart: what they assume, and where that fails."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.core.shares import percent
from dissociation.core.theory.residuals import BEYOND, Residual, largest_residual
from dissociation.engine.curve_watch import CurveWatch
from dissociation.web.shell.state import plain

_ASSUMED = {
    "parameter_noise": (
        "means and variances are carried through the layers for each image; second-layer "
        "pre-activations and logits are taken as Gaussian, and correlations between distinct "
        "neurons are kept to first order; both approximations weaken in narrow layers"
    ),
    "input_noise": (
        "means and covariances are carried through the layers for each image; second-layer "
        "pre-activations are taken as Gaussian, and logits as a quadratic form of the noise; both "
        "approximations weaken in narrow layers"
    ),
}


def theory_note(watch: CurveWatch, conditions: Sequence[Condition], *, log: bool) -> None:
    """Draws what the predictions assume, and how far each is from its curve once both are complete.

    **Arguments:**

    - `log`: whether errors are drawn on a logarithmic axis.
    """
    predictions = watch.predictions()
    if all(prediction is None for prediction in predictions):
        return
    measure = watch.experiments[0].measure
    images = min(p.images for p in predictions if p is not None)
    lines = [
        f"- {residual_line(name, residual)}"
        for name, experiment, curve, prediction in zip(
            condition_names(conditions),
            watch.experiments,
            watch.curves(),
            predictions,
            strict=True,
        )
        if curve is not None
        and prediction is not None
        and len(curve.seeds) == experiment.seeds
        and (residual := largest_residual(curve, prediction, log=log)) is not None
    ]
    st.markdown(
        "**Theory.** The dotted lines are the error expected over *all* draws of the noise, from "
        f"{images:,} images and without drawing any: {_ASSUMED[measure.name]}."
        + ("\n\n" + "\n".join(lines) if lines else "")
    )


def residual_line(name: str, found: Residual) -> str:
    """In words, where a measured curve and its prediction part most, and what that means."""
    text = (
        f"**{plain(name)}**: furthest apart at σ = {found.sigma:.2g}, where "
        f"{percent(found.measured, 2)} were measured and {percent(found.predicted, 2)} predicted"
    )
    if found.chance != found.chance:
        return f"{text}; too few runs to separate this from chance."
    # As much as the verdict allows: of many noise scales, this is the worst.
    most = 100 * BEYOND * found.chance
    chance = f"sampling could explain a gap of up to {most:.{1 if most >= 1 else 2}f} points"
    if found.beyond_chance:
        return f"{text}; {chance}, so **an assumption of the theory fails here**."
    return f"{text}; {chance}."
