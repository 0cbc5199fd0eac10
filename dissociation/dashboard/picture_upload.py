"""A visitor's own picture for a phantom: read, checked, and made a small grey motif."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import streamlit as st

from dissociation import motifs
from dissociation.dashboard.panels import guard
from dissociation.dashboard.state import PageState
from dissociation.errors import InvalidValue

TYPES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP", "bmp": "BMP"}
MAX_BYTES = 2_000_000
#: Pixels a side.
SMALLEST, LARGEST = 8, 4_096
#: Greys that are set to black and to white, as shares of all.
_DARKEST, _LIGHTEST = 0.01, 0.99


def read_motif(name: str, raw: bytes) -> str:
    """The text of the motif that a file's picture gives.

    The picture is cut to its central square, made grey and small, and spread over all greys.

    **Arguments:**

    - `name`: of the file, for errors; `raw`: what is in it.

    **Raises:** `InvalidValue` if it is of none of the [`TYPES`][], too large, too small, or of one
    grey throughout.
    """
    from PIL import Image, UnidentifiedImageError

    kinds = ", ".join(sorted(set(TYPES.values())))
    if len(raw) > MAX_BYTES:
        raise InvalidValue("picture", name, f"give a file of at most {MAX_BYTES / 1e6:g} MB")
    try:
        with warnings.catch_warnings():
            # Pillow warns of pictures that unpack to very much; here their size is checked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw), formats=sorted(set(TYPES.values())))
        if not all(SMALLEST <= side <= LARGEST for side in image.size):
            size = "{} x {}".format(*image.size)
            raise InvalidValue(
                "picture", f"{name}, {size}", f"give {SMALLEST} to {LARGEST:,} pixels a side"
            )
        grey = _small_and_grey(image)
    except InvalidValue:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError):
        raise InvalidValue("picture", name, f"give a picture as {kinds}") from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError) as problem:
        # What decoders raise of broken files.
        raise InvalidValue("picture", name, "the file is damaged; save it anew") from problem
    return motifs.encode(grey)


def _small_and_grey(image: Any) -> np.ndarray:
    from PIL import Image

    # What is transparent is white, as on paper.
    rgba = image.convert("RGBA")
    paper = Image.new("RGBA", rgba.size, "white")
    flat = Image.alpha_composite(paper, rgba).convert("L")
    side = min(flat.size)
    left, top = ((length - side) // 2 for length in flat.size)
    square = flat.crop((left, top, left + side, top + side))
    grey = np.asarray(square.resize((motifs.SIDE, motifs.SIDE), Image.Resampling.BOX), float) / 255
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
