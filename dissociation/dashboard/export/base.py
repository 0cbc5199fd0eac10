"""What every file is made of, whatever the page shows."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from dissociation.address.links import Link
from dissociation.dashboard.live_chart import FigureSpec


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


class Export(Protocol):
    """Complete results of one page, from the store, and the files they make."""

    @property
    def link(self) -> Link:
        """The page and its values."""
        ...

    @property
    def file_name(self) -> str:
        """Of all its files, without their endings."""
        ...

    def csv(self) -> str:
        """The values as a table."""
        ...

    def json(self) -> str:
        """The values with the complete settings that they come from."""
        ...

    def script(self) -> str:
        """A few lines of Python that compute the values again from nothing.

        Settings stand in it as JSON, so that nothing in them is code.
        """
        ...

    def chart(self) -> Chart:
        """The chart of the page."""
        ...

    def report(self) -> Report:
        """All that explains the chart."""
        ...
