"""The figure of the Bridge page: its points, and the laws through them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dissociation.address.names import TRAINED
from dissociation.core.manipulations import REGISTRY, describe_all
from dissociation.core.theory.bridge import Candidate, Point, laws
from dissociation.core.theory.norms import PREDICTORS
from dissociation.engine.study_watch import StudyWatch
from dissociation.features.map.address import ROBUSTNESS
from dissociation.web import chart as lc
from dissociation.web.chart import FigureSpec, TraceStyle
from dissociation.web.chart.map_plot import map_plot
from dissociation.web.chart.numbers import line, plain_number
from dissociation.web.chart.palette import COMPOSED, LANDMARKS, looks
from dissociation.web.chart.plots import PLOTS
from dissociation.web.chart.plotting import Plot, Trace, by_key, literal, look, scatter, uid

#: Keys of the lines that are no sweeps.
BEST, LINEAR = "best-law", "linear-law"
#: Decades around the reference in which labels would cover everything.
_CROWD = 0.8
SIGMA50 = "sigma50"


def traces_of(points: Mapping[int, Point]) -> list[dict[str, Any]]:
    """One trace a network, with its `places`, and two a predictor: the best and the linear law.

    **Arguments:**

    - `points`: by the position of their candidates.
    """
    traces: list[dict[str, Any]] = []
    for number, point in points.items():
        places = {name: plain_number(p.value(point.norms)) for name, p in PREDICTORS.items()}
        places[SIGMA50] = plain_number(point.sigma50)
        measure = point.experiment.measure
        detail = f"{measure.images:,} images, {getattr(measure, 'draws', 1)} draws"
        place = {"x": [0], "y": [0], "detail": detail}
        traces.append({"key": str(number), **place, "places": places})
    known = [point for point in points.values() if math.isfinite(point.sigma50)]
    for name, predictor in PREDICTORS.items():
        across = [predictor.value(point.norms) for point in known]
        for key, law in zip((BEST, LINEAR), laws(known, name), strict=True):
            if law is not None:
                ends = np.array([min(filter(None, across)), max(across)])
                # A quarter further on both sides, so that lines are seen to go on.
                ends = ends * (ends[1] / ends[0]) ** np.array([-0.1, 0.1])
                own = {"slope": plain_number(law.slope), "r2": plain_number(law.r2)}
                traces.append({**line(f"{key}-{name}", ends, law(ends)), **own})
    return traces


def _group(candidate: Candidate) -> str:
    steps = candidate.side.manipulations
    if not steps:
        return TRAINED
    return steps[0].name if len(steps) == 1 else COMPOSED


def _style(number: int, candidate: Candidate) -> lc.TraceStyle:
    steps, group = candidate.side.manipulations, _group(candidate)
    if group == TRAINED:
        color, symbol = LANDMARKS[TRAINED]
        return lc.TraceStyle(str(number), "Trained", color, "", symbol, "as it is", TRAINED)
    color, dash, symbol = looks(group)
    if group == COMPOSED:
        return lc.TraceStyle(
            str(number), "In sequence", color, dash, symbol, describe_all(steps), group
        )
    step = steps[0]
    name, label = REGISTRY[group].label, step.describe_strength()
    if step.layer != type(step)().layer:  # type: ignore[call-arg]
        # A line joins strengths of one layer.
        name, group = f"{name}, layer {step.layer}", f"{group}-{step.layer}"
        symbol = f"{symbol}-open"
    return lc.TraceStyle(str(number), name, color, dash, symbol, label, group)


def bridge_figure(
    candidates: Sequence[Candidate], known: Collection[int], across: str, scale: float = 1.0
) -> lc.FigureSpec:
    """The figure of these networks, without their numbers.

    **Arguments:**

    - `known`: positions of those that are shown; `across`: the name of a predictor.
    """
    predictor = PREDICTORS[across]
    title = f"{predictor.label} {predictor.formula.split(' = ')[0]}"
    measure = ROBUSTNESS["parameter_noise"]
    x = lc.Axis(title, 1.0, 1e6, log=True, auto=True)
    high = measure.noise_high
    y = lc.Axis("Measured σ50 (weight units)", measure.noise_low, high, log=True, auto=True)
    styles = [_style(number, candidates[number]) for number in sorted(known)]
    styles.append(lc.TraceStyle(BEST, "Best power law", "#7F7F7F", "solid", "circle", "", "law"))
    if predictor.slope is not None:
        linear = ("Linear law", "#D0344E", "dash", "circle", "", "law")
        styles.append(lc.TraceStyle(LINEAR, *linear))
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=tuple(styles),
        filename="dissociation-bridge",
        height=620,
        revision=lc.revision(x, y),
        scale=scale,
        kind="bridge",
        across=across,
        up=SIGMA50,
        reference=TRAINED,
    )


def watched_traces(watch: StudyWatch) -> list[dict[str, Any]]:
    """Of what the page watches."""
    asked: Any = watch.question
    return traces_of(asked.points(watch))


def bridge_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """A map of the networks, below the laws, which are styles of the group `law`."""
    known = by_key(traces)
    laws = [style for style in figure.traces if style.group == "law"]
    points = [style for style in figure.traces if style.group != "law"]
    drawn = map_plot(replace(figure, traces=tuple(points)), traces)
    lines = [_law(figure, style, known.get(f"{style.key}-{figure.across}")) for style in laws]
    # The reference is drawn last.
    reference = drawn.traces[-1]["x"][0] if drawn.traces else None
    for trace in drawn.traces:
        trace["text"] = [
            text if _far(x, reference) else ""
            for x, text in zip(trace["x"], trace["text"], strict=False)
        ]
    x = {**drawn.layout["xaxis"], "tickformat": "", "exponentformat": "power", "dtick": 1}
    y = {**drawn.layout["yaxis"], "rangemode": "normal"}
    layout = {**drawn.layout, "shapes": [], "xaxis": x, "yaxis": y}
    return Plot([*lines, *drawn.traces], layout, drawn.blank)


def _far(x: float | None, reference: float | None) -> bool:
    return bool(x and reference and abs(math.log10(x / reference)) >= _CROWD)


def _law(figure: FigureSpec, style: TraceStyle, law: Trace | None) -> Trace:
    told = ""
    if law is not None:
        told = f": slope {law['slope']:.2f}, R² = {law['r2']:.2f}".replace("-", "−")
    return scatter(
        uid("law", style.key),
        "lines",
        [] if law is None else law["x"],
        [] if law is None else law["y"],
        name=literal(style.name) + told,
        line=look(figure, style),
        hoverinfo="skip",
        legendrank=2000,
    )


PLOTS.update({"bridge": bridge_plot})
