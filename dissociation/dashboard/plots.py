"""From a figure and the traces of a job to what the browser draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dissociation.dashboard.bridge_plot import bridge_plot
from dissociation.dashboard.causes_plots import (
    margins_plot,
    neurons_plot,
    shares_plot,
    trade_off_plot,
)
from dissociation.dashboard.exact_plot import exact_plot
from dissociation.dashboard.heatmap_plot import heatmap_plot
from dissociation.dashboard.live_chart import FigureSpec, identity
from dissociation.dashboard.live_chart.plotting import Plot, Trace
from dissociation.dashboard.map_plot import map_plot

#: Kinds of figure that are built here; of others the browser makes Plotly's traces.
PLOTS: dict[str, Callable[[FigureSpec, Sequence[Trace]], Plot]] = {
    "exact": exact_plot,
    "shares": shares_plot,
    "tradeoff": trade_off_plot,
    "neurons": neurons_plot,
    "margins": margins_plot,
    "heatmap": heatmap_plot,
    "map": map_plot,
    "bridge": bridge_plot,
}


def drawn(figure: FigureSpec, traces: Sequence[Trace]) -> dict[str, Any]:
    """What a chart draws of a job, as the browser is sent it; see `Part` in `types.d.ts`."""
    build = PLOTS.get(figure.kind)
    if build is None:
        own = {style.key for style in figure.traces}
        mine = [trace for trace in traces if trace["key"] in own]
        return {"figure": identity(figure), "traces": mine}
    return {"figure": identity(figure), **build(figure, traces)._asdict()}
