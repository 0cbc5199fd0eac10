"""One typed parameter of a page: its name in the address, its type, its limits and its words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from dissociation.core.validation import InvalidValue, check_choice, check_integer, check_number

NUMBER, INTEGER, CHOICE = "number", "integer", "choice"
CHOICES, RANGE, FLAG, CODED = "choices", "range", "flag", "coded"
#: Longest text of one parameter in an address.
MAX_TEXT = 2_000


class Codec(NamedTuple):
    """How a value of a kind of its own is read from an address and written into it.

    - `parse(name, text)`: the value. **Raises:** `InvalidValue` with that name.
    - `format(value)`: the text; `parse` gives the value back.
    - `listed`: whether texts joined by commas are read as one list.
    """

    parse: Callable[[str, str], Any]
    format: Callable[[Any], str]
    listed: bool = False


class Need(NamedTuple):
    """What another parameter must say for this one to count.

    - `name`: of the other; `words`: one of these, or, if empty, anything at all.
    - `implied`: whether an address that leaves the other out means the first of these words.
    """

    name: str
    words: tuple[str, ...] = ()
    implied: bool = False

    def met(self, values: Mapping[str, Any]) -> bool:
        """Whether it does among these values."""
        value = values[self.name]
        if not self.words:
            return bool(value)
        chosen = value if isinstance(value, list) else [value]
        return any(word in self.words for word in chosen)

    def __str__(self) -> str:
        return f"{self.name} = {' or '.join(self.words)}" if self.words else f"“{self.name}”"


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
    - `needs`: what others must say, all of it, for this one to make any difference.
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
    needs: tuple[Need, ...] = ()

    @property
    def listed(self) -> bool:
        """Whether its value is a list, so that an address may give it in several parts."""
        return self.kind == CHOICES or (self.codec is not None and self.codec.listed)

    def counts(self, values: Mapping[str, Any]) -> bool:
        """Whether it makes any difference beside the other values of its page."""
        return all(need.met(values) for need in self.needs)

    def unmet(self, values: Mapping[str, Any]) -> str:
        """What others would have to say for it to make a difference, in words."""
        return " and ".join(str(need) for need in self.needs if not need.met(values))

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


def implied(known: Mapping[str, Parameter], given: Iterable[str]) -> dict[str, str]:
    """What an address means by the parameters that it gives, and does not say itself.

    **Arguments:**

    - `known`: parameters by name; `given`: names of the parameters in the address.
    """
    names = set(given)
    needs = (need for name in names for need in known[name].needs)
    return {need.name: need.words[0] for need in needs if need.implied and need.name not in names}


def needing(parameters: Iterable[Parameter], *needs: Need) -> tuple[Parameter, ...]:
    """The same parameters, which count only if these needs are met as well."""
    return tuple(replace(known, needs=(*known.needs, *needs)) for known in parameters)


def short(number: float) -> str:
    """A number as it stands in addresses: the shortest text that reads back as the same."""
    return str(int(number)) if number == int(number) else repr(float(number))
