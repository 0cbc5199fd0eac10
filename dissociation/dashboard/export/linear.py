"""Linear networks, exported: all charts of their page, and what computes them again."""

from __future__ import annotations

from dataclasses import dataclass

from dissociation.address.linear_page import linear_study
from dissociation.address.links import Link
from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.study import LinearResult, LinearStudy, study_linear
from dissociation.dashboard import linear_figures as figures
from dissociation.dashboard import linear_words as words
from dissociation.dashboard.export.base import Chart, Report
from dissociation.dashboard.export.html import paragraph, settings, table
from dissociation.dashboard.export.study import StudyExport
from dissociation.engine.library import Library

_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints one line a number.
"""

import json

from dissociation import linear_from_json, study_linear

study = linear_from_json(
    json.loads(
        r"""
{study}
"""
    )
)
found = study_linear(study)
print("family\\tstep\\trsa_with_start\\tdecoder_error")
for family, drift in found.drift.items():
    for step, (rsa, error) in enumerate(zip(drift.similarity, drift.decoder)):
        print(f"{{family}}\\t{{step}}\\t{{rsa:.6g}}\\t{{error:.6g}}")
'''


@dataclass(frozen=True)
class LinearExport(StudyExport[LinearStudy, LinearResult]):
    """A study and its findings; see [`StudyExport`][]."""

    template = _SCRIPT

    def chart(self) -> Chart:
        """The end of the walk, both drifts, the pairs, and both kinds of noise."""
        study, found = self.study, self.found
        traces = [
            *figures.walk_traces(study, found),
            *figures.drift_traces(found),
            *figures.pairs_traces(found),
            *figures.noise_traces(found, self.study.draws),
        ]
        shown = (
            figures.walk_figure(study),
            *(figures.drift_figure(kind, study, found) for kind in figures.DRIFTS),
            figures.pairs_figure(),
            *(figures.noise_figure(kind) for kind in figures.NOISES),
        )
        return Chart(shown, traces, words.walk_alt(study, found))

    def report(self) -> Report:
        """Task, family, all captions, the pairs and the complete study."""
        study, found = self.study, self.found
        family = FAMILIES[study.family]
        about = paragraph(words.task_words(study, found).replace("**", ""))
        about += paragraph(f"{family.label}: minimises {family.minimises}.", f"({family.cite})")
        sections = {
            "Same function?": paragraph(words.walk_message(study, found)),
            "Along the walks": paragraph(words.drift_caption(study, found)),
            "Pairs of families": table(words.pairs_table(found)) + paragraph(words.pairs_caption()),
            "Noise": paragraph(words.parameter_verdict(study, found))
            + paragraph(words.noise_caption(study)),
            "Complete study": settings(self.link.path, "studies", [study.to_json()]),
        }
        return Report(about, words.walk_caption(study), sections)


def export_linear(library: Library, link: Link) -> LinearExport:
    """The linear networks of an address; nothing of them is stored, as they take no time.

    **Raises:** `InvalidValue` if its values contradict each other.
    """
    del library
    study = linear_study(link.values)
    return LinearExport(link, study, study_linear(study))
