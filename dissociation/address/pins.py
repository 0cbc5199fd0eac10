"""A pinned curve as text: a condition, then the settings of its page that were not the defaults.

For example `scale:20;width=64;key=5`. It says all that the curve depends on, so it stays the same
curve whatever is changed on the page afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dissociation.address.chains import Chain, format_chain, parse_chain
from dissociation.address.names import TRAINED
from dissociation.address.parameter import CODED, Codec, Parameter, implied
from dissociation.core.validation import InvalidValue


class Pin(NamedTuple):
    """A pinned condition.

    - `steps`: its manipulations, in order.
    - `settings`: texts by name of those parameters that differ from their defaults.
    """

    steps: Chain
    settings: tuple[tuple[str, str], ...] = ()

    def values(self, table: Sequence[Parameter]) -> dict[str, Any]:
        """All values of these parameters as they were when the curve was pinned."""
        given = dict(self.settings)
        return {
            parameter.name: parameter.parse(given[parameter.name])
            if parameter.name in given
            else parameter.default
            for parameter in table
        }


def pin(steps: Chain, values: Mapping[str, Any], table: Sequence[Parameter]) -> Pin:
    """Pins a condition under the present values of the parameters that determine its curve."""
    settings = tuple(
        (parameter.name, parameter.format(values[parameter.name]))
        for parameter in table
        if values[parameter.name] != parameter.default and parameter.counts(values)
    )
    return Pin(tuple(steps), settings)


def pin_parameter(table: Sequence[Parameter]) -> Parameter:
    """The parameter that holds the pinned curve, or `None`.

    **Arguments:**

    - `table`: the parameters that determine a curve of the page.
    """
    known = {parameter.name: parameter for parameter in table}

    def parse(name: str, text: str) -> Pin | None:
        if not text:
            return None
        chain, *parts = text.split(";")
        given: dict[str, Any] = {}
        for part in parts:
            field, _, value = part.partition("=")
            if field not in known:
                raise InvalidValue(name, text, "pin only settings of this page")
            given[field] = known[field].parse(value)
        values = {**{q.name: q.default for q in table}, **implied(known, given), **given}
        for field in given:
            if not known[field].counts(values):
                needs = known[field].unmet(values)
                raise InvalidValue(name, text, f"“{field}” counts only with {needs}")
        steps = () if chain == TRAINED else parse_chain(name, chain)
        return pin(steps, values, table)

    def format_pin(value: Pin | None) -> str:
        if value is None:
            return ""
        settings = (f"{field}={text}" for field, text in value.settings)
        return ";".join([format_chain(value.steps) or TRAINED, *settings])

    return Parameter("pin", "Pinned curve (A)", CODED, None, codec=Codec(parse, format_pin))
