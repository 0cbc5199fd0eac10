"""Files that somebody may upload as a picture, by what is wrong with them."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image

from .catalogue import SCRIPT, TRAVERSAL

GOOD = "png"


@cache
def picture(form: str, size: tuple[int, int] = (40, 40)) -> bytes:
    """A good picture."""
    noise = np.random.default_rng(0).integers(0, 255, (size[1], size[0]), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).convert("RGB").save(buffer, form)
    return buffer.getvalue()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    width: int, height: int, depth: int = 8, color: int = 0, data: bytes = b"", *more: bytes
) -> bytes:
    """A PNG that says what it likes about itself."""
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    parts = (
        _chunk(b"IHDR", head),
        *more,
        _chunk(b"IDAT", zlib.compress(data)),
        _chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _bmp(width: int, height: int) -> bytes:
    return b"BM" + struct.pack(
        "<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0
    )


def uploads() -> dict[str, tuple[str, bytes]]:
    """What is wrong → name of the file and what is in it."""
    whole = picture("PNG")
    found: dict[str, tuple[str, bytes]] = {
        "empty": ("x.png", b""),
        "one byte": ("x.png", b"\x89"),
        "text": ("x.png", b"not a picture"),
        "html": ("x.png", f"<html>{SCRIPT}</html>".encode()),
        "svg": ("x.svg", f"<svg xmlns='http://www.w3.org/2000/svg'>{SCRIPT}</svg>".encode()),
        "svg as png": ("x.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
        "postscript": ("x.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(x) run"),
        "pdf": ("x.png", b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>endobj"),
        "zip": ("x.png", b"PK\x03\x04" + b"\0" * 60),
        "executable": ("x.png", b"\x7fELF" + b"\0" * 200),
        "pickle": ("x.png", b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R."),
        "npy": ("x.png", b"\x93NUMPY\x01\x00"),
        "xbm": ("x.png", b"#define x_width 40\n#define x_height 40\nstatic char x_bits[] = {0};"),
        "ppm": ("x.png", b"P6\n40 40\n255\n" + b"\0" * 4_800),
        "tiff": ("x.png", picture("TIFF")),
        "ico": ("x.png", picture("ICO")),
        "psd": ("x.png", b"8BPS\0\x01" + b"\0" * 60),
        "polyglot gif and script": ("x.gif", b"GIF89a/*" + b"\0" * 20 + b"*/=1;window.hacked=1"),
        "too many bytes": ("x.png", whole + b"\0" * 16_000_001),
        "bomb, declared": ("x.png", png(60_000, 60_000)),
        "bomb, largest": ("x.png", png(2**31 - 1, 2**31 - 1)),
        "bomb, one row": ("x.png", png(2**20, 8)),
        "bomb, compressed": ("x.png", png(5_000, 5_000, data=b"\0" * 25_005_000)),
        "bomb, bmp": ("x.bmp", _bmp(2**30, 2**30)),
        "no width": ("x.png", png(0, 40)),
        "no height": ("x.png", png(40, 0)),
        "negative bmp": ("x.bmp", _bmp(-40, -40)),
        "too small": ("x.png", picture("PNG", (7, 40))),
        "too large": ("x.png", png(5_001, 5_000)),
        "odd depth": ("x.png", png(40, 40, depth=3)),
        "odd color": ("x.png", png(40, 40, color=9)),
        "palette missing": ("x.png", png(40, 40, color=3, data=b"\0" * 1_640)),
        "too little data": ("x.png", png(40, 40, data=b"\0" * 5)),
        "text bomb": (
            "x.png",
            png(40, 40, 8, 0, b"", _chunk(b"zTXt", b"k\0\0" + zlib.compress(b"a" * 70_000_000))),
        ),
        "one grey": ("x.png", png(40, 40, data=b"\0" * 1_640)),
        "transparent": ("x.png", png(40, 40, 8, 4, b"\0" * 3_240)),
        "broken checksum": ("x.png", whole[:40] + b"\xff\xff\xff\xff" + whole[44:]),
    }
    found |= {
        f"name {name!r:.40}": (name, b"not a picture") for name in (*TRAVERSAL, SCRIPT, "x" * 3_000)
    }
    for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP"):
        good = picture(form)
        for share in (0.01, 0.1, 0.3, 0.6, 0.9):
            cut = good[: int(share * len(good))]
            found[f"{form} cut at {share:g}"] = (f"x.{form.lower()}", cut)
        noise = bytearray(good)
        for place in range(12, len(good), 7):
            noise[place] ^= 0x5A
        found[f"{form} with noise"] = (f"x.{form.lower()}", bytes(noise))
    return found
