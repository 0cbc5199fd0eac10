"""Motifs: small grey pictures for neurons to show, drawn here or a visitor's own.

A motif has 32 × 32 grey values of 16 levels. As a text it is the name of one that is drawn here, or
its 1,024 levels, two a byte, in the alphabet of web addresses: a visitor's picture is then part of
the address, the digest and the file of an experiment like any other setting, and nothing of it is
kept on the server.
"""

from __future__ import annotations

import base64
import re

import numpy as np
from jaxtyping import Float, Float64, Real

from dissociation.core.validation import InvalidValue

SIDE, LEVELS = 32, 16
#: Motifs that are drawn here: name → words.
DRAWN = {"face": "a face", "heart": "a heart", "spiral": "a spiral", "rings": "rings"}
#: 512 bytes in base 64, without padding.
_LENGTH = 683
_CODE = re.compile(rf"[A-Za-z0-9_-]{{{_LENGTH}}}")
#: A picture is drawn at so many points for each of its own, for smooth edges.
_FINER = 8


def is_own(text: object) -> bool:
    """Whether a text is a visitor's own motif, as [`encode`][] writes it."""
    return isinstance(text, str) and _CODE.fullmatch(text) is not None and np.ptp(_decode(text)) > 0


def encode(grey: Real[np.ndarray, " ..."]) -> str:
    """The text of a motif.

    **Arguments:**

    - `grey`: `(32, 32)` values from 0 (black) to 1 (white); rounded to 16 levels.

    **Raises:** `InvalidValue` if it has another shape, other values, or is of one grey throughout.
    """
    if grey.shape != (SIDE, SIDE) or not ((grey >= 0) & (grey <= 1)).all():
        raise InvalidValue("picture", grey.shape, f"give {SIDE} x {SIDE} values from 0 to 1")
    levels = np.round(grey * (LEVELS - 1)).astype(np.uint8).ravel()
    if levels.min() == levels.max():
        raise InvalidValue("picture", "one grey throughout", "give one with light and dark in it")
    packed = (levels[::2] << 4) | levels[1::2]
    return base64.urlsafe_b64encode(packed.tobytes()).decode().rstrip("=")


def _decode(code: str) -> np.ndarray:
    packed = np.frombuffer(base64.urlsafe_b64decode(code + "="), np.uint8)
    levels = np.stack([packed >> 4, packed & 15], axis=1)
    return levels.reshape(SIDE, SIDE) / (LEVELS - 1)


def motif(text: str) -> Float64[np.ndarray, "32 32"]:
    """`(32, 32)` float64 from 0 (black) to 1 (white), the first row on top.

    **Raises:** `InvalidValue` unless it is the name of a motif or an own one.
    """
    if isinstance(text, str) and text in DRAWN:
        # Rounded as an own one would be, so that drawing it again gives the same.
        return np.round(_drawn(text) * (LEVELS - 1)) / (LEVELS - 1)
    if not is_own(text):
        raise InvalidValue("picture", text, "choose one of " + ", ".join(DRAWN) + ", or your own")
    return _decode(text)


def _drawn(name: str) -> Float64[np.ndarray, "_ _"]:
    fine = SIDE * _FINER
    across, down = np.meshgrid(*[(np.arange(fine) + 0.5) / fine * 2 - 1] * 2)
    radius, angle = np.hypot(across, down), np.arctan2(down, across)
    if name == "face":
        eyes = np.hypot(np.abs(across) - 0.34, down + 0.3) < 0.14
        mouth = (np.abs(radius - 0.56) < 0.07) & (down > 0.18)
        white = (radius < 0.92) & ~eyes & ~mouth
    elif name == "heart":
        x, y = across * 1.25, 0.15 - down * 1.25
        white = (x**2 + y**2 - 1) ** 3 < x**2 * y**3
    elif name == "spiral":
        white = (radius < 0.95) & (np.sin(angle + 10 * radius) > 0)
    else:
        white = (radius < 0.95) & (np.sin(16 * radius) > 0)
    return white.reshape(SIDE, _FINER, SIDE, _FINER).mean(axis=(1, 3))


def enlarged(
    grey: Float[np.ndarray, "32 32"], rows: int, columns: int
) -> Float[np.ndarray, "{rows} {columns}"]:
    """A motif with `rows` × `columns` points instead, each the nearest one's grey."""
    down, across = (np.arange(size) * SIDE // size for size in (rows, columns))
    return grey[np.ix_(down, across)]
