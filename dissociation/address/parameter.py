"""One typed parameter of a page: its name in the address, its type, its limits and its words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dissociation.errors import InvalidValue, check_choice, check_integer, check_number

NUMBER, INTEGER, CHOICE = "number", "integer", "choice"
CHOICES, RANGE, FLAG, CODED = "choices", "range", "flag", "coded"
#: Longest text of one parameter in an address.
MAX_TEXT = 2_000


class Codec(NamedTuple):
    """How a value of a kind of its own is read from an address and written into it.

    - `parse(name, text)`: the value. **Raises:** `InvalidValue` with that name.
    - `format(value)`: the text; `parse` gives the value back.
    """

    parse: Callable[[str, str], Any]
    format: Callable[[Any], str]


def word_codec(pattern: str, allowed: str) -> Codec:
    """Texts that match a pattern as a whole; the empty text stands for none."""

    def parse(name: str, text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise InvalidValue(name, text, allowed)
        return text

    return Codec(parse, str)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a page: its name in the address, its type, its limits and its words.

    - `kind`: number, integer, choice, choices (several), range (two numbers), flag, or coded: of a
        kind of its own, read and written by its `codec`.
    - `low`, `high`: limits of numbers; `choices`: word in the address → words for people.
    - `log`: whether its slider is logarithmic.
    - `own`: which texts are choices of a visitor's own, if there may be such.
    """

    name: str
    label: str
    kind: str
    default: Any
    help: str = ""
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    codec: Codec | None = None
    own: Callable[[object], bool] | None = None

    def parse(self, text: str) -> Any:
        """The value that the address gives. **Raises:** `InvalidValue`, naming what is allowed."""
        if len(text) > MAX_TEXT:
            raise InvalidValue(self.name, text, "give something shorter")
        if self.codec is not None:
            return self.codec.parse(self.name, text)
        if self.kind == CHOICES:
            words = [word for word in text.split(",") if word]
            for word in words:
                check_choice(self.name, word, tuple(self.choices))
            return list(dict.fromkeys(words))
        if self.kind == CHOICE and self.own is not None and self.own(text):
            return text
        if self.kind == CHOICE:
            return check_choice(self.name, text, tuple(self.choices))
        if self.kind == FLAG:
            return check_choice(self.name, text, ("yes", "no")) == "yes"
        if self.kind == RANGE:
            parts = text.split("~")
            if len(parts) != 2:
                raise InvalidValue(self.name, text, "give two numbers as low~high")
            low, high = (self._number(part) for part in parts)
            if low >= high:
                raise InvalidValue(self.name, text, "give the lower number first")
            return (low, high)
        return self._number(text)

    def _number(self, text: str) -> float | int:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isnan(value):
            kind = "a whole number" if self.kind == INTEGER else "a number"
            raise InvalidValue(self.name, text, f"give {kind} from {self.low:g} to {self.high:g}")
        if self.kind == INTEGER:
            return check_integer(self.name, value, int(self.low), int(self.high))
        return check_number(self.name, value, self.low, self.high)

    def format(self, value: Any) -> str:
        """The value as it stands in the address; [`parse`][Parameter.parse] reads it back."""
        if self.codec is not None:
            return self.codec.format(value)
        if self.kind == CHOICES:
            return ",".join(value)
        if self.kind == FLAG:
            return "yes" if value else "no"
        if self.kind == RANGE:
            return "~".join(short(number) for number in value)
        if self.kind in (NUMBER, INTEGER):
            return short(value)
        return str(value)

    def words(self, value: Any) -> str:
        """The value as people read it."""
        if self.kind != CHOICE:
            return self.format(value)
        return self.choices.get(value, value if self.own is None else "your own")


def short(number: float) -> str:
    """A number as it stands in addresses: the shortest text that reads back as the same."""
    return str(int(number)) if number == int(number) else repr(float(number))
