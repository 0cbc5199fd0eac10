"""Compared networks, exported: one pair of them, or the points of a map."""

from __future__ import annotations

import abc
import json
import math
from dataclasses import dataclass

import pandas as pd

from dissociation import __version__, comparison_files
from dissociation.address.links import Link, comparisons_of
from dissociation.address.map_page import Point, points_of
from dissociation.address.names import side_name
from dissociation.core.experiment import Experiment
from dissociation.core.shares import percent
from dissociation.core.similarity.comparison import Comparison, ComparisonResult
from dissociation.dashboard.export.base import Chart, NotStored, Report
from dissociation.dashboard.export.html import bullets, paragraph, settings, table
from dissociation.dashboard.map_panel import NOTHING, map_figure, map_table
from dissociation.dashboard.map_words import reading, statement
from dissociation.dashboard.representation_panel import (
    PAPER,
    normal_form_words,
    pictures_words,
    representation_figure,
    representation_words,
)
from dissociation.dashboard.similarity_table import headline, note, similarity_rows
from dissociation.dashboard.snapshots import comparison_traces, map_traces
from dissociation.engine.library import Library
from dissociation.engine.map_watch import stored_sigma50

INCOMPLETE = (
    "These networks are not compared completely yet. Open the page, wait for the chart, and try "
    "again."
)
_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints one line a network and measure, with what
unrelated networks would score where the lab says so.
"""

import json

from dissociation import compare, contrast_from_json, seed_key, trained

CONTRASTS = json.loads(
    r"""
{comparisons}
"""
)

networks = {{}}


def network(side):
    plan = side.recipe, side.seed
    if plan not in networks:
        networks[plan] = trained(side.recipe, seed_key(side.seed))
    return networks[plan]


print("name\\tmeasure\\tvalue\\tunrelated")
for name, description in CONTRASTS:
    contrast = contrast_from_json(description)
    found = compare(contrast, (network(contrast.first), network(contrast.second)))
    for measure, value in found.values.items():
        unrelated = found.baselines.get(measure)
        chance = "" if unrelated is None else f"{{unrelated.mean:.6g}}"
        print(f"{{name}}\\t{{measure}}\\t{{value:.6g}}\\t{{chance}}")
'''


@dataclass(frozen=True)
class ComparisonsExport(abc.ABC):
    """What comparisons found; see [`Export`][dissociation.dashboard.export.base.Export].

    - `comparisons`, `findings`: one each, in the order of the page.
    """

    link: Link
    comparisons: list[Comparison]
    findings: list[ComparisonResult]

    @property
    def robustness(self) -> list[float] | None:
        """σ50 of each comparison's second network, if the page shows it."""
        return None

    @property
    def file_name(self) -> str:
        """After the page."""
        return f"dissociation-{self.link.table.name}"

    def csv(self) -> str:
        """As the command line writes it."""
        return comparison_files.as_csv(self.comparisons, self.findings, self.robustness)

    def json(self) -> str:
        """All values with the comparisons that `contrast_from_json` reads."""
        about = {"dissociation": __version__, "address": self.link.path}
        return comparison_files.as_json(self.comparisons, self.findings, self.robustness, **about)

    def script(self) -> str:
        """Prints one line a network and measure."""
        described = [[side_name(c.second), c.to_json()] for c in self.comparisons]
        text = json.dumps(described, indent=1, allow_nan=False)
        return _SCRIPT.format(address=self.link.path, version=__version__, comparisons=text)

    @abc.abstractmethod
    def chart(self) -> Chart:
        """The chart of the page."""

    @abc.abstractmethod
    def report(self) -> Report:
        """All that explains the chart."""

    def _settings(self) -> str:
        described = [comparison.to_json() for comparison in self.comparisons]
        return settings(self.link.path, "contrasts", described)


class PairExport(ComparisonsExport):
    """Two networks side by side."""

    def chart(self) -> Chart:
        """Both sides: matrices, activations and embeddings."""
        (comparison,), (found,) = self.comparisons, self.findings
        figure = representation_figure(comparison)
        return Chart((figure,), comparison_traces(found), representation_words(comparison))

    def report(self) -> Report:
        """Same function?, all measures, normal forms, the complete comparison."""
        (comparison,), (found,) = self.comparisons, self.findings
        sections = {
            "Same function?": paragraph(f"{headline(found)} {_function(found)}"),
            "Measures": table(pd.DataFrame(similarity_rows(found))) + paragraph(note(found)),
        }
        if found.normal_forms is not None:
            words = normal_form_words(found.normal_forms)
            sections["One and the same network?"] = paragraph(words)
        sections["Complete contrast"] = self._settings()
        return Report(paragraph(PAPER), pictures_words(comparison, found), sections)


@dataclass(frozen=True)
class MapExport(ComparisonsExport):
    """Every rewrite a point.

    - `points`: of the page; `sigma50s`: σ50 of each, NaN where there is none.
    """

    points: list[Point]
    sigma50s: list[float]

    @property
    def robustness(self) -> list[float] | None:
        """See [`ComparisonsExport.robustness`][]."""
        asked = any(point.experiment is not None for point in self.points)
        return self.sigma50s if asked else None

    def chart(self) -> Chart:
        """The map."""
        figure = map_figure(self.points, self.link.values)
        alt = f"{figure.y.title} against {figure.x.title}, a point a network"
        experiments = [point.experiment for point in self.points]
        return Chart((figure,), map_traces(experiments, self.sigma50s, self.findings), alt)

    def report(self) -> Report:
        """Same function?, all measures of all points, the complete comparisons."""
        groups: dict[str, list[ComparisonResult]] = {}
        table_of = map_table(self.points, self.findings, self.sigma50s)
        for name, found in zip(table_of["Network"], self.findings, strict=True):
            groups.setdefault(name, []).append(found)
        lines = [f"{name}: {_functions(found)}" for name, found in groups.items()]
        sections = {
            "Same function?": bullets(lines),
            "Measures": table(table_of, wide=True),
            "Complete contrasts": self._settings(),
        }
        across = self.link.values["across"]
        said = statement(across).replace("*", "")
        return Report(paragraph(said), reading(across, NOTHING), sections)


def _function(found: ComparisonResult) -> str:
    if "disagreement" in found.undefined:
        return ""
    changed, largest = found.values["disagreement"], found.values["logit_change"]
    images = found.images["disagreement"]
    return (
        f"On {images:,} test images {round(changed * images):,} predictions changed"
        f"{_largest_change(largest)}."
    )


def _functions(findings: list[ComparisonResult]) -> str:
    known = [found for found in findings if "disagreement" not in found.undefined]
    if not known:
        return "the outputs are not finite numbers."
    changed = [found.values["disagreement"] for found in known]
    largest = max(found.values["logit_change"] for found in known)
    images = known[0].images["disagreement"]
    share = " to ".join(dict.fromkeys(percent(end, 2) for end in (min(changed), max(changed))))
    return f"{share} of the answers to {images:,} test images differ{_largest_change(largest)}."


def _largest_change(change: float) -> str:
    return "" if math.isnan(change) else f"; largest logit change {change:.2g} of the largest logit"


def _found(library: Library, link: Link) -> tuple[list[Comparison], list[ComparisonResult]]:
    comparisons = comparisons_of(link)
    found = [library.result(comparison) for comparison in comparisons]
    findings = [one for one in found if one is not None]
    if len(findings) < len(found):
        raise NotStored(INCOMPLETE)
    return comparisons, findings


def export_pair(library: Library, link: Link) -> PairExport:
    """The two networks of an address of Representation.

    **Raises:** `InvalidValue` if its values contradict each other, `NotStored` if they are not
    compared completely.
    """
    return PairExport(link, *_found(library, link))


def export_map(library: Library, link: Link) -> MapExport:
    """The points of an address of Map; **raises** as [`export_pair`][] does."""
    points = points_of(link.values)
    sigma50s = [_sigma50(library, point.experiment) for point in points]
    return MapExport(link, *_found(library, link), points, sigma50s)


def _sigma50(library: Library, experiment: Experiment | None) -> float:
    """σ50 of the last network of an experiment, NaN if there is none."""
    found = math.nan if experiment is None else stored_sigma50(library, experiment)
    if found is None:
        raise NotStored(INCOMPLETE)
    return found
