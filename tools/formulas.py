"""Formulas of the manual as MathML, which browsers show without any script."""

from __future__ import annotations

from typing import Any

from latex2mathml.converter import convert


def formula(source: str, language: str, css_class: str, *_: Any, **__: Any) -> str:
    """A block of LaTeX as a block of MathML, for `pymdownx.superfences`."""
    return f'<div class="{css_class}">{convert(source, display="block")}</div>'
