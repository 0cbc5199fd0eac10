"""The values of a chart as CSV, and as JSON with the complete experiments."""

from __future__ import annotations

from dissociation import __version__, curve_files
from dissociation.dashboard.tables import value_table
from dissociation.dashboard.take_home.stored import Taken


def as_csv(taken: Taken) -> str:
    """The table of values under the chart."""
    return value_table(taken.conditions, taken.curves).to_csv(index=False)


def as_json(taken: Taken) -> str:
    """Every count of every network, with the experiments that `dissociation.from_json` reads."""
    x, y = taken.conditions[0].experiment.measure.axes
    about = {
        "dissociation": __version__,
        "address": taken.link.path,
        "x_axis": x.title,
        "y_axis": y.title,
    }
    return curve_files.as_json(taken.conditions, taken.curves, **about)
