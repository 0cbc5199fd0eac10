"""What a manipulation declares: enough for its control, its address, its cache key and its tests.

To add one, write one file in this folder with a frozen dataclass derived from
[`Manipulation`][] and add it to the registry in `__init__.py`; everything else follows.
"""

from __future__ import annotations

import abc
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from jaxtyping import Float

from dissociation.core.draws import Key
from dissociation.core.networks.network import Network
from dissociation.core.validation import (
    InvalidValue,
    check_choice,
    check_integer,
    check_number,
    set_frozen,
)

ALL_INPUTS = "all inputs"
#: Widest hidden layer a manipulation may make.
MAX_WIDTH = 8192


@dataclass(frozen=True)
class Strength:
    """The one number that says how far a manipulation goes.

    - `low`, `high`, `default`: allowed range, ends included.
    - `symbol`: as in the formula; `unit`: what one unit of it is.
    - `log`: whether a slider should be logarithmic.
    - `integer`: whether only whole numbers make sense.
    - `sweep`: strengths that show the whole of its effect, ascending.
    """

    symbol: str
    unit: str
    low: float
    high: float
    default: float
    log: bool = False
    integer: bool = False
    sweep: tuple[float, ...] = ()


@dataclass(frozen=True)
class Option:
    """A further choice of a manipulation or a measure: its words, and what each means.

    - `own`: which texts are choices of a visitor's own, if there may be such.
    - `help`: what it is about, in a sentence.
    """

    label: str
    choices: dict[str, str]
    own: Callable[[object], bool] | None = None
    help: str = ""

    def check(self, field: str, value: object) -> str:
        """**Returns:** the value. **Raises:** `InvalidValue` unless it is one of the choices."""
        if self.own is not None and isinstance(value, str) and self.own(value):
            return value
        return check_choice(field, value, tuple(self.choices))


@dataclass(frozen=True)
class Count:
    """An option that is a whole number: its allowed range and what it means.

    - `help`: what it is about, in a sentence.
    """

    low: int
    high: int
    meaning: str
    help: str = ""

    def check(self, field: str, value: object) -> int:
        """**Returns:** the number. **Raises:** `InvalidValue` unless it is in the range."""
        return check_integer(field, value, self.low, self.high)


@dataclass(frozen=True)
class Manipulation(abc.ABC):
    """A rewrite of a network's weights around one hidden layer.

    Fields of every manipulation:

    - `strength`: within the declared [`Strength`][].
    - `layer`: hidden layer 1 (between W1 and W2) or 2 (between W2 and W3).

    Declarations (class attributes): `name` for addresses, `label` for people, `rule` and `about`
    to explain it, `strength_range`, `layers` where it makes sense, `options` for further fields,
    `exact_on` for the inputs on which it leaves the function unchanged, `cite`, `look` for the
    colour (`#RRGGBB`), dash and symbol of its curves, none of which another has alike, and
    `version`, to be raised when a change to the code changes weights.

    **Raises:** `InvalidValue` if a field lies outside what is declared.
    """

    strength: float
    layer: int = 2

    name: ClassVar[str]
    label: ClassVar[str]
    rule: ClassVar[str]
    about: ClassVar[str]
    cite: ClassVar[str]
    version: ClassVar[int] = 1
    look: ClassVar[tuple[str, str, str]]
    #: Whether every row of weights is a multiple of one that was there, and so is held only once.
    multiplies_rows: ClassVar[bool] = False
    strength_range: ClassVar[Strength]
    layers: ClassVar[tuple[int, ...]] = (1, 2)
    options: ClassVar[dict[str, Option]] = {}
    counts: ClassVar[dict[str, Count]] = {}

    def __post_init__(self) -> None:
        declared = self.strength_range
        field = f"strength of {self.name}"
        strength = check_number(field, self.strength, declared.low, declared.high, declared.unit)
        if declared.integer:
            strength = check_integer(field, strength, int(declared.low), int(declared.high))
        layer = check_integer(f"layer of {self.name}", self.layer, 1, 2)
        if layer not in self.layers:
            allowed = "choose one of " + ", ".join(map(str, self.layers))
            raise InvalidValue(f"layer of {self.name}", layer, allowed)
        set_frozen(self, strength=float(strength), layer=layer)
        for field, option in self.options.items():
            option.check(f"{field} of {self.name}", getattr(self, field))
        for field, count in self.counts.items():
            set_frozen(
                self, **{field: count.check(f"{field} of {self.name}", getattr(self, field))}
            )

    @property
    def exact_on(self) -> str:
        """The inputs on which the function stays exactly the same."""
        return ALL_INPUTS

    @property
    def exact_everywhere(self) -> bool:
        """Whether the function stays the same on every input there is."""
        return self.exact_on == ALL_INPUTS

    @abc.abstractmethod
    def apply(self, network: Network, *, key: Key) -> Network:
        """The rewritten network.

        **Arguments:**

        - `network`: float32 weights; not changed.
        - `key`: a JAX key for the random draws, if there are any.
        """

    def widened(self, width: int) -> int:
        """Neurons the manipulated layer will have, if it now has `width`."""
        return width

    def canonical(self) -> dict[str, Any]:
        """Plain values that determine the rewrite, for files and addresses."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"name": self.name, **values}

    def identity(self) -> dict[str, Any]:
        """The same with the version of the code, for digests."""
        # The first versions are not named, as results of theirs were kept without.
        return {**self.canonical(), **({"version": self.version} if self.version > 1 else {})}

    def describe(self) -> str:
        """The label with its strength, for legends."""
        return f"{self.label} ({self.describe_strength()})"

    def describe_strength(self) -> str:
        """The strength alone, such as `α = 20`."""
        return f"{self.strength_range.symbol} = {self.strength:g}"


def around(
    network: Network, layer: int
) -> tuple[Float[Any, "hidden inputs"], Float[Any, "outputs hidden"]]:
    """Incoming weights `(hidden, in)` and outgoing weights `(out, hidden)` of a hidden layer."""
    return (network.w1, network.w2) if layer == 1 else (network.w2, network.w3)


def with_layer(
    network: Network,
    layer: int,
    w_in: Float[Any, "hidden inputs"],
    w_out: Float[Any, "outputs hidden"],
) -> Network:
    """The network with other weights around one hidden layer."""
    if layer == 1:
        return Network(w_in, w_out, network.w3)
    return Network(network.w1, w_in, w_out)
