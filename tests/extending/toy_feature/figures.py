"""What the page draws."""

from __future__ import annotations

from typing import Any

from dissociation.address.links import Link
from dissociation.web import chart as lc
from dissociation.web.chart.numbers import line
from dissociation.web.shell.answers import Chart

from .address import ReachResult, ReachStudy


def figure(study: ReachStudy) -> lc.FigureSpec:
    """One line: the norms by rank."""
    x = lc.Axis("Rank", 1, study.recipe.width)
    y = lc.Axis("Norm of the incoming weights", 0, 1, auto=True)
    style = lc.TraceStyle("norms", study.title, "#0072B2", "solid", "circle")
    return lc.FigureSpec(x=x, y=y, traces=(style,), filename="reach", revision=lc.revision(x, y))


def traces(study: ReachStudy, found: ReachResult | None) -> list[dict[str, Any]]:
    """See `dissociation.web.shell.feature`."""
    if found is None:
        return []
    return [line("norms", range(1, len(found.norms) + 1), found.norms)]


def chart(link: Link, found: ReachResult) -> Chart:
    """See `dissociation.web.shell.feature`."""
    return Chart((figure(found.study),), traces(found.study, found), "Norms by rank")
