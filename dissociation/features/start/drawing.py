"""A drawing of the network with the layer that the lab rewrites marked."""

from __future__ import annotations

import streamlit as st

from dissociation.web.chart.palette import looks

_X = (62, 248, 432, 618)
_NAMES = ("784 pixels", "1,024 ReLUs", "1,024 ReLUs", "10 digits")
_UNITS = (7, 6, 6, 5)
_MIDDLE, _GAP = 120, 26


def _ys(count: int) -> list[float]:
    return [_MIDDLE + _GAP * (i - (count - 1) / 2) for i in range(count)]


def _svg() -> str:
    """SVG of 784-1024-1024-10 with hidden layer 2 marked; colours follow the theme's text."""
    marked, plain = looks("scale")[0], looks()[0]
    parts = [
        '<svg viewBox="0 0 680 262" style="width:100%;height:auto;max-height:300px" role="img" '
        'aria-label="A network of 784 inputs, two hidden layers of 1,024 ReLU neurons and 10 '
        "outputs. The second hidden layer is marked: its incoming weights W2 and outgoing weights "
        'W3 are rewritten together so that the outputs stay.">'
    ]
    for left in range(3):
        color = marked if left >= 1 else "currentColor"
        opacity = 0.32 if left >= 1 else 0.16
        for y1 in _ys(_UNITS[left]):
            for y2 in _ys(_UNITS[left + 1]):
                parts.append(
                    f'<line x1="{_X[left]}" y1="{y1}" x2="{_X[left + 1]}" y2="{y2}" '
                    f'stroke="{color}" stroke-opacity="{opacity}"/>'
                )
    parts.append(
        f'<rect x="{_X[2] - 34}" y="{_MIDDLE - 92}" width="68" height="184" rx="16" fill="none" '
        f'stroke="{marked}" stroke-width="2.5" stroke-dasharray="7 5"/>'
    )
    for column, (x, name) in enumerate(zip(_X, _NAMES, strict=True)):
        fill = marked if column == 2 else plain
        for y in _ys(_UNITS[column]):
            parts.append(f'<circle cx="{x}" cy="{y}" r="9" fill="{fill}"/>')
        parts.append(
            f'<text x="{x}" y="250" text-anchor="middle" font-size="21" fill="currentColor">'
            f"{name}</text>"
        )
    for left, name in enumerate(("W1", "W2", "W3")):
        middle = (_X[left] + _X[left + 1]) / 2
        weight = "700" if left >= 1 else "400"
        parts.append(
            f'<text x="{middle}" y="24" text-anchor="middle" font-size="23" font-weight="{weight}" '
            f'fill="currentColor">{name}</text>'
        )
    parts.append("</svg>")
    return "".join(parts)


# An element of its own, because Streamlit's HTML takes no SVG; drawn in the page, not as an image,
# so that its text follows the theme.
_ELEMENT = st.components.v2.component(
    "dissociation_network_drawing", html=_svg(), isolate_styles=False
)


def network_drawing() -> None:
    """Draws the network with the rewritten layer marked."""
    _ELEMENT(key="network-drawing")
