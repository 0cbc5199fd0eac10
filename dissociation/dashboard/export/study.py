"""One study, exported, whichever it is: its files, and the script that computes it again."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from dissociation import __version__
from dissociation.address.links import Link
from dissociation.core.study import Result
from dissociation.dashboard.export.base import Chart, NotStored, Report
from dissociation.dashboard.feature import feature_of
from dissociation.engine.library import Library

INCOMPLETE = "This is not complete yet. Open the page, wait for the chart, and try again."
_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints what the page's CSV file holds.
"""

import json

from dissociation import {kind}, seed_key, trained

study = {kind}.from_json(
    json.loads(
        r"""
{study}
"""
    )
)
networks = [trained(recipe, seed_key(seed)) for recipe, seed in study.needs()]
print(study.compute(*networks).as_csv(), end="")
'''


class StudyExport(NamedTuple):
    """A complete result; see [`Export`][dissociation.dashboard.export.base.Export]."""

    link: Link
    found: Result[Any]

    @property
    def file_name(self) -> str:
        """After the page."""
        return f"dissociation-{self.link.table.name}"

    def csv(self) -> str:
        """As the command line writes it."""
        return self.found.as_csv()

    def json(self) -> str:
        """All numbers, with the complete study."""
        return self.found.as_json(dissociation=__version__, address=self.link.path)

    def script(self) -> str:
        """Prints the CSV file."""
        study = self.found.study
        text = json.dumps(study.to_json(), indent=1, allow_nan=False)
        kind = type(study).__name__
        return _SCRIPT.format(address=self.link.path, version=__version__, kind=kind, study=text)

    def chart(self) -> Chart:
        """All charts of the page."""
        return feature_of(self.found.study).part("figures").chart(self.link, self.found)

    def report(self) -> Report:
        """What the page says."""
        return feature_of(self.found.study).part("text").report(self.link, self.found)


def export_study(library: Library, link: Link) -> StudyExport:
    """The study of an address.

    **Raises:** `InvalidValue` if its values contradict each other, `NotStored` if it is not
    complete.
    """
    assert link.table.study is not None
    found = library.result(link.table.study(link.values))
    if found is None:
        raise NotStored(INCOMPLETE)
    return StudyExport(link, found)
