"""What to compute, from a preset's name, the address of a page, or a JSON file."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from dissociation.address.links import Link, read_address
from dissociation.address.pages import PAGES
from dissociation.address.presets import PRESETS
from dissociation.address.table import Condition
from dissociation.core.experiment import Experiment, from_json
from dissociation.core.measures import Transfer
from dissociation.core.similarity.comparison import Comparison
from dissociation.core.study import Study
from dissociation.core.validation import InvalidValue, check_path
from dissociation.features.curves.answer import CurveQuestion
from dissociation.features.map.answer import ComparisonsQuestion
from dissociation.web.shell.answers import Question
from dissociation.web.shell.feature import FEATURES, feature_of
from dissociation.web.shell.questions import StudyQuestion, question_of

MAX_BYTES = 1_000_000
MAX_EXPERIMENTS = 64


class Source(NamedTuple):
    """What was asked for.

    - `name`: as it was given.
    - `link`: to the page that shows it, or shows what is of its kind.
    - `question`: what it asks for.
    - `notices`: what could not be used of an address.
    """

    name: str
    link: Link
    question: Question
    notices: list[str]


def read_source(text: str) -> Source:
    """Reads whichever kind of source it is.

    **Raises:** `InvalidValue` if it is none or cannot be used, `OSError` if a file cannot be read.
    """
    if text in PRESETS:
        return _of_link(text, PRESETS[text].link, [])
    if os.path.isfile(os.path.expanduser(text)) or (
        text.lower().endswith(".json") and "?" not in text
    ):
        question = _of_file(text)
        return Source(text, _page_of(question), question, [])
    page = text.strip("/").rpartition("/")[2].lower()
    if "?" in text or "://" in text or page in PAGES:
        return _of_link(text, *read_address(text))
    presets = ", ".join(PRESETS)
    raise InvalidValue(
        "source", text, f"give a preset ({presets}), the address of a page, or a JSON file"
    )


def _of_link(name: str, link: Link, notices: list[str]) -> Source:
    question, reasons = question_of(link)
    return Source(name, link, question, [*notices, *reasons])


def source_of(asked: Study | Sequence[Experiment]) -> Source:
    """What a study asks for, or experiments of one measure.

    **Raises:** `InvalidValue` if no page shows such a study, or they do not fit into one table.
    """
    if isinstance(asked, Study):
        kinds = [feature.study for feature in FEATURES.values() if feature.study is not None]
        if type(asked) not in kinds:
            names = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise InvalidValue("study", type(asked).__name__, f"give one of {names}")
        question: Question = StudyQuestion(asked)
    else:
        several = isinstance(asked, list | tuple) and bool(asked)
        if not several or not all(isinstance(one, Experiment) for one in asked):
            raise InvalidValue("asked", asked, "give experiments, a study, an address or a preset")
        question = CurveQuestion([Condition(one) for one in asked])
        if len({one.measure.axes for one in asked}) > 1:
            allowed = (
                "ask for one measure at a time, and put the figures side by side with beside()"
            )
            raise InvalidValue("experiments", "several measures", allowed)
    return Source("", _page_of(question), question, [])


def _page_of(question: Question) -> Link:
    if isinstance(question, CurveQuestion):
        transfer = isinstance(question.conditions[0].experiment.measure, Transfer)
        return Link.of("transfer") if transfer else Link.of("robustness", theory=False)
    if isinstance(question, StudyQuestion):
        return Link.of(feature_of(question.study).table.name)
    return Link.of("map")


def _of_file(name: str) -> Question:
    with check_path("file", name).open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise InvalidValue("file", name, "give at most 1 MB")
    try:
        values = _listed(name, json.loads(raw.decode("utf-8-sig")))
        if any(isinstance(value, dict) and "first" in value for value in values):
            comparisons = [Comparison.from_json(value) for value in values]
            (first, *others) = comparisons
            if first.thorough and not others:
                return StudyQuestion(first)
            return ComparisonsQuestion(comparisons)
        return CurveQuestion([Condition(from_json(value)) for value in values])
    except InvalidValue:
        raise
    except RecursionError:
        raise InvalidValue("file", name, "it is nested too deeply") from None
    except ValueError as problem:
        raise InvalidValue("file", name, f"it is not JSON ({problem})") from problem


def _listed(name: str, values: Any) -> list[Any]:
    if not isinstance(values, list):
        return [values]
    if not 1 <= len(values) <= MAX_EXPERIMENTS:
        raise InvalidValue("file", name, f"give 1 to {MAX_EXPERIMENTS} descriptions")
    return values
