"""The figures of curves and of trainings, and the traces that they draw."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from dissociation.address.links import Link
from dissociation.address.names import condition_keys
from dissociation.address.parameters import THEORY
from dissociation.address.sweep_page import SWEEP
from dissociation.address.table import Condition
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import REGISTRY
from dissociation.core.measures.base import Curve, Measure
from dissociation.core.statistics.summary import (
    LEAST,
    TOO_FEW,
    paired_difference,
    rest_alike,
    sigma50s,
)
from dissociation.core.theory import Prediction, predictable
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.training_watch import TrainingWatch
from dissociation.engine.words import sample_size
from dissociation.web import chart as lc
from dissociation.web.chart.figure import type_scale
from dissociation.web.chart.heatmap_plot import heatmap_height
from dissociation.web.chart.multiples_plot import multiples_panels
from dissociation.web.chart.numbers import plain_number, plain_numbers
from dissociation.web.chart.palette import condition_styles
from dissociation.web.shell.shared import Shared, flat

#: Key of the trace of B - A.
DIFFERENCE = "difference"
LOSS, ERROR = "Training loss", "Test error"
_SHARED: Shared[list[dict[str, Any]]] = Shared()
#: What the legend calls predicted lines.
LEGEND = "Dotted: predicted by theory"


def _axes(measure: Measure, error_axis: str | None) -> tuple[lc.Axis, lc.Axis]:
    x, y = (lc.Axis(**dataclasses.asdict(axis)) for axis in measure.axes)
    if error_axis is None:
        return x, y
    log = error_axis == "log"
    return x, dataclasses.replace(y, low=0.01 if log else 0.0, high=1.0, log=log)


def file_name(measure: Measure) -> str:
    """What files of a measure's chart are called, without their ending."""
    return f"dissociation-{measure.name.replace('_', '-')}"


def curve_figure(
    conditions: Sequence[Condition],
    *,
    error_axis: str | None = None,
    height: int = 460,
    lecture: bool = False,
    theory: bool = False,
) -> lc.FigureSpec:
    """The figure of these conditions; the axes are those of the first one's measure."""
    measure = conditions[0].experiment.measure
    x, y = _axes(measure, error_axis)
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=condition_styles(conditions),
        filename=file_name(measure),
        height=height,
        revision=lc.revision(x, y),
        scale=type_scale(lecture),
        theory=LEGEND if theory and predictable(measure) else "",
    )


def page_figures(
    link: Link, conditions: Sequence[Condition], *, height: int = 460, lecture: bool = False
) -> tuple[lc.FigureSpec, ...]:
    """The figures that a page draws of its curves: one, or those of a sweep."""
    axis = link.values["axis"]
    theory = link.values.get(THEORY.name, False)
    lines = curve_figure(conditions, error_axis=axis, height=height, lecture=lecture, theory=theory)
    if link.table is not SWEEP:
        return (lines,)
    rewrite = REGISTRY[link.values["rewrite"]]
    declared = rewrite.strength_range
    rows = f"Strength {declared.symbol} ({declared.unit})"
    return (
        dataclasses.replace(
            lines,
            kind="multiples",
            swept=rewrite.label,
            panels=multiples_panels(len(conditions), lines.scale),
        ),
        dataclasses.replace(
            lines,
            kind="heatmap",
            rows=rows,
            height=heatmap_height(len(conditions) - 1, lines.scale),
            fixed=True,
        ),
    )


def shared_traces(watch: CurveWatch) -> list[dict[str, Any]]:
    """[`curve_traces`][] of a watch, made once for all who watch the same curves."""
    curves, predictions = watch.curves(), watch.predictions()

    def make() -> list[dict[str, Any]]:
        return curve_traces(watch.experiments, curves, watch.pair, predictions)

    question = tuple(watch.experiments), watch.pair, watch.predicted
    return _SHARED.of(question, flat([*curves, *predictions]), make)


def curve_traces(
    experiments: Sequence[Experiment],
    curves: Sequence[Curve | None],
    pair: tuple[int, int] | None = None,
    predictions: Sequence[Prediction | None] = (),
) -> list[dict[str, Any]]:
    """One trace a known curve or prediction, and one of the difference of a pair.

    **Arguments:**

    - `predictions`: by theory, one a curve, or none at all.
    """
    traces = []
    keys = condition_keys(experiments)
    predicted = list(predictions) or [None] * len(keys)
    first = next((curve for curve in curves if curve is not None), None)
    for key, experiment, curve, theory in zip(keys, experiments, curves, predicted, strict=True):
        trace = None
        if curve is not None:
            # σ50s beside one another rest on the same images.
            trace = _curve_trace(key, experiment, curve, rest_alike(curve, first or curve))
        if theory is not None:
            nothing: dict[str, Any] = {"x": [], "y": [], "low": [], "high": [], "detail": ""}
            trace = {**(trace or {"key": key, **nothing}), "theory": _theory_line(theory)}
        if trace is not None:
            traces.append(trace)
    if pair is not None:
        first, second = (curves[position] for position in pair)
        if first is not None and second is not None:
            traces.extend(_difference_trace(first, second))
    return traces


def _curve_trace(key: str, experiment: Experiment, curve: Curve, alike: bool) -> dict[str, Any]:
    known, sigma50 = curve.images > 0, sigma50s(curve, experiment.measure.chance).mean()
    detail = sample_size(experiment, [curve])
    if experiment.invariant and experiment.manipulations:
        detail += "; identical to trained by construction"
    return {
        "key": key,
        "x": plain_numbers(curve.x[known]),
        "y": plain_numbers(curve.mean[known]),
        "low": plain_numbers((curve.mean - curve.spread)[known]),
        "high": plain_numbers((curve.mean + curve.spread)[known]),
        "detail": detail,
        "half_way": plain_number(sigma50) if alike else None,
    }


def _theory_line(theory: Prediction) -> dict[str, Any]:
    detail = f"expected over all draws, {theory.images:,} images"
    return {"x": plain_numbers(theory.x), "y": plain_numbers(theory.mean), "detail": detail}


def _difference_trace(first: Curve, second: Curve) -> list[dict[str, Any]]:
    found = paired_difference(first, second)
    if found is None:
        return []
    detail = f"{found.networks} network" + ("" if found.networks == 1 else "s")
    if found.draws > 1:
        detail += f" × {found.draws} draws"
    if found.networks < LEAST:
        detail += f": an interval {TOO_FEW}"
    return [
        {
            "key": DIFFERENCE,
            "x": plain_numbers(found.x),
            "y": plain_numbers(found.mean),
            "low": plain_numbers(found.low),
            "high": plain_numbers(found.high),
            "detail": detail,
        }
    ]


def _training_traces(watch: TrainingWatch) -> list[dict[str, Any]]:
    traces = []
    for seed, history in enumerate(watch.histories()):
        for quantity, values in ((LOSS, history.losses), (ERROR, history.errors)):
            numbers = plain_numbers(values)
            images = f"{history.images[-1]:,} test images" if history.images else ""
            traces.append(
                {
                    "key": f"{quantity}-{seed}",
                    "x": plain_numbers(history.epochs),
                    "y": numbers,
                    "low": numbers,
                    "high": numbers,
                    "detail": images if quantity == ERROR else "mean cross-entropy, nats",
                }
            )
    return traces


def watched_traces(watch: CurveWatch | TrainingWatch) -> list[dict[str, Any]]:
    """Of a chart of curves, or of a training."""
    return shared_traces(watch) if isinstance(watch, CurveWatch) else _training_traces(watch)
