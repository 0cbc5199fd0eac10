"""The figures of a page's curves: axes, styles and size, without their numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dissociation.address.links import Link
from dissociation.address.parameters import THEORY
from dissociation.address.sweep_page import SWEEP
from dissociation.address.table import Condition
from dissociation.core.manipulations import REGISTRY
from dissociation.core.measures.base import Measure
from dissociation.core.theory import predictable
from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.heatmap_plot import heatmap_height
from dissociation.dashboard.palette import condition_styles

#: What the legend calls predicted lines.
LEGEND = "Dotted: predicted by theory"
#: How much larger everything in a chart is in the lecture view.
LECTURE_SCALE = 1.5


def type_scale(lecture: bool) -> float:
    """How much larger everything in a chart is to be, in the lecture view or not."""
    return LECTURE_SCALE if lecture else 1.0


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
        dataclasses.replace(lines, kind="multiples", swept=rewrite.label),
        dataclasses.replace(
            lines,
            kind="heatmap",
            rows=rows,
            height=heatmap_height(len(conditions) - 1, lines.scale),
            fixed=True,
        ),
    )
