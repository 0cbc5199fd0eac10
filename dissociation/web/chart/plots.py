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

#: What builds each kind of figure; features add their own kinds.
PLOTS: dict[str, Callable[[FigureSpec, Sequence[Trace]], Plot]] = {
    "exact": exact_plot,
    "heatmap": heatmap_plot,
    "lines": lines_plot,
    "map": map_plot,
    "multiples": multiples_plot,
}


def drawn(figure: FigureSpec, traces: Sequence[Trace]) -> dict[str, Any]:
    """What a chart draws of a job, as the browser is sent it; see `Part` in `types.d.ts`."""
    return {"figure": identity(figure), **PLOTS[figure.kind](figure, traces)._asdict()}
