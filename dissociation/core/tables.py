"""A table: what a page, a file and the command line show of the same numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Column:
    """One column.

    - `name`: as in files; `values`: numbers or texts, one a row.
    - `unit`, `words`: what a number is in, and what it is, for people.
    - `form`: how a number is written for people, as for `format`.
    """

    name: str
    values: Sequence[Any] | np.ndarray
    unit: str = ""
    words: str = ""
    form: str = ".4g"

    def written(self) -> list[str]:
        """The values for people; empty where there is none."""
        return [_shown(value, self.form) for value in self.values]


@dataclass(frozen=True)
class Table:
    """Columns of equal length.

    - `title`: in words.
    """

    title: str
    columns: tuple[Column, ...]

    def rows(self) -> Iterator[list[Any]]:
        """The values, row by row."""
        for values in zip(*(column.values for column in self.columns), strict=True):
            yield [_plain(value) for value in values]

    def plain(self) -> dict[str, list[Any]]:
        """The columns by their names, as JSON takes them: `None` for what is not finite."""
        return {
            column.name: [_finite(_plain(value)) for value in column.values]
            for column in self.columns
        }

    def records(self) -> list[dict[str, Any]]:
        """The rows by the names of the columns, as JSON takes them."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, map(_finite, row), strict=True)) for row in self.rows()]

    def as_csv(self) -> str:
        """Comma-separated values with a row of names; empty where there is no number."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        for row in self.rows():
            writer.writerow(["" if _finite(value) is None else value for value in row])
        return text.getvalue()

    def as_text(self) -> str:
        """For a terminal: the columns side by side."""
        written = [[column.name, *column.written()] for column in self.columns]
        wide = [max(map(len, cells)) for cells in written]
        lines = []
        for row in zip(*written, strict=True):
            lines.append("  ".join(map(str.ljust, row, wide)))
        return "\n".join(line.rstrip() for line in lines) + "\n"


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shown(value: Any, form: str) -> str:
    if _finite(_plain(value)) is None:
        return ""
    return value if isinstance(value, str) else format(_plain(value), form)
