"""The figure of the Map page, and the traces that it draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dissociation.address.names import TRAINED
from dissociation.address.table import Values
from dissociation.core.experiment import Experiment
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import ComparisonResult
from dissociation.engine.study_watch import StudyWatch
from dissociation.features.map.address import ROBUSTNESS, Point
from dissociation.features.map.text import CORNERS, CORNERS_OF_ROBUSTNESS, group_name
from dissociation.web import chart as lc
from dissociation.web.chart.numbers import plain_number
from dissociation.web.chart.palette import LANDMARKS, looks

#: Below this a change of function is drawn at the foot of the axis: rounding of float32.
NOTHING = 1e-6


def _axes(across: str, up: str) -> tuple[lc.Axis, lc.Axis]:
    y = lc.Axis(_title(up), 0, 1, auto=True)
    if across in ROBUSTNESS:
        measure = ROBUSTNESS[across]
        title = measure.noise_axis.replace("σ", "σ50")
        low, high = measure.noise_low, measure.noise_high
        return lc.Axis(title, low, high, log=True, auto=True), y
    # Outputs can move further than their size; answers and distributions cannot.
    high = 10.0 if across == "logit_change" else 1.0
    percent = across == "disagreement"
    return lc.Axis(_title(across), NOTHING, high, log=True, percent=percent), y


def _title(name: str) -> str:
    measure = SIMILARITIES[name]
    title = measure.label if measure.distance else f"1 − {measure.label}"
    return f"{title} ({measure.unit})" if measure.unit else title


def map_figure(
    points: Sequence[Point], values: Values, scale: float = 1.0, *, pressable: bool = False
) -> lc.FigureSpec:
    """The figure of a page's points, without their numbers.

    **Arguments:**

    - `scale`: of type and symbols; `pressable`: whether a point can be pressed.
    """
    x, y = _axes(values["across"], values["up"])
    styles = []
    for number, point in enumerate(points):
        if values["across"] in ROBUSTNESS and point.experiment is None:
            continue
        if point.group in LANDMARKS:
            color, symbol = LANDMARKS[point.group]
            dash = ""
        else:
            color, dash, symbol = looks(point.group)
        look = (group_name(point), color, dash, symbol, point.label, point.group)
        styles.append(lc.TraceStyle(str(number), *look))
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=tuple(styles),
        filename="dissociation-map",
        height=620,
        revision=lc.revision(x, y),
        scale=scale,
        kind="map",
        across=values["across"],
        up=values["up"],
        reference=TRAINED,
        corners=CORNERS_OF_ROBUSTNESS if x.auto else CORNERS,
        pressable=pressable,
    )


def traces_of(
    experiments: Sequence[Experiment | None],
    sigma50s: Sequence[float],
    findings: Sequence[ComparisonResult | None],
) -> list[dict[str, Any]]:
    """One trace a comparison that has found something.

    Its `places` are how far the two networks are apart, by the measures' names, and, by that of the
    noise, the second one's σ50.

    **Arguments:** one of each a comparison, as the page has them.
    """
    traces = []
    both = zip(findings, zip(experiments, sigma50s, strict=True), strict=True)
    for number, (found, (experiment, sigma50)) in enumerate(both):
        if found is None or not found.values:
            continue
        places = {
            name: plain_number(SIMILARITIES[name].difference(value))
            for name, value in found.values.items()
        }
        if experiment is not None:
            places[experiment.measure.name] = plain_number(sigma50)
        traces.append({"key": str(number), "x": [0], "y": [0], "detail": "", "places": places})
    return traces


def watched_traces(watch: StudyWatch) -> list[dict[str, Any]]:
    """Of what the page watches."""
    asked: Any = watch.question
    experiments = asked.experiments or [None] * len(asked.comparisons)
    return traces_of(experiments, asked.sigma50s(watch), asked.findings(watch))
