"""A phantom, exported: its pictures, both curves, and what computes them again."""

from __future__ import annotations

from dataclasses import dataclass

from dissociation.address.links import Link
from dissociation.address.phantom_page import study_of
from dissociation.core.phantom.study import PhantomResult, PhantomStudy
from dissociation.dashboard.export.base import Chart, NotStored, Report
from dissociation.dashboard.export.html import paragraph, settings, table
from dissociation.dashboard.export.study import StudyExport
from dissociation.dashboard.phantom_panel import (
    BAND,
    PAPER,
    curves_words,
    phantom_figures,
    phantom_table,
    pictures_words,
    reading,
    same_function,
    solved,
    verdict,
)
from dissociation.dashboard.snapshots import phantom_traces
from dissociation.engine.library import Library

INCOMPLETE = "This phantom is not complete yet. Open the page, wait for the chart, and try again."
_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints one line a noise scale.
"""

import json

from dissociation import phantom_from_json, seed_key, study_phantom, trained

study = phantom_from_json(
    json.loads(
        r"""
{study}
"""
    )
)
found = study_phantom(study, trained(study.recipe, seed_key(study.seed)))
print("sigma\\tlegibility\\tunchanged")
curves = zip(study.x, found.legibility.mean(0), found.unchanged.mean(0))
for sigma, legibility, unchanged in curves:
    print(f"{{sigma:.6g}}\\t{{legibility:.6f}}\\t{{unchanged:.6f}}")
'''


@dataclass(frozen=True)
class PhantomExport(StudyExport[PhantomStudy, PhantomResult]):
    """Complete findings; see [`StudyExport`][]."""

    template = _SCRIPT

    def chart(self) -> Chart:
        """The pictures, and the curves below them."""
        words = f"{pictures_words(self.study)} {curves_words(self.study)}."
        traces = phantom_traces(self.study, self.found)
        return Chart(phantom_figures(self.study), traces, words)

    def report(self) -> Report:
        """Which goes first, same function?, the solve, all values, the complete study."""
        first = verdict(self.found)
        sections = {
            "Same function?": paragraph(same_function(self.found)),
            "The solve": paragraph(solved(self.found)),
            "Values": table(phantom_table(self.found)),
            "Complete study": settings(self.link.path, "studies", [self.study.to_json()]),
        }
        if first:
            sections = {"Which goes first?": paragraph(first), **sections}
        return Report(paragraph(PAPER), f"{reading(self.study)} {BAND}", sections)


def export_phantom(library: Library, link: Link) -> PhantomExport:
    """The phantom of an address.

    **Raises:** `InvalidValue` if its values contradict each other, `NotStored` if it is not
    complete.
    """
    study = study_of(link.values)
    found = library.result(study)
    if found is None:
        raise NotStored(INCOMPLETE)
    return PhantomExport(link, study, found)
