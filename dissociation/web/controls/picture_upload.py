"""A visitor's own picture for a phantom: read, checked, and made a small grey motif."""

from __future__ import annotations

import io
import re
import struct
import threading
import warnings
from typing import Any

import numpy as np
import streamlit as st

from dissociation.core.data import motifs
from dissociation.core.validation import InvalidValue
from dissociation.web.shell.messages import guard
from dissociation.web.shell.state import PageState

TYPES = {
    "png": "PNG",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "jfif": "JPEG",
    "gif": "GIF",
    "webp": "WEBP",
    "bmp": "BMP",
}
_FORMS = sorted(set(TYPES.values()))
ACCEPTED = ", ".join(_FORMS[:-1]) + " or " + _FORMS[-1]
MAX_BYTES = 16_000_000
#: Pixels a side at least, and in all at most: telephones make 12, 16 or 24 million.
SMALLEST, MAX_PIXELS = 8, 25_000_000
_TOO_LARGE = f"give at most {MAX_PIXELS / 1e6:g} megapixels, such as 5,000 x 5,000"
#: Greys that are set to black and to white, as shares of all.
_DARKEST, _LIGHTEST = 0.01, 0.99
#: What decoders raise of broken files.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    TypeError,
    KeyError,
    AssertionError,
    struct.error,
)
#: So many pictures are unpacked at once, up to 200 MB each; the others wait in their own runs.
_AT_ONCE = threading.BoundedSemaphore(2)
#: How files begin that people take for pictures of a kind that is read here.
_OTHERS = {
    "an AVIF picture": rb".{4}ftyp.{0,40}avif",
    "a HEIC picture": rb".{4}ftyp(hei|hev|mif1|msf1)",
    "a film": rb".{4}ftyp|\x1aE\xdf\xa3",
    "a TIFF or raw camera picture": rb"II\*\0|MM\0\*",
    "an SVG drawing": rb"[^<]*(<[?!][^>]*>\s*)*<svg",
    "a PDF document": rb"%PDF",
    "a JPEG XL picture": rb"\xff\x0a|\0{3}\x0cJXL",
    "a JPEG 2000 picture": rb"\xff\x4f\xff\x51|\0{3}\x0cjP",
    "a Photoshop picture": rb"8BPS",
    "an icon": rb"\0\0[\1\2]\0",
}


def read_motif(name: str, raw: bytes) -> str:
    """The text of the motif that a file's picture gives.

    The picture is turned as its EXIF orientation says, cut to its central square, made grey and
    small, and spread over all greys. Of several frames the first is taken, whatever the file is
    called. What is transparent is white, as on paper.

    **Arguments:**

    - `name`: of the file, for errors; `raw`: what is in it.

    **Raises:** `InvalidValue` that names what the file is if it is of none of the [`TYPES`][],
    damaged, too large or too small; or if the picture is of one grey throughout.
    """
    from PIL import Image, UnidentifiedImageError

    if len(raw) > MAX_BYTES:
        raise InvalidValue("picture", name, f"give a file of at most {MAX_BYTES / 1e6:g} MB")
    try:
        with _AT_ONCE, warnings.catch_warnings():
            # Pillow warns of pictures that unpack to very much, whose size is checked here, and of
            # descriptions that are cut short, which say nothing of how it looks.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            with Image.open(io.BytesIO(raw), formats=_FORMS) as image:
                _check_size(name, image.size)
                grey = _small_and_grey(image)
    except InvalidValue:
        raise
    except Image.DecompressionBombError:
        raise InvalidValue("picture", name, _TOO_LARGE) from None
    except UnidentifiedImageError:
        kind = next((k for k, start in _OTHERS.items() if re.match(start, raw[:1_000], re.S)), "")
        what = f"it is {kind}" if kind else "it is no picture of a known kind"
        raise InvalidValue("picture", name, f"{what}; give one as {ACCEPTED}") from None
    except _BROKEN as problem:
        what = "the file is damaged or cut short; save it anew"
        raise InvalidValue("picture", name, what) from problem
    return motifs.encode(_spread(grey))


def _check_size(name: str, size: tuple[int, int]) -> None:
    shown = "{}, {:,} x {:,}".format(name[-20:], *size)
    if min(size) < SMALLEST:
        raise InvalidValue("picture", shown, f"give at least {SMALLEST} pixels a side")
    if size[0] * size[1] > MAX_PIXELS:
        raise InvalidValue("picture", shown, _TOO_LARGE)


def _small_and_grey(image: Any) -> np.ndarray:
    """`(32, 32)` values from 0 to 1."""
    from PIL import Image, ImageOps

    # JPEG is unpacked at an eighth of the size if that is enough, in a fraction of the time.
    image.draft(None, (4 * motifs.SIDE, 4 * motifs.SIDE))
    white = 255
    if image.mode.startswith("I"):
        # 16 bits a pixel, which all other modes would cut off at 255.
        white = 65_535
        clear = image.info.get("transparency")
        image = image.convert("F")
        if clear is not None:
            image.putdata(np.where(np.asarray(image) == clear, white, image).ravel())
    else:
        image = image.convert("RGBA" if image.has_transparency_data else "L")
    side = min(image.size)
    left, top = ((length - side) / 2 for length in image.size)
    size, square = (motifs.SIDE, motifs.SIDE), (left, top, left + side, top + side)
    small = ImageOps.exif_transpose(image.resize(size, Image.Resampling.BOX, square))
    if small.mode == "RGBA":
        paper = Image.new("RGBA", size, "white")
        small = Image.alpha_composite(paper, small).convert("L")
    return np.asarray(small, float) / white


def _spread(grey: np.ndarray) -> np.ndarray:
    dark, light = np.quantile(grey, [_DARKEST, _LIGHTEST])
    if light - dark < 1 / motifs.LEVELS:
        dark, light = grey.min(), grey.max()
    return np.clip((grey - dark) / (light - dark), 0, 1) if light > dark else grey


def picture_upload(state: PageState, name: str) -> None:
    """Where a visitor gives a picture; it becomes the value of a parameter, and so of the address.

    **Arguments:**

    - `name`: of the parameter.
    """
    if state.hidden(name):
        return
    key = f"{state.page}-upload"

    def take() -> None:
        given = st.session_state[key]
        if given is None:
            return
        try:
            state.put(name, read_motif(given.name, given.getvalue()))
        except InvalidValue as problem:
            st.session_state[f"{key}|problem"] = problem

    st.file_uploader(
        "Your own picture",
        type=list(TYPES),
        key=key,
        on_change=take,
        max_upload_size=int(MAX_BYTES / 1e6),
        disabled=state.locked(name),
        help=(
            f"It is made {motifs.SIDE} × {motifs.SIDE} points of {motifs.LEVELS} greys, and is "
            "then part of the page's address; the file itself is not kept."
        ),
    )
    problem = st.session_state.pop(f"{key}|problem", None)
    if problem is not None:
        guard(problem)
