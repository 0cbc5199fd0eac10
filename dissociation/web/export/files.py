"""The kinds of file that a visitor takes home: their words on the page, types and endings."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of file: its words on the page, its type, its ending."""

    label: str
    media_type: str
    ending: str


KINDS: dict[str, Kind] = {
    "csv": Kind("CSV", "text/csv", ".csv"),
    "json": Kind("JSON", "application/json", ".json"),
    "page": Kind("Chart as a page", "text/html", ".html"),
    "report": Kind("Report to print", "text/html", "-report.html"),
    "script": Kind("Python script", "text/x-python", ".py"),
}
