"""What to compute, from a preset's name, the address of a page, or a JSON file."""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

from dissociation.address.links import Link, read_address
from dissociation.address.pages import PAGES
from dissociation.address.presets import PRESETS
from dissociation.address.table import Condition
from dissociation.core.experiment import from_json
from dissociation.core.similarity.comparison import Comparison
from dissociation.core.validation import InvalidValue, check_path
from dissociation.features.curves.answer import CurveQuestion
from dissociation.features.map.answer import ComparisonsQuestion
from dissociation.web.shell.answers import Question
from dissociation.web.shell.questions import StudyQuestion, question_of

MAX_BYTES = 1_000_000
MAX_EXPERIMENTS = 64


class Source(NamedTuple):
    """What was asked for.

    - `name`: as it was given.
    - `question`: what it asks for.
    - `notices`: what could not be used of an address.
    """

    name: str
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
        return Source(text, _of_file(text), [])
    page = text.strip("/").rpartition("/")[2].lower()
    if "?" in text or "://" in text or page in PAGES:
        return _of_link(text, *read_address(text))
    presets = ", ".join(PRESETS)
    raise InvalidValue(
        "source", text, f"give a preset ({presets}), the address of a page, or a JSON file"
    )


def _of_link(name: str, link: Link, notices: list[str]) -> Source:
    question, reasons = question_of(link)
    return Source(name, question, [*notices, *reasons])


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
