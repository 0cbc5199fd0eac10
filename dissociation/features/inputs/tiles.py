"""Small images in rows: crisp, on the colours of the theme, each with words for who cannot see it.

They are inline PNGs rather than charts, so that they wrap on a phone and a screen reader finds
every one.
"""

from __future__ import annotations

import base64
import html
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SIDE = 28
#: Okabe and Ito's blue and vermilion: below and above zero, told apart by colour-blind eyes too.
BELOW, ABOVE = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)
STYLE = """
<style>
.lab-rows { columns: 2 28rem; column-gap: 2rem; }
.lab-row { display: grid; grid-template-columns: var(--lab-head, 2rem) 1fr; gap: .6rem;
  align-items: center; break-inside: avoid; padding-bottom: 4px; }
.lab-head { font-weight: 600; line-height: 1.25; }
.lab-head small { display: block; font-weight: 400; opacity: .85; }
.lab-tiles { display: flex; flex-wrap: wrap; gap: 2px; margin: 0; }
.lab-tile { margin: 0; width: var(--lab-tile, 42px); }
.lab-tile img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated;
  border-radius: 2px; box-shadow: 0 0 0 1px color-mix(in srgb, currentColor 30%, transparent); }
.lab-tile figcaption { font-size: .8rem; line-height: 1.3; margin-top: .3rem; color: inherit; }
.lab-scale { display: flex; align-items: center; gap: .6rem; font-size: .85rem;
  margin: .8rem 0 .2rem; }
.lab-scale i { width: 12rem; max-width: 40vw; height: .7rem; border-radius: 2px;
  background: linear-gradient(90deg, rgb(0 114 178), rgb(0 114 178 / 0), rgb(213 94 0 / 0),
  rgb(213 94 0)); box-shadow: 0 0 0 1px color-mix(in srgb, currentColor 30%, transparent); }
@media (max-width: 640px) {
  .lab-tile { width: var(--lab-tile-narrow, 28px); }
  .lab-row.lab-wide { grid-template-columns: 1fr; gap: .25rem; margin-bottom: .5rem; }
}
</style>
"""


@dataclass(frozen=True)
class Tile:
    """One small image: its PNG, its words for those who cannot see it, and a caption."""

    png: bytes
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Row:
    """Tiles that belong together, with a heading and a smaller line below it."""

    head: str
    note: str
    tiles: Sequence[Tile]


def png(pixels: np.ndarray) -> bytes:
    """A PNG of `(h, w)` grey or `(h, w, 4)` red-green-blue-opacity uint8 values."""
    height, width = pixels.shape[:2]
    kind = 0 if pixels.ndim == 2 else 6
    # Each line begins with its filter; 0 is none.
    lines = np.pad(pixels.reshape(height, -1), ((0, 0), (1, 0)))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines.tobytes())),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def grey(image: np.ndarray) -> np.ndarray:
    """`(28, 28, 4)` picture of 784 pixels: 0 black, 1 white; bluer below 0, redder above 1."""
    values = np.asarray(image, np.float32).reshape(SIDE, SIDE, 1)
    shade = np.clip(values, 0, 1) * 255
    under, over = np.clip(-values, 0, 1), np.clip(values - 1, 0, 1)
    # A lighter blue than BELOW: it has to show on black.
    color = shade + under * np.array((86, 180, 233)) + over * (np.array(ABOVE) - 255)
    return np.concatenate([color, np.full_like(color[..., :1], 255)], 2).round().astype(np.uint8)


def diverging(vector: np.ndarray, limit: float) -> np.ndarray:
    """`(28, 28, 4)` picture of 784 signed values: blue below zero, vermilion above, clear at zero.

    Opacity carries the size, so zero is the page's own background in the light and dark theme.
    """
    values = np.asarray(vector, np.float32).reshape(SIDE, SIDE, 1) / (limit or 1.0)
    color = np.where(values < 0, np.array(BELOW), np.array(ABOVE))
    opacity = np.clip(np.abs(values), 0, 1) * 255
    return np.concatenate([color, opacity], 2).round().astype(np.uint8)


def _tile_html(tile: Tile) -> str:
    source = base64.b64encode(tile.png).decode()
    alt = html.escape(tile.alt)
    caption = f"<figcaption>{html.escape(tile.caption)}</figcaption>" if tile.caption else ""
    image = f'<img src="data:image/png;base64,{source}" alt="{alt}" title="{alt}">'
    return f'<figure class="lab-tile">{image}{caption}</figure>'


def tiles_html(tiles: Sequence[Tile], size: int, narrow: int) -> str:
    """Tiles that wrap, `size` pixels wide, or `narrow` on phones."""
    inner = "".join(map(_tile_html, tiles))
    style = f"--lab-tile:{size}px;--lab-tile-narrow:{narrow}px"
    return f'<div class="lab-tiles" style="{style}">{inner}</div>'


def rows_html(rows: Sequence[Row], *, head: str = "2rem", size: int = 42) -> str:
    """Rows of tiles, in as many columns as fit; `head` is the width of the headings."""
    wide = " lab-wide" if any(row.note for row in rows) else ""
    parts = [
        f'<div class="lab-row{wide}"><div class="lab-head">{html.escape(row.head)}'
        + (f"<small>{html.escape(row.note)}</small>" if row.note else "")
        + f"</div>{tiles_html(row.tiles, size, 28)}</div>"
        for row in rows
    ]
    columns = ";columns:1" if len(rows) == 1 else ""
    return f'<div class="lab-rows" style="--lab-head:{head}{columns}">{"".join(parts)}</div>'


def scale_html(low: str, middle: str, high: str) -> str:
    """The colour scale of signed values: what its two ends and its centre mean."""
    return (
        f'<div class="lab-scale"><span>{low}</span><i role="img" aria-label="Colour scale: blue '
        f'below zero, clear at {middle}, vermilion above"></i><span>{high}</span></div>'
    )
