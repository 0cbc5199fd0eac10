"""From a figure and the traces of a job to what the browser draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dissociation.web.chart import FigureSpec, identity
from dissociation.web.chart.exact_plot import exact_plot
from dissociation.web.chart.heatmap_plot import heatmap_plot
from dissociation.web.chart.lines_plot import lines_plot
from dissociation.web.chart.map_plot import map_plot
from dissociation.web.chart.multiples_plot import multiples_plot
from dissociation.web.chart.plotting import Plot, Trace

#: Kinds of figure that are built here, with those of features that have their own; of others the
#: browser makes Plotly's traces.
PLOTS: dict[str, Callable[[FigureSpec, Sequence[Trace]], Plot]] = {
    "exact": exact_plot,
    "heatmap": heatmap_plot,
    "lines": lines_plot,
    "map": map_plot,
    "multiples": multiples_plot,
}


def drawn(figure: FigureSpec, traces: Sequence[Trace]) -> dict[str, Any]:
    """What a chart draws of a job, as the browser is sent it; see `Part` in `types.d.ts`."""
    build = PLOTS.get(figure.kind)
    if build is None:
        own = {style.key for style in figure.traces}
        mine = [trace for trace in traces if trace["key"] in own]
        return {"figure": identity(figure), "traces": mine}
    return {"figure": identity(figure), **build(figure, traces)._asdict()}
