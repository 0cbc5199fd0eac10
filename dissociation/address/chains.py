"""Manipulations in sequence as a short text: `scale:20,duplicate:2:layer=1`.

A step is the name of a manipulation, its strength, and those further fields that differ from their
defaults; steps are applied in the order in which they stand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from dissociation.address.parameter import CODED, Codec, Parameter, short
from dissociation.core import manipulations as manipulate
from dissociation.core.experiment import MAX_MANIPULATIONS
from dissociation.core.manipulations import Manipulation
from dissociation.core.validation import InvalidValue

Chain = tuple[Manipulation, ...]


def format_chain(steps: Sequence[Manipulation]) -> str:
    """The text of a sequence; empty for none."""
    return ",".join(_format_step(step) for step in steps)


def _format_step(step: Manipulation) -> str:
    parts = [step.name, short(step.strength)]
    for field in dataclasses.fields(step):
        value = getattr(step, field.name)
        if field.name != "strength" and value != field.default:
            parts.append(f"{field.name}={value}")
    return ":".join(parts)


def parse_chain(name: str, text: str) -> Chain:
    """The sequence that a text describes.

    **Arguments:**

    - `name`: of the parameter, for errors.
    - `text`: as [`format_chain`][] writes it; strengths may be left out.

    **Raises:** `InvalidValue` that says what is wrong with which step.
    """
    words = text.split(",") if text else []
    if len(words) > MAX_MANIPULATIONS:
        raise InvalidValue(name, text, f"give at most {MAX_MANIPULATIONS} steps")
    return tuple(_parse_step(name, word) for word in words)


def _parse_step(name: str, word: str) -> Manipulation:
    kind, *parts = word.split(":")
    if kind not in manipulate.REGISTRY:
        known = ", ".join(manipulate.REGISTRY)
        raise InvalidValue(name, word, f"begin each step with one of {known}")
    cls = manipulate.REGISTRY[kind]
    declared = [field.name for field in dataclasses.fields(cls)]
    fields: dict[str, Any] = {}
    for part in parts:
        field, equals, value = part.rpartition("=")
        field = field if equals else "strength"
        if field not in declared:
            raise InvalidValue(name, word, f"field of {kind}: choose one of {', '.join(declared)}")
        numeric = field in ("strength", "layer", *cls.counts)
        fields[field] = _number(name, word, value) if numeric else value
    try:
        return manipulate.make(kind, **fields)
    except InvalidValue as problem:
        raise InvalidValue(name, word, f"{problem.field}: {problem.allowed}") from problem


def _number(name: str, word: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidValue(name, word, "write a step as name:strength") from None


def chain_parameter(name: str, label: str, default: Chain = (), words: str = "") -> Parameter:
    """A parameter whose value is a sequence of manipulations."""
    return Parameter(
        name, label, CODED, default, words, codec=Codec(parse_chain, format_chain, True)
    )
