"""Parts of a report as HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd


def paragraph(text: str, quiet: str = "") -> str:
    """A paragraph, with an aside in grey."""
    aside = f' <span class="quiet">{escape(quiet)}</span>' if quiet else ""
    return f"<p>{escape(text)}{aside}</p>"


def bullets(lines: Sequence[str]) -> str:
    """A list."""
    items = "\n".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>"


def table(frame: pd.DataFrame) -> str:
    """A table; numbers to six digits."""
    return frame.to_html(index=False, border=0, float_format=lambda value: f"{value:.6g}")


def settings(values: Any) -> str:
    """Plain values as indented JSON."""
    return f"<pre>{escape(json.dumps(values, indent=1, ensure_ascii=False))}</pre>"
