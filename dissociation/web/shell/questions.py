"""What an address asks for; and one study as a question, whichever it is, with its answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import dissociation
from dissociation.address.links import Link
from dissociation.address.pages import PAGES
from dissociation.core.study import Result, Study
from dissociation.core.validation import InvalidValue
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.study_watch import StudyWatch
from dissociation.web.shell.answers import Chart, Part, Question, Report
from dissociation.web.shell.feature import FEATURES, feature_of

_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints what the page's CSV file holds.
"""

import json

from dissociation import seed_key, trained
from {module} import {kind}

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


def question_of(link: Link) -> tuple[Question, list[str]]:
    """What an address asks for, and why some of it is left out.

    **Raises:** `InvalidValue` if its values contradict each other, or its page computes nothing.
    """
    table = link.table
    if table.study is not None:
        return StudyQuestion(table.study(link.values)), []
    if not table.measures:
        measuring = " or ".join(page.title for page in PAGES.values() if page.measures)
        raise InvalidValue(
            "address", link.path, f"name a page that computes something, {measuring}"
        )
    return FEATURES[table.name].part("answer").question(link)


@dataclass(frozen=True)
class StudyQuestion:
    """The result of one `study`; see [`Question`][dissociation.web.shell.answers.Question]."""

    study: Study
    noun = "studies"

    def names(self) -> list[str]:
        """Its title."""
        return [self.study.title]

    def parts(self) -> list[Part]:
        """One."""
        watch = partial(Lab.watch_studies, studies=[self.study])
        return [Part([0], 1.0, watch, StudyWatch.results)]

    def stored(self, library: Library) -> list[Result | None]:
        """Its complete result."""
        return [library.result(self.study)]

    def check_csv(self) -> None:
        """It always fits."""

    def answer(self, results: Sequence[Result]) -> StudyAnswer:
        """See [`StudyAnswer`][]."""
        (found,) = results
        return StudyAnswer(found)


@dataclass(frozen=True)
class StudyAnswer:
    """A complete result; see [`Answer`][dissociation.web.shell.answers.Answer]."""

    found: Result[Any]

    @property
    def file_name(self) -> str:
        """After the page."""
        return f"dissociation-{feature_of(self.found.study).table.name}"

    def text(self) -> str:
        """In short."""
        return self.found.as_text()

    def csv(self) -> str:
        """Its first table."""
        return self.found.as_csv()

    def json(self, **about: Any) -> str:
        """All numbers, with the complete study."""
        return self.found.as_json(**about)

    def script(self, address: str) -> str:
        """Prints the CSV file."""
        study = self.found.study
        text = json.dumps(study.to_json(), indent=1, allow_nan=False)
        kind, own = type(study).__name__, type(study).__module__
        module = "dissociation" if kind in dissociation.__all__ else own
        about = {"address": address, "version": dissociation.__version__}
        return _SCRIPT.format(**about, module=module, kind=kind, study=text)

    def chart(self, link: Link) -> Chart:
        """All charts of the page."""
        return feature_of(self.found.study).part("figures").chart(link, self.found)

    def report(self, link: Link) -> Report:
        """What the page says."""
        return feature_of(self.found.study).part("text").report(link, self.found)
