"""What every source comes to: something to compute, to find in the store, and to write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from dissociation.engine.lab import Lab
from dissociation.engine.library import Library


class Part(NamedTuple):
    """Results that are computed together, as they are for a page.

    - `positions`: of the results.
    - `weight`: how much work they are, in a unit of this kind of results.
    - `watch`: starts or finds them; `results`: reads them when the watch is done.
    """

    positions: list[int]
    weight: float
    watch: Callable[[Lab], Any]
    results: Callable[[Any], list[Any]]


class Work(Protocol):
    """Results of one kind.

    - `noun`: what they are, in the plural.
    """

    noun: str

    def names(self) -> list[str]:
        """What they are called, in order."""
        ...

    def parts(self) -> list[Part]:
        """How they are computed."""
        ...

    def stored(self, library: Library) -> list[Any]:
        """Those that are stored completely, in order; `None` where one is not."""
        ...

    def check_csv(self) -> None:
        """**Raises:** `InvalidValue` if they do not fit into one table."""
        ...

    def as_text(self, results: Sequence[Any]) -> str:
        """For a terminal."""
        ...

    def as_csv(self, results: Sequence[Any]) -> str:
        """As a table of values."""
        ...

    def as_json(self, results: Sequence[Any]) -> str:
        """With the complete settings."""
        ...
