"""Questions and answers: what an address or a file asks for, and what is made of the results.

A page, a file that a visitor exports and the command line make the same of the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from dissociation.address.links import Link
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.web.chart.figure import FigureSpec


class NotStored(Exception):
    """Something that an address asks for has not been computed; the message is for visitors."""


class Chart(NamedTuple):
    """What the drawing code of the lab draws.

    - `figures`: one below the other.
    - `traces`: of all of them, as in a snapshot.
    - `alt`: the chart in words.
    """

    figures: tuple[FigureSpec, ...]
    traces: list[dict[str, Any]]
    alt: str


class Report(NamedTuple):
    """What a report says around its chart, as HTML.

    - `about`: above the chart; `caption`: beneath it.
    - `sections`: titles with what stands under them.
    """

    about: str
    caption: str
    sections: dict[str, str]


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


class Question(Protocol):
    """Several results of one kind, in order.

    - `noun`: what they are, in the plural.
    """

    noun: str

    def names(self) -> list[str]:
        """What they are called."""
        ...

    def parts(self) -> list[Part]:
        """How they are computed."""
        ...

    def stored(self, library: Library) -> list[Any]:
        """Those that are stored completely; `None` where one is not."""
        ...

    def check_csv(self) -> None:
        """**Raises:** `InvalidValue` if they do not fit into one table."""
        ...

    def answer(self, results: Sequence[Any]) -> Answer:
        """What is made of complete results."""
        ...


class Answer(Protocol):
    """Complete results, and what is made of them.

    - `file_name`: of all files, without their endings.
    """

    @property
    def file_name(self) -> str:
        """See above."""
        ...

    def text(self) -> str:
        """For a terminal."""
        ...

    def csv(self) -> str:
        """The values as a table."""
        ...

    def json(self, **about: Any) -> str:
        """The values with the complete settings that they come from, and `about` before them."""
        ...

    def script(self, address: str) -> str:
        """A few lines of Python that compute the values of an address again from nothing.

        Settings stand in it as JSON, so that nothing in them is code.
        """
        ...

    def chart(self, link: Link) -> Chart:
        """The chart of the page."""
        ...

    def report(self, link: Link) -> Report:
        """All that explains the chart."""
        ...
