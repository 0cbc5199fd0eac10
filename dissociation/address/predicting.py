"""What of an address is about predicting a curve before it is shown, alone or in a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dissociation.address.names import condition_keys
from dissociation.address.parameter import CODED, FLAG, Codec, Need, Parameter, short, word_codec
from dissociation.address.table import Condition
from dissociation.core.predictions import PLACES
from dissociation.core.validation import InvalidValue, check_number

TAG_LENGTH = 8


class Guess(NamedTuple):
    """A prediction that was handed in.

    - `tag`: the beginning of its question's digest: for any other curve it is no prediction.
    - `errors`: `(PLACES,)` in [0, 1], to a tenth of a percentage point.
    """

    tag: str
    errors: tuple[float, ...]


def _parse_guess(name: str, text: str) -> Guess | None:
    if not text:
        return None
    tag, _, numbers = text.partition(":")
    parts = numbers.split(",")
    hexadecimal = len(tag) == TAG_LENGTH and not set(tag) - set("0123456789abcdef")
    if len(parts) != PLACES or not hexadecimal:
        raise InvalidValue(name, text, f"give a tag and {PLACES} percentages")
    return Guess(tag, check_errors(name, [_percentage(name, part) / 100 for part in parts]))


def _percentage(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if np.isnan(value):
        raise InvalidValue(name, text, "give percentages from 0 to 100")
    return check_number(name, value, 0.0, 100.0)


def check_errors(name: str, values: object) -> tuple[float, ...]:
    """A prediction from outside, as errors in [0, 1] to a tenth of a percentage point.

    **Raises:** `InvalidValue`.
    """
    if not isinstance(values, (list, tuple)) or len(values) != PLACES:
        raise InvalidValue(name, values, f"give {PLACES} errors from 0 to 1")
    return tuple(round(check_number(name, value, 0.0, 1.0), 3) for value in values)


def _format_guess(guess: Guess | None) -> str:
    if guess is None:
        return ""
    return f"{guess.tag}:" + ",".join(short(round(100 * value, 1)) for value in guess.errors)


#: Of a room: no vowels, so no words, and nothing that reads like something else.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ2345679"
CODE_LENGTH = 4
_CONDITION = word_codec("[a-z_]+([+][a-z_]+){0,7}(#[2-9])?", "name a condition of this page")
_CODE = word_codec(
    f"[{ALPHABET}]{{{CODE_LENGTH}}}", f"a room's code has {CODE_LENGTH} letters or digits"
)

PREDICT = Parameter("predict", "Predict before it is shown", CODED, "", codec=_CONDITION)
GUESS = Parameter(
    "guess",
    "Prediction (%)",
    CODED,
    None,
    f"{PLACES} errors over the axis.",
    codec=Codec(_parse_guess, _format_guess),
    needs=(Need(PREDICT.name),),
)
REVEALED = Parameter(
    "revealed", "The predicted curve is shown", FLAG, False, needs=(Need(PREDICT.name),)
)


def typed_code(text: str) -> str:
    """A room's code as it was given out, however it was typed."""
    return text.strip().upper()


def _parse_code(name: str, text: str) -> str:
    # What is refused is shown as it was given.
    try:
        return _CODE.parse(name, typed_code(text))
    except InvalidValue as problem:
        raise InvalidValue(name, text, problem.allowed) from None


ROOM = Parameter(
    "room",
    "Room of a class",
    CODED,
    "",
    codec=Codec(_parse_code, _CODE.format),
)
#: Of every page whose curves can be predicted.
PREDICTING = (PREDICT, GUESS, REVEALED, ROOM)


def predictable(conditions: Sequence[Condition]) -> dict[str, int]:
    """The conditions that can be predicted, by key: all but the reference and the pinned one.

    None where curves are single points.
    """
    if len(conditions[0].experiment.measure.x) < 2:
        return {}
    shown = [n for n, condition in enumerate(conditions) if not condition.mark]
    keys = condition_keys([conditions[n].experiment for n in shown])
    return {key: n for key, n in zip(keys, shown, strict=True) if n > 0}


def target(conditions: Sequence[Condition], values: Mapping[str, Any]) -> int | None:
    """The position of the condition that a page's values want predicted.

    **Returns:** `None` if they name none, or none that can be.
    """
    return predictable(conditions).get(values.get(PREDICT.name, ""))


def uncovered(conditions: Sequence[Condition], values: Mapping[str, Any]) -> list[Condition]:
    """The conditions that may be seen: not the one to be predicted, until it is revealed.

    Nor another of the very same curve, such as the same one pinned.
    """
    position = None if values.get(REVEALED.name) else target(conditions, values)
    if position is None:
        return list(conditions)
    hidden = conditions[position].experiment
    return [condition for condition in conditions if condition.experiment != hidden]
