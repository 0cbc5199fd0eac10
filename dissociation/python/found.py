"""What the lab has found, as a notebook shows it: a figure, a table, a summary."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from dissociation.address.links import Link
from dissociation.web.chart.figure import FigureSpec
from dissociation.web.chart.still import beside as figures_beside
from dissociation.web.chart.still import still
from dissociation.web.shell.answers import Answer, Question

if TYPE_CHECKING:
    import plotly.graph_objects as go


class Found:
    """Complete results of one question.

    `results` has one for each thing that was asked for: curves, or results of studies. What a
    single one has, this has too: `found.x`, `found.mean`, `found.values`.
    """

    def __init__(self, link: Link, question: Question, results: list[Any]):
        self._link = link
        self._answer: Answer = question.answer(results)
        self.names = question.names()
        self.results = [getattr(one, "curve", one) for one in results]

    def plot(self, number: int = 0, *, width: int = 1000) -> go.Figure:
        """A figure of the page, as Plotly's own: to show, to change, to write to a file.

        **Arguments:**

        - `number`: of a page with several figures, which one, counted from 0.
        - `width`: in pixels, at least 900.
        """
        return still(*self.charts[number], width)

    @property
    def charts(self) -> list[tuple[FigureSpec, list[dict[str, Any]]]]:
        """The figures of the page, each with the traces that they all draw from."""
        chart = self._answer.chart(self._link)
        return [(figure, chart.traces) for figure in chart.figures]

    def to_frame(self) -> pd.DataFrame:
        """The table of the page's CSV file."""
        return pd.read_csv(io.StringIO(self._answer.csv()))

    def __repr__(self) -> str:
        return self._answer.text()

    def _repr_html_(self) -> str:
        report = self._answer.report(self._link)
        shown = (text for text in report.sections.values() if "<table" in text)
        return f"{next(shown, '')}<p>{report.caption}</p>"

    def __getattr__(self, name: str) -> Any:
        results = vars(self).get("results", ())
        if name.startswith("_") or len(results) != 1:
            raise AttributeError(f"{len(results)} results have no {name!r} together: see results")
        return getattr(results[0], name)


def beside(*found: Found) -> go.Figure:
    """The first figures of several results, side by side, with one legend.

    **Raises:** `InvalidValue` for figures of several panels.
    """
    return figures_beside([one.plot() for one in found])
