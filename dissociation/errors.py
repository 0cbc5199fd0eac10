"""The one kind of error a visitor may read.

Raised where the knowledge is: it names the field, the offending value and what would be allowed.
The dashboard shows its text as it is; any other exception is a defect and is logged instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


class InvalidValue(ValueError):
    """A value from outside (URL, file, control, environment) that cannot be used.

    **Arguments:**

    - `field`: the name of the parameter.
    - `value`: what was given; shortened in the message.
    - `allowed`: the allowed range or choices, in words.
    """

    def __init__(self, field: str, value: object, allowed: str):
        self.field = field
        self.value = value
        self.allowed = allowed
        shown = _shown(value)
        if len(shown) > 60:
            shown = shown[:57] + "..."
        super().__init__(f"{field} = {shown} cannot be used: {allowed}.")


class DamagedData(RuntimeError):
    """A file of the data set is missing or holds other data; the message says how to mend it."""


def _shown(value: object) -> str:
    try:
        return repr(value)
    except ValueError:
        # Python refuses to write out integers of thousands of digits.
        return "a number of thousands of digits"
    except RecursionError:
        return "a value of thousands of layers"


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    # An int may be too large for the finiteness check, but not for a comparison.
    return isinstance(value, int) or math.isfinite(value)


def settle(instance: object, **values: object) -> None:
    """Sets fields of a frozen dataclass while it is made: checked, and all of one type.

    Equal experiments must have equal digests, and 20 and 20.0 are equal but not written alike.
    """
    for name, value in values.items():
        object.__setattr__(instance, name, value)


def check_number(field: str, value: object, low: float, high: float, unit: str = "") -> float:
    """Returns `value` as a float, or raises [`InvalidValue`][] unless `low <= value <= high`."""
    allowed = f"give a number from {low:g} to {high:g}" + (f" ({unit})" if unit else "")
    if not _is_number(value) or not low <= value <= high:  # type: ignore[operator]
        raise InvalidValue(field, value, allowed)
    return float(value)  # type: ignore[arg-type]


def check_integer(field: str, value: object, low: int, high: int) -> int:
    """Returns `value` as an int, or raises [`InvalidValue`][] unless `low <= value <= high`."""
    allowed = f"give a whole number from {low:,} to {high:,}"
    if not _is_number(value) or not low <= value <= high:  # type: ignore[operator]
        raise InvalidValue(field, value, allowed)
    if value != int(value):  # type: ignore[call-overload]
        raise InvalidValue(field, value, allowed)
    return int(value)  # type: ignore[call-overload]


def check_choice(field: str, value: object, choices: Sequence[str]) -> str:
    """Returns `value`, or raises [`InvalidValue`][] unless it is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidValue(field, value, "choose one of " + ", ".join(choices))
    return value
