"""What whoever runs the lab can set: one table of environment variables, with their bounds."""

from __future__ import annotations

import contextlib
import math
import os
from dataclasses import dataclass
from pathlib import Path

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


def machine_memory() -> float:
    """Memory (GiB) of this machine or, where that is less, of the container."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    with contextlib.suppress(OSError, ValueError):
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(limits) / 2**30


MAX_QUEUE = Limit(
    "DISSOCIATION_MAX_QUEUE", 200, 1, 10_000, "jobs", "More than that are refused for the moment."
)
MEMORY = Limit(
    "DISSOCIATION_MEMORY",
    # The other half is for the system and for what others run.
    min(4.0, max(machine_memory() / 2, 1.0)),
    # Less would not hold the lab itself.
    0.75,
    1024.0,
    "GiB",
    "An experiment with which the lab would need more is refused before it starts.",
)
#: All of them, in the order in which they are listed to people.
LIMITS = (MAX_QUEUE, MEMORY)


def check_settings() -> None:
    """**Raises:** `InvalidValue` for the first variable that is not within its range."""
    for limit in LIMITS:
        _ = limit.value
