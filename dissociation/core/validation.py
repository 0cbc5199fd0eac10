"""The one kind of error a visitor may read.

Raised where the knowledge is: it names the field, the offending value and what would be allowed.
A page shows its text as it is; any other exception is a defect and is logged instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any


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


class NotFinite(InvalidValue):
    """A number has left the range of float32, or is not a number; nothing rests on it.

    Raised where the number arises, because what follows would hide it: of ten logits that are not
    numbers the first counts as the largest, and a network that answers 0 looks like any other.

    **Arguments:**

    - `said`: what happened and what would help, in a sentence.
    """

    def __init__(self, said: str):
        super().__init__("numbers", "not finite", said)
        self.args = (said,)


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


def _number(value: Any) -> Any:
    """The plain number that a value is, or `None`.

    NumPy's scalars, and arrays without axes, are the numbers that they hold; truth values are none.
    """
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        try:
            value = value.item()
        except (TypeError, RuntimeError):
            # JAX is tracing: there is no value yet. Or its buffer is gone.
            return None
    return value if isinstance(value, Real) and not isinstance(value, bool) else None


def is_integer(value: object) -> bool:
    """Whether a value is a whole number by its type; a truth value is not."""
    return isinstance(_number(value), Integral)


def set_frozen(instance: object, **values: object) -> None:
    """Sets fields of a frozen dataclass while it is made: checked, and all of one type.

    Equal experiments must have equal digests, and 20 and 20.0 are equal but not written alike.
    """
    for name, value in values.items():
        object.__setattr__(instance, name, value)


def check_number(field: str, value: object, low: float, high: float, unit: str = "") -> float:
    """Returns `value` as a float, or raises [`InvalidValue`][] unless `low <= value <= high`."""
    allowed = f"give a number from {low:g} to {high:g}" + (f" ({unit})" if unit else "")
    number = _number(value)
    if number is None or not low <= number <= high:
        raise InvalidValue(field, value, allowed)
    return float(number)


def check_integer(field: str, value: object, low: int, high: int) -> int:
    """Returns `value` as an int, or raises [`InvalidValue`][] unless `low <= value <= high`."""
    number = _number(value)
    if number is None or not low <= number <= high or number != int(number):
        raise InvalidValue(field, value, f"give a whole number from {low:,} to {high:,}")
    return int(number)


def check_path(field: str, value: str) -> Path:
    """Returns `value` as a path whose `~` or `~name` is a home folder, or raises `InvalidValue`."""
    if "\0" in value:
        raise InvalidValue(field, value, "no path has a null character")
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise InvalidValue(field, value, "nobody of that name has a home folder here") from None


def check_folder(field: str, value: str) -> Path:
    """As [`check_path`][]; also refuses what is no folder, though one need not be there yet."""
    folder = check_path(field, value)
    if not value or (folder.exists() and not folder.is_dir()):
        raise InvalidValue(field, value, "give a folder")
    return folder


def check_choice(field: str, value: object, choices: Sequence[str]) -> str:
    """Returns `value`, or raises [`InvalidValue`][] unless it is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidValue(field, value, "choose one of " + ", ".join(choices))
    return value


def check_finite(said: str, *values: object) -> None:
    """**Raises:** [`NotFinite`][] with these words unless all numbers of all arrays are finite."""
    import numpy as np

    if not all(np.isfinite(value).all() for value in values):  # type: ignore[call-overload]
        raise NotFinite(said)
