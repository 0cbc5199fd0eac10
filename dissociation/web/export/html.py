"""Parts of a report as HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

#: As many descriptions are written with a line a field.
FULL = 12


def paragraph(text: str, quiet: str = "") -> str:
    """A paragraph, with an aside in grey."""
    aside = f' <span class="quiet">{escape(quiet)}</span>' if quiet else ""
    return f"<p>{escape(text)}{aside}</p>"


def bullets(lines: Sequence[str]) -> str:
    """A list."""
    items = "\n".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>"


def table(frame: pd.DataFrame, *, wide: bool = False) -> str:
    """A table; numbers to six digits. `wide`: of so many columns that they are set small."""
    text = frame.to_html(index=False, border=0, float_format=lambda value: f"{value:.6g}")
    return f'<div class="table{" wide" if wide else ""}">{text}</div>'


def settings(address: str, name: str, descriptions: Sequence[Any]) -> str:
    """An address and the complete descriptions of what it shows, as JSON; many take a line each."""
    if len(descriptions) > FULL:
        lines = ",\n".join(f"  {json.dumps(one, ensure_ascii=False)}" for one in descriptions)
        first = json.dumps(address, ensure_ascii=False)
        text = f'{{\n "address": {first},\n "{name}": [\n{lines}\n ]\n}}'
    else:
        text = json.dumps({"address": address, name: descriptions}, indent=1, ensure_ascii=False)
    return f"<pre>{escape(text)}</pre>"
