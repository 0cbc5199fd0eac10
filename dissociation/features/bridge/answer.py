"""The points of the bridge: how they are computed, and what is made of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dissociation import __version__
from dissociation.address.links import Link
from dissociation.address.names import side_name
from dissociation.core.curves import NetworkCurve, curve_studies
from dissociation.core.digests import SCHEMA, digest
from dissociation.core.experiment import Experiment
from dissociation.core.theory.bridge import Candidate, Point, laws, sigma50
from dissociation.core.theory.norms import PREDICTORS, NetworkNorms
from dissociation.engine import jobs as j
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.study_watch import Group, StudyWatch
from dissociation.engine.watch import TRAINING
from dissociation.features.bridge import text as words
from dissociation.features.bridge.address import ALL, candidates_of
from dissociation.features.bridge.figures import bridge_figure, traces_of
from dissociation.web.export.html import paragraph, settings, table
from dissociation.web.shell.answers import Chart, Part, Report
from dissociation.web.shell.text_tables import aligned

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


def _curve(candidate: Candidate, experiment: Experiment) -> NetworkCurve:
    (study,) = curve_studies(experiment, [candidate.side.seed])
    return study


def _norms(candidate: Candidate) -> NetworkNorms:
    side = candidate.side
    return NetworkNorms(side.manipulations, side.recipe, side.seed, candidate.key)


def _stored(library: Library, candidate: Candidate) -> Experiment | None:
    """How a candidate's network was measured best, if it was."""
    found = (e for e in candidate.experiments if library.result(_curve(candidate, e)) is not None)
    return next(found, None)


class Measured:
    """Those of some networks whose σ50 is stored or to be measured, with their norms.

    - `experiments`: how each is measured, by its position.

    **Arguments:**

    - `candidates`: the networks; those without a stored curve are measured if `compute` and they
      are wanted, and otherwise left out.
    """

    feature = "bridge"

    def __init__(self, library: Library, candidates: Sequence[Candidate], *, compute: bool):
        self.candidates = list(candidates)
        self.experiments: dict[int, Experiment] = {}
        self._missing: list[int] = []
        for number, candidate in enumerate(self.candidates):
            if (found := _stored(library, candidate)) is not None:
                self.experiments[number] = found
            elif compute and candidate.wanted:
                self.experiments[number] = candidate.experiments[0]
                self._missing.append(number)
        # Made once: every message of the page's socket asks for all of them.
        self._norms = [_norms(candidate) for candidate in self.candidates]
        self._curves = {n: _curve(self.candidates[n], e) for n, e in self.experiments.items()}

    def digest(self) -> str:
        """Tells it from other questions: what others have measured meanwhile is taken in."""
        curves = [curve.digest() for curve in self._curves.values()]
        return digest([[norms.digest() for norms in self._norms], curves])

    def groups(self) -> list[Group]:
        """See [`Asked`][dissociation.engine.study_watch.Asked]."""

        def rewrites(number: int) -> list[str]:
            return [step.name for step in self.candidates[number].side.manipulations]

        known = [number for number in self.experiments if number not in self._missing]
        found = [self._curves[number] for number in known]
        groups = [Group([*found, *(self._norms[number] for number in known)])]
        # Measured together, all rewrites would have their first points at once, but late.
        for _, alike in groupby(self._missing, rewrites):
            numbers = list(alike)
            # A point needs both: with all curves first, the first point would be the last curve's.
            groups.append(Group([self._norms[number] for number in numbers]))
            groups.append(Group([self._curves[number] for number in numbers]))
        return groups

    def points(self, watch: StudyWatch) -> dict[int, Point]:
        """What is known so far, by position: those whose σ50 and norms are.

        σ50 rests on all images: a law through others would mix easy and hard ones.
        """
        found = {}
        for number, experiment in sorted(self.experiments.items()):
            side = self.candidates[number].side
            curve, norms = watch.result(self._curves[number]), watch.result(self._norms[number])
            if norms is not None and curve is not None and curve.complete:
                half_way = sigma50(experiment.measure, curve.curve)
                found[number] = Point(side, experiment, half_way, norms.norms)
        return found

    def told(self, watch: StudyWatch, state: str) -> str:
        """See [`Asked`][dissociation.engine.study_watch.Asked]."""
        if state == TRAINING:
            return "Training the network first"
        complete = len(self.points(watch))
        if state == j.QUEUED and not complete:
            return ""
        sample = f"{complete} of {len(self.experiments)} networks"
        words = {j.CANCELLED: f"Cancelled at {sample}.", j.DONE: f"Complete: {complete} networks."}
        return words.get(state, f"Measuring robustness and norms: {sample}")


@dataclass(frozen=True)
class BridgeQuestion:
    """Points of the bridge, of those `candidates` that are wanted and of whatever else is stored.

    - `everything`: whether an answer needs all of those that are wanted.
    """

    candidates: list[Candidate]
    everything: bool = True
    noun = "networks"

    def names(self) -> list[str]:
        """The networks."""
        return [side_name(candidate.side) for candidate in self.candidates]

    def parts(self) -> list[Part]:
        """All together, as a page asks for them."""
        count = len(self.candidates)

        def watch(lab: Lab) -> StudyWatch:
            return lab.watch_question(Measured(lab.library, self.candidates, compute=True))

        return [Part(list(range(count)), float(count), watch, self._points)]

    def _points(self, watch: StudyWatch) -> list[Point | tuple[()]]:
        points = measured_of(watch).points(watch)
        return [points.get(number, ()) for number in range(len(self.candidates))]

    def stored(self, library: Library) -> list[Point | tuple[()] | None]:
        """Points whose curves and norms are complete; `()` for others that nobody asks for."""
        points = [_point(library, candidate) for candidate in self.candidates]
        nothing = not any(points)
        return [
            () if point is None and not (nothing or self._asked(library, candidate)) else point
            for candidate, point in zip(self.candidates, points, strict=True)
        ]

    def _asked(self, library: Library, candidate: Candidate) -> bool:
        if self.everything and candidate.wanted:
            return True
        # Its curve is shown as soon as its norms are known.
        return _stored(library, candidate) is not None

    def check_csv(self) -> None:
        """They always fit."""

    def answer(self, results: Sequence[Point | tuple[()]]) -> BridgeAnswer:
        """See [`BridgeAnswer`][]."""
        return BridgeAnswer(self.candidates, list(results))


def _point(library: Library, candidate: Candidate) -> Point | None:
    """A candidate's σ50 and norms, if both are stored."""
    experiment, norms = _stored(library, candidate), library.result(_norms(candidate))
    if experiment is None or norms is None:
        return None
    curve = library.result(_curve(candidate, experiment)).curve
    return Point(candidate.side, experiment, sigma50(experiment.measure, curve), norms.norms)


def measured_of(watch: StudyWatch) -> Measured:
    """What a watch of this page is for."""
    assert isinstance(watch.question, Measured)
    return watch.question


def question(link: Link) -> tuple[BridgeQuestion, list[str]]:
    """The networks of an address.

    **Raises:** `InvalidValue` if its values contradict each other.
    """
    return BridgeQuestion(candidates_of(link.values), link.values["compute"] == ALL), []


@dataclass(frozen=True)
class BridgeAnswer:
    """Networks of known σ50 and norms; see [`Answer`][dissociation.web.shell.answers.Answer].

    - `candidates`, `results`: of the page; `()` for those that nobody asks for.
    """

    candidates: list[Candidate]
    results: list[Point | tuple[()]]

    file_name = "dissociation-bridge"

    @property
    def _by_position(self) -> dict[int, Point]:
        return {n: point for n, point in enumerate(self.results) if isinstance(point, Point)}

    @property
    def _known(self) -> list[Point]:
        return list(self._by_position.values())

    def text(self) -> str:
        """A row a network."""
        rows = [
            [text if isinstance(text, str) else _number(text) for text in row]
            for row in words.bridge_rows(self._known)
        ]
        return aligned([list(words.BRIDGE), *rows]) + "\n"

    def csv(self) -> str:
        """One row a network."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(words.BRIDGE)
        writer.writerows(words.bridge_rows(self._known))
        return text.getvalue()

    def json(self, **about: Any) -> str:
        """Every network with its experiment, which `dissociation.from_json` reads, and the laws."""
        points = self._known
        found = [
            {**dict(zip(words.BRIDGE, row, strict=True)), "experiment": point.experiment.to_json()}
            for row, point in zip(words.bridge_rows(points), points, strict=True)
        ]
        ties = {
            name: {
                part: law and law._asdict() for part, law in laws(points, name)._asdict().items()
            }
            for name in PREDICTORS
        }
        values = {"schema": SCHEMA, **about, "laws": ties, "networks": found}
        return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"

    def script(self, address: str) -> str:
        """Prints σ50 and noise gain."""
        described = [[side_name(p.side), p.experiment.to_json()] for p in self._known]
        text = json.dumps(described, indent=1, allow_nan=False)
        return _SCRIPT.format(address=address, version=__version__, networks=text)

    def chart(self, link: Link) -> Chart:
        """The points and the laws."""
        figure = bridge_figure(self.candidates, self._by_position, link.values["across"])
        told = f"{figure.y.title} against {figure.x.title}, a point a network"
        return Chart((figure,), traces_of(self._by_position), told)

    def report(self, link: Link) -> Report:
        """How far the law carries, all values, the complete experiments."""
        across = link.values["across"]
        said = " ".join((words.verdict(self._known, across), words.furthest(self._known, across)))
        count = words.how_many(self.candidates, self._known, link.values)
        sections = {
            "How far does the law carry?": paragraph(said.replace("\\", "")) + paragraph(count),
            "Values": table(words.bridge_table(self._known), wide=True),
            "Complete experiments": settings(
                link.path, "experiments", [p.experiment.to_json() for p in self._known]
            ),
        }
        return Report(paragraph(words.STATEMENT), words.READING, sections)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
