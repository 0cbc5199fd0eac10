"""The causes of a network's fragility, exported: charts, values, what computes them again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dissociation.address.causes_page import causes_of, ranked_layer
from dissociation.address.links import Link
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import NoiseDecompositionResult
from dissociation.dashboard import causes_words as words
from dissociation.dashboard.causes_figures import causes_figures
from dissociation.dashboard.causes_traces import causes_traces, kind_names, neuron_shares
from dissociation.dashboard.export.base import Chart, NotStored, Report
from dissociation.dashboard.export.html import bullets, paragraph, settings, table
from dissociation.dashboard.export.study import StudyExport
from dissociation.engine.library import Library

INCOMPLETE = "These causes are not complete yet. Open the page, wait for the charts, and try again."
#: Neurons that a report lists.
LISTED = 30
_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints one line a noise scale: shares of the layers and of
what they make only together, then the error as predicted and as measured.
"""

import json

from dissociation import causes_from_json, seed_key, study_causes, trained

study = causes_from_json(
    json.loads(
        r"""
{study}
"""
    )
)
found = study_causes(study, trained(study.recipe, seed_key(study.seed)))
print("sigma\\tw1\\tw2\\tw3\\ttogether\\tpredicted\\tmeasured")
measured = found.measured
for sigma, shares, predicted, error in zip(
    found.scales, measured.shares, found.predicted.errors, measured.errors
):
    parts = "\\t".join(f"{{share:.6f}}" for share in shares)
    print(f"{{sigma:.6g}}\\t{{parts}}\\t{{predicted:.6f}}\\t{{error:.6f}}")
'''


@dataclass(frozen=True)
class CausesExport(StudyExport[NoiseDecomposition, NoiseDecompositionResult]):
    """Complete findings; see [`StudyExport`][]."""

    template = _SCRIPT

    @property
    def _layer(self) -> int:
        return ranked_layer(self.link.values, self.study)

    def chart(self) -> Chart:
        """All four charts."""
        figures = causes_figures(self.study, self.link.values["sigma"], self._layer)
        told = " ".join(words.alt(self.study, name) for name in figures)
        return Chart(tuple(figures.values()), causes_traces(self.study, self.found), told)

    def report(self) -> Report:
        """What the page says, the neurons, all values, the complete study."""
        said = [
            words.how_fragile(self.found),
            words.formula_holds(self.found),
            words.overlap(self.found, self.link.values["sigma"]).replace("**", ""),
            words.best_factor(self.study, self.found, self.link.values["sigma"]),
            words.neurons_by_kind(self.found, self._layer),
        ]
        captions = " ".join((words.SHARES, words.TRADE_OFF, words.NEURONS, words.MARGINS))
        sections = {
            "Why?": paragraph(words.verdict(self.study, self.found).replace("\\", ""))
            + bullets([line for line in said if line]),
            "Same function?": paragraph(words.same_function(self.found)),
            f"Neurons of hidden layer {self._layer}": table(self._neurons()),
            "Values": table(words.causes_table(self.found), wide=True),
            "Complete study": settings(self.link.path, "studies", [self.study.to_json()]),
        }
        return Report(paragraph(words.PAPER), captions, sections)

    def _neurons(self) -> pd.DataFrame:
        shares = neuron_shares(self.found.sources, self._layer)
        order = np.argsort(-shares.sum(1), kind="stable")[:LISTED]
        copies = self.found.kinds[self._layer - 1].copies
        return pd.DataFrame(
            {
                "Neuron": order + 1,
                "Kind": kind_names(self.found, self._layer)[order],
                "Alike": copies[order],
                "By incoming weights": shares[order, 0],
                "By outgoing weights": shares[order, 1],
            }
        )


def export_causes(library: Library, link: Link) -> CausesExport:
    """The causes of an address.

    **Raises:** `InvalidValue` if its values contradict each other, `NotStored` if they are not
    complete.
    """
    study = causes_of(link.values)
    found = library.result(study)
    if found is None:
        raise NotStored(INCOMPLETE)
    return CausesExport(link, study, found)
