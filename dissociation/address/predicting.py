"""What of an address is about predicting a curve before it is shown, alone or in a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dissociation.address.names import condition_keys
from dissociation.address.parameter import CODED, FLAG, Codec, Parameter, short, word_codec
from dissociation.address.table import Condition
from dissociation.errors import InvalidValue, check_number
from dissociation.predictions import PLACES

Guess = tuple[float, ...]


def _parse_guess(name: str, text: str) -> Guess:
    if not text:
        return ()
    parts = text.split(",")
    if len(parts) != PLACES:
        raise InvalidValue(name, text, f"give {PLACES} percentages, parted by commas")
    return check_guess(name, [_percentage(name, part) / 100 for part in parts])


def _percentage(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if np.isnan(value):
        raise InvalidValue(name, text, "give percentages from 0 to 100")
    return check_number(name, value, 0.0, 100.0)


def check_guess(name: str, values: object) -> Guess:
    """A prediction from outside, as errors in [0, 1] to a tenth of a percentage point.

    **Raises:** `InvalidValue`.
    """
    if not isinstance(values, (list, tuple)) or len(values) != PLACES:
        raise InvalidValue(name, values, f"give {PLACES} errors from 0 to 1")
    return tuple(round(check_number(name, value, 0.0, 1.0), 3) for value in values)


def _format_guess(guess: Guess) -> str:
    return ",".join(short(round(100 * value, 1)) for value in guess)


#: Of a room: no vowels, so no words, and nothing that reads like something else.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ2345679"
CODE_LENGTH = 4
_CONDITION = word_codec("[a-z_]+([+][a-z_]+){0,7}(#[2-9])?", "name a condition of this page")
_CODE = word_codec(f"[{ALPHABET}]{{{CODE_LENGTH}}}", f"a room's code has {CODE_LENGTH} letters")
_SECRET = word_codec("[0-9a-f]{32}", "open the room again from its page")

PREDICT = Parameter("predict", "Predict before it is shown", CODED, "", codec=_CONDITION)
GUESS = Parameter(
    "guess",
    "Prediction (%)",
    CODED,
    (),
    f"{PLACES} errors over the axis.",
    codec=Codec(_parse_guess, _format_guess),
)
REVEALED = Parameter("revealed", "The predicted curve is shown", FLAG, False)
ROOM = Parameter("room", "Room of a class", CODED, "", codec=_CODE)
HOST = Parameter("host", "Whoever opened the room", CODED, "", codec=_SECRET)
#: Of every page whose curves can be predicted.
PREDICTING = (PREDICT, GUESS, REVEALED, ROOM, HOST)


def target(conditions: Sequence[Condition], values: Mapping[str, Any]) -> int | None:
    """The position of the condition that a page's values want predicted.

    **Returns:** `None` if they name none, or none of these but the reference.
    """
    keys = predictable(conditions)
    return keys.get(values.get(PREDICT.name, ""))


def predictable(conditions: Sequence[Condition]) -> dict[str, int]:
    """The conditions that can be predicted, by key: all but the reference and the pinned one."""
    shown = [n for n, condition in enumerate(conditions) if not condition.mark]
    keys = condition_keys([conditions[n].experiment for n in shown])
    return {key: n for key, n in zip(keys, shown, strict=True) if n > 0}


def uncovered(conditions: Sequence[Condition], values: Mapping[str, Any]) -> list[Condition]:
    """The conditions that may be seen: not the one to be predicted, until it is revealed."""
    covered = None if values.get(REVEALED.name) else target(conditions, values)
    return [condition for n, condition in enumerate(conditions) if n != covered]
