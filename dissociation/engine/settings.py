"""What whoever runs the lab can set: one table of environment variables, with their bounds."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from dissociation.engine.cluster.address import scheduler_address
from dissociation.errors import InvalidValue


@dataclass(frozen=True)
class Limit:
    """A bound of the lab that an environment variable moves.

    - `variable`: its name; `default`, `low`, `high`: in units of `unit`.
    - `about`: what happens at the bound, in a sentence.
    """

    variable: str
    default: float
    low: float
    high: float
    unit: str
    about: str

    @property
    def value(self) -> float:
        """The bound in force. **Raises:** `InvalidValue` if the variable is not within range."""
        text = os.environ.get(self.variable, "").strip()
        if not text:
            return self.default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high:
            allowed = f"a number from {self.low:g} to {self.high:g} ({self.unit})"
            raise InvalidValue(self.variable, text[:80], allowed)
        return value


MAX_QUEUE = Limit(
    "DISSOCIATION_MAX_QUEUE", 200, 1, 10_000, "jobs", "More than that are refused for the moment."
)
MEMORY = Limit(
    "DISSOCIATION_MEMORY",
    4.0,
    0.25,
    1024.0,
    "GiB",
    "An experiment that would need more is refused before it starts.",
)
SCHEDULER_PATIENCE = Limit(
    "DISSOCIATION_SCHEDULER_PATIENCE",
    10.0,
    1.0,
    600.0,
    "seconds",
    "The lab does without a scheduler that is silent, or without workers, for longer.",
)
#: All of them, in the order in which they are listed to people.
LIMITS = (MAX_QUEUE, MEMORY, SCHEDULER_PATIENCE)


def check_settings() -> None:
    """**Raises:** `InvalidValue` for the first variable that cannot be used."""
    for limit in LIMITS:
        _ = limit.value
    scheduler_address()
