"""The points of the bridge, exported."""

from __future__ import annotations

import json
from typing import NamedTuple

from dissociation import __version__, bridge_files
from dissociation.address.bridge_candidates import candidates_of
from dissociation.address.bridge_page import ALL
from dissociation.address.links import Link
from dissociation.address.names import side_name
from dissociation.core.theory.bridge import Candidate, Point
from dissociation.dashboard import bridge_words as words
from dissociation.dashboard.bridge_panel import bridge_figure
from dissociation.dashboard.bridge_traces import bridge_traces
from dissociation.dashboard.export.base import Chart, NotStored, Report
from dissociation.dashboard.export.html import paragraph, settings, table
from dissociation.engine.bridge_watch import stored_curve, stored_point
from dissociation.engine.library import Library

INCOMPLETE = (
    "These networks are not measured completely yet. Open the page, wait for the chart, and try "
    "again."
)
_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints one line a network: σ50 as measured, and the noise
gain that theory puts in its place.
"""

import json

from dissociation import Side, from_json, network_norms, run, seed_key, trained
from dissociation.core.statistics.summary import half_ways

NETWORKS = json.loads(
    r"""
{networks}
"""
)

plans = {{}}
print("name\\tsigma50\\tgain")
for name, description in NETWORKS:
    experiment = from_json(description)
    plan = experiment.recipe, experiment.seeds
    if plan not in plans:
        seeds = range(experiment.seeds)
        plans[plan] = [trained(experiment.recipe, seed_key(seed)) for seed in seeds]
    seed = experiment.seeds - 1
    side = Side(experiment.recipe, seed, experiment.manipulations)
    norms = network_norms(side.rewritten(plans[plan][seed], experiment.key))
    curve = run(experiment, plans[plan])
    half_way = half_ways(curve, experiment.measure.chance)[-1]
    print(f"{{name}}\\t{{half_way:.6g}}\\t{{sum(norms.terms):.6g}}")
'''


class BridgeExport(NamedTuple):
    """Networks whose σ50 and norms are stored; see [`Export`][].

    - `candidates`: of the page; `points`: by their positions.
    """

    link: Link
    candidates: list[Candidate]
    points: dict[int, Point]

    @property
    def _known(self) -> list[Point]:
        return list(self.points.values())

    @property
    def file_name(self) -> str:
        """After the page."""
        return f"dissociation-{self.link.table.name}"

    def csv(self) -> str:
        """As the command line writes it."""
        return bridge_files.bridge_csv(self._known)

    def json(self) -> str:
        """Every network with its complete experiment, and the laws."""
        about = {"dissociation": __version__, "address": self.link.path}
        return bridge_files.bridge_json(self._known, **about)

    def script(self) -> str:
        """Prints σ50 and noise gain."""
        described = [[side_name(p.side), p.experiment.to_json()] for p in self._known]
        text = json.dumps(described, indent=1, allow_nan=False)
        return _SCRIPT.format(address=self.link.path, version=__version__, networks=text)

    def chart(self) -> Chart:
        """The points and the laws."""
        figure = bridge_figure(self.candidates, self.points, self.link.values["across"])
        told = f"{figure.y.title} against {figure.x.title}, a point a network"
        return Chart((figure,), bridge_traces(self.points), told)

    def report(self) -> Report:
        """How far the law carries, all values, the complete experiments."""
        across = self.link.values["across"]
        said = " ".join((words.verdict(self._known, across), words.furthest(self._known, across)))
        count = words.how_many(self.candidates, self._known, self.link.values)
        sections = {
            "How far does the law carry?": paragraph(said.replace("\\", "")) + paragraph(count),
            "Values": table(words.bridge_table(self._known), wide=True),
            "Complete experiments": settings(
                self.link.path, "experiments", [p.experiment.to_json() for p in self._known]
            ),
        }
        return Report(paragraph(words.STATEMENT), words.READING, sections)


def export_bridge(library: Library, link: Link) -> BridgeExport:
    """The points of an address.

    **Raises:** `InvalidValue` if its values contradict each other, `NotStored` if none is known or,
    where all are asked for, one is missing.
    """
    candidates = candidates_of(link.values)
    everything = link.values["compute"] == ALL
    points = {}
    for number, candidate in enumerate(candidates):
        point = stored_point(library, candidate)
        if point is not None:
            points[number] = point
        elif (everything and candidate.wanted) or stored_curve(library, candidate) is not None:
            raise NotStored(INCOMPLETE)
    if not points:
        raise NotStored(INCOMPLETE)
    return BridgeExport(link, candidates, points)
