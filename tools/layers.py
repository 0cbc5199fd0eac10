"""Draws which part of the code imports which: `python tools/layers.py` writes `docs/layers.svg`.

A box is a package of a layer; modules of a layer that lie in none share a box with those that rest
on the same packages. Boxes stand above all they import, and arrows that follow from others are left
out. A test holds the picture to the code.
"""

from __future__ import annotations

import sys
import textwrap
from collections import defaultdict
from html import escape
from pathlib import Path
from typing import NamedTuple

import grimp

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "layers.svg"
PACKAGE = "dissociation"
#: From the top to the bottom, each with what it is and its colour.
LAYERS = {
    "cli": ("command line", "#6b6b6b"),
    "features": ("a folder a page", "#aa5500"),
    "web": ("server, charts, controls", "#8a3b8f"),
    "engine": ("store and jobs", "#0a6e5c"),
    "fig4": ("the notebook's names", "#6b6b6b"),
    "address": ("addresses", "#00609c"),
    "core": ("the science", "#a03030"),
}
WIDTH, MARGIN, LETTER, LINE, GAP, BETWEEN = 1_000, 150, 6.6, 15, 14, 34


class Box(NamedTuple):
    """A package, or modules that lie in none: its layer, and what is written in it."""

    layer: str
    lines: tuple[str, ...]

    @property
    def width(self) -> float:
        """In the units of the picture."""
        return max(map(len, self.lines)) * LETTER + 16

    @property
    def height(self) -> float:
        """In the units of the picture."""
        return len(self.lines) * LINE + 10


Imports = dict[Box, set[Box]]


def _lines(names: list[str]) -> tuple[str, ...]:
    """Names in lines of the width of a box."""
    return tuple(textwrap.wrap(", ".join(sorted(names)), 34))


def _reached(start: str, imports: dict[str, set[str]], inside: set[str]) -> set[str]:
    """All that is imported, directly or not, by way of some modules."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = (imports[waiting.pop()] & inside) - found
        found |= new
        waiting += new
    return found


def boxes_of(graph: grimp.ImportGraph) -> Imports:
    """The boxes, and which imports which."""
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    home: dict[str, Box] = {}
    for layer in LAYERS:
        top = f"{PACKAGE}.{layer}"
        inside = {name for name in graph.modules if name.startswith(f"{top}.")}
        packages = {name for name in graph.find_children(top) if graph.find_children(name)}
        package_of = {name: ".".join(name.split(".")[:3]) for name in inside}
        loose: dict[frozenset[str], list[str]] = defaultdict(list)
        for name in inside:
            if package_of[name] in packages:
                home[name] = Box(layer, (package_of[name].split(".")[2],))
            else:
                rests = {package_of[one] for one in _reached(name, imports, inside)} & packages
                loose[frozenset(rests)].append(name)
        for names in loose.values():
            plain = [name.split(".")[2] for name in names]
            shown = (f"{len(plain)} modules",) if len(plain) > 24 else _lines(plain)
            home |= dict.fromkeys(names, Box(layer, shown))
    found: Imports = {box: set() for box in home.values()}
    for name, box in home.items():
        found[box] |= {home[one] for one in imports[name] if one in home} - {box}
    return found


def _below(box: Box, imports: Imports) -> set[Box]:
    return set().union(*({one} | _below(one, imports) for one in imports[box]))


def without_shortcuts(imports: Imports) -> Imports:
    """Arrows that do not follow from others."""
    below = {box: _below(box, imports) for box in imports}
    return {
        box: {one for one in targets if not any(one in below[other] for other in targets)}
        for box, targets in imports.items()
    }


def rows_of(layer: str, imports: Imports) -> list[list[Box]]:
    """The boxes of a layer in rows, each above all of the layer that it imports."""

    def level(box: Box) -> int:
        return max((level(one) + 1 for one in imports[box] if one.layer == layer), default=0)

    rows: dict[int, list[Box]] = defaultdict(list)
    for box in imports:
        if box.layer == layer:
            rows[level(box)].append(box)
    return [sorted(rows[number]) for number in sorted(rows, reverse=True)]


def picture(imports: Imports) -> str:
    """The SVG."""
    bands, texts, places, y = [], [], {}, 10.0
    for layer, (words, color) in LAYERS.items():
        top, y = y, y + 16
        for row in _broken(rows_of(layer, imports)):
            free = WIDTH - MARGIN - sum(box.width for box in row) - GAP * (len(row) - 1)
            x = MARGIN + free / 2
            for box in row:
                places[box] = x, y
                texts.append(_drawn(box, x, y, color))
                x += box.width + GAP
            y += max(box.height for box in row) + BETWEEN
        y += 16 - BETWEEN
        bands.append(
            f'<rect x="6" y="{top:.0f}" width="{WIDTH - 12}" height="{y - top:.0f}" rx="8" '
            f'fill="{color}" fill-opacity=".07"/><text x="18" y="{(top + y) / 2:.0f}" '
            f'fill="{color}" font-weight="bold" font-size="15">{layer}</text>'
            f'<text x="18" y="{(top + y) / 2 + 15:.0f}" fill="{color}">{escape(words)}</text>'
        )
        y += 20
    arrows = [
        _arrow(box, places[box], one, places[one])
        for box, targets in without_shortcuts(imports).items()
        for one in targets
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y - 10:.0f}" '
        'font-family="sans-serif" font-size="12">\n'
        "<title>Which part of the code imports which: every arrow points down</title>\n"
        '<rect width="100%" height="100%" rx="8" fill="#fff"/>\n'
        + "\n".join([*bands, *sorted(arrows), *texts])
        + "\n</svg>\n"
    )


def _broken(rows: list[list[Box]]) -> list[list[Box]]:
    """Rows that are too long for the picture, in two or more."""
    fit: list[list[Box]] = []
    for row in rows:
        fit.append([])
        for box in row:
            if sum(one.width + GAP for one in [*fit[-1], box]) > WIDTH - MARGIN - 10:
                fit.append([])
            fit[-1].append(box)
    return fit


def _drawn(box: Box, x: float, y: float, color: str) -> str:
    lines = "".join(
        f'<text x="{x + box.width / 2:.0f}" y="{y + 17 + LINE * number:.0f}" '
        f'text-anchor="middle" fill="#222">{escape(line)}</text>'
        for number, line in enumerate(box.lines)
    )
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" rx="5" '
        f'fill="#fff" stroke="{color}"/>{lines}'
    )


def _arrow(box: Box, start: tuple[float, float], one: Box, end: tuple[float, float]) -> str:
    x1, y1 = start[0] + box.width / 2, start[1] + box.height
    x2, y2 = end[0] + one.width / 2, end[1]
    bend = max(18, (y2 - y1) / 2)
    color = LAYERS[box.layer][1]
    return (
        f'<path d="M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} '
        f'{x2:.0f} {y2 - 5:.0f}" fill="none" stroke="{color}" stroke-opacity=".55"/>'
        f'<path d="M{x2 - 3.5:.1f} {y2 - 6:.0f}h7l-3.5 6z" fill="{color}"/>'
    )


def drawn() -> str:
    """The picture of the code as it is."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None, exclude_type_checking_imports=True)
    return picture(boxes_of(graph))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PICTURE.write_text(drawn())
