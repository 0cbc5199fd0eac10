"""A live chart with everything that explains it: sample, same function?, summaries, values."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Sequence

import numpy as np
import streamlit as st

from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.palette import (
    ERROR_COLOR,
    LOSS_COLOR,
    condition_name,
    condition_style,
    seed_style,
)
from dissociation.dashboard.routes import routes_are_served
from dissociation.dashboard.snapshots import ERROR, LOSS, snapshot
from dissociation.dashboard.state import plain
from dissociation.dashboard.tables import summary_table, value_table
from dissociation.engine.lab import lab
from dissociation.engine.watch import CurveWatch, TrainingWatch, Watch
from dissociation.errors import DamagedData, InvalidValue
from dissociation.experiment import Experiment, digest
from dissociation.function_check import FunctionCheck
from dissociation.measures.base import Curve, Measure
from dissociation.training import Recipe

#: How often tables follow a running job (seconds); the chart itself follows by socket.
FOLLOW = 2.0
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
BAND = (
    "The band is ± 1 standard deviation over networks and noise draws; while a curve fills, the "
    "sampling error over the images seen so far is added."
)


def _watch(key: str, signature: str, make) -> Watch:
    """This session's watch for a chart: kept while the question is the same, else replaced."""
    slot = f"watch|{key}"
    known = st.session_state.get(slot)
    if known is not None and known[0] == signature:
        known[1].renew()
        return known[1]
    watch = make()
    if known is not None:
        # Only now, so that jobs both questions share are not dropped in between.
        lab().release(known[1])
    st.session_state[slot] = (signature, watch)
    return watch


def _start_over(key: str, watch: Watch) -> None:
    lab().release(watch)
    st.session_state.pop(f"watch|{key}", None)


def _chart(watch: Watch, figure: lc.FigureSpec, key: str, alt: str) -> None:
    address = None
    if not watch.status().finished and routes_are_served():
        address = f"/api/jobs/{watch.id}"
    again = functools.partial(_start_over, key, watch)
    lc.live_chart(
        figure,
        snapshot(watch),
        address=address,
        key=key,
        alt=alt,
        on_cancel=watch.cancel,
        on_retry=again,
        on_lost=again,
    )


def _follow(watch: Watch) -> float | None:
    return None if watch.status().finished else FOLLOW


def _guard(problem: Exception) -> None:
    st.error(plain(str(problem)), icon=":material/error:")


def training_panel(key: str, recipe: Recipe, seeds: int) -> TrainingWatch | None:
    """Trains networks, or shows how they were trained: loss and test error, live.

    **Returns:** the watch, or `None` if it cannot be (the reason is on the page).
    """
    signature = digest(["training", recipe.canonical(), seeds])
    try:
        watch = _watch(key, signature, lambda: lab().watch_training(recipe, seeds))
    except (InvalidValue, DamagedData) as problem:
        _guard(problem)
        return None
    assert isinstance(watch, TrainingWatch)
    traces = [seed_style(LOSS, LOSS_COLOR, seed) for seed in range(seeds)]
    traces += [seed_style(ERROR, ERROR_COLOR, seed) for seed in range(seeds)]
    figure = lc.FigureSpec(
        x=lc.Axis("Epoch (passes over 60,000 images)", 0, max(recipe.epochs, 1)),
        y=lc.Axis("Loss (nats) and test error (share)", 0.003, 3.0, log=True),
        traces=tuple(traces),
        filename="dissociation-training",
        height=320,
        revision=signature[:12],
    )
    _chart(
        watch,
        figure,
        key,
        "Training loss and test error of each network over the epochs, on a logarithmic axis.",
    )
    return watch


def _axes(measure: Measure, error_axis: str | None) -> tuple[lc.Axis, lc.Axis]:
    x, y = (lc.Axis(**dataclasses.asdict(axis)) for axis in measure.axes)
    if error_axis is None:
        return x, y
    log = error_axis == "log"
    return x, dataclasses.replace(y, low=0.01 if log else 0.0, high=1.0, log=log)


def curve_panel(
    key: str,
    experiments: Sequence[Experiment],
    *,
    height: int = 460,
    error_axis: str | None = None,
) -> None:
    """The curves of several conditions with all that explains them.

    **Arguments:**

    - `key`: of the chart in the session; the same key is the same node in the browser.
    - `experiments`: the first one is the reference; they differ only in their manipulations.
    - `height`: of the chart, in pixels.
    - `error_axis`: `log` or `linear`; by default as the measure declares.
    """
    signature = digest([experiment.to_json() for experiment in experiments])
    try:
        watch = _watch(key, signature, lambda: lab().watch_curves(experiments))
    except (InvalidValue, DamagedData) as problem:
        _guard(problem)
        return
    assert isinstance(watch, CurveWatch)
    measure = experiments[0].measure
    x, y = _axes(measure, error_axis)
    figure = lc.FigureSpec(
        x=x,
        y=y,
        traces=tuple(condition_style(experiment.manipulations) for experiment in experiments),
        filename=f"dissociation-{measure.name.replace('_', '-')}",
        height=height,
        # The zoom is kept while the axes are the same, whatever the strengths.
        revision=hashlib.sha256(repr((x, y)).encode()).hexdigest()[:12],
    )
    names = ", ".join(condition_name(experiment.manipulations) for experiment in experiments)
    alt = f"{y.title} against {x.title} for: {names}. The values are in the table below."
    _chart(watch, figure, key, alt)
    # Closes over the watch: what the fragment shows is always what the chart shows.
    st.fragment(_explanation, run_every=_follow(watch))(watch, key)


def _explanation(watch: CurveWatch, key: str) -> None:
    status = watch.status()
    source = "from the store" if status.stored else "computed now"
    st.caption(f"{BAND} {status.seconds:.1f} s of computing, {source}.")
    _same_function(watch)
    curves = watch.curves()
    if any(curve is None for curve in curves):
        return
    known = [curve for curve in curves if curve is not None]
    _summaries(watch.experiments, known)
    _probe_notes(watch.experiments, known)
    with st.expander("Table of values", icon=":material/table:"):
        table = value_table(watch.experiments, known)
        st.dataframe(table, hide_index=True, width="stretch")
        st.download_button(
            "Download as CSV",
            table.to_csv(index=False),
            f"dissociation-{watch.experiments[0].measure.name}.csv",
            "text/csv",
            icon=":material/download:",
            key=f"{key}-csv",
        )


def same_function_line(experiment: Experiment, checks: tuple[FunctionCheck, ...] | None) -> str:
    """In words, whether a condition's networks compute what the trained ones compute."""
    name = condition_name(experiment.manipulations)
    exact = ", ".join(sorted({step.exact_on for step in experiment.manipulations}))
    text = f"**{plain(name)}**: same function on {plain(exact)} by construction"
    if experiment.invariant:
        text += ", so this curve is identical to the trained one"
    if checks is None:
        return text + "; verifying …"
    changed = sum(check.predictions_changed for check in checks)
    noisy = sum(check.noisy_predictions_changed for check in checks)
    images = sum(check.images for check in checks)
    largest = max(check.logit_change for check in checks)
    largest_noisy = max(check.noisy_logit_change for check in checks)
    return text + plain(
        f". Verified on {images:,} predictions: largest logit change {_power(largest)} of the "
        f"logit scale, {changed:,} predictions changed; on noisy images (σ = 1) "
        f"{_power(largest_noisy)} and {noisy:,}."
    )


def _power(value: float) -> str:
    if value == 0 or value >= 0.01:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _same_function(watch: CurveWatch) -> None:
    lines = [
        f"- {same_function_line(experiment, checks)}"
        for experiment, checks in zip(watch.experiments, watch.checks(), strict=True)
        if experiment.manipulations
    ]
    if lines:
        st.markdown("**Same function?**\n\n" + "\n".join(lines))


def _summaries(experiments: Sequence[Experiment], curves: Sequence[Curve]) -> None:
    st.dataframe(summary_table(experiments, curves), hide_index=True, width="stretch")
    if "images" in curves[0].seeds[0].notes or not np.isnan(curves[0].seeds[0].clean):
        st.caption(
            "σ50: noise at which the error is half way from clean to chance (a larger ratio is "
            "more robust). Mean error: area under the curve over log σ. Interval: bootstrap over "
            "networks."
        )


def _probe_notes(experiments: Sequence[Experiment], curves: Sequence[Curve]) -> None:
    unfinished = [
        condition_name(experiment.manipulations)
        for experiment, curve in zip(experiments, curves, strict=True)
        for seed in curve.seeds
        if any(not probe["converged"] for probe in seed.notes.get("probe", []))
    ]
    if not unfinished:
        return
    if getattr(experiments[0].measure, "probe", "") == "notebook":
        st.info(
            "The notebook's probe stops after 200 steps, before it has converged, so its error "
            "depends on how large the features are. Choose the converged probe to tell apart "
            "what the representation holds from how fast it is read.",
            icon=":material/info:",
        )
    else:
        names = ", ".join(dict.fromkeys(unfinished))
        st.warning(f"Not every probe reached its gradient tolerance: {plain(names)}.")
