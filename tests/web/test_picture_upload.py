"""Pictures of all kinds that people upload: the right motif, or a sentence that says what it is."""

from __future__ import annotations

import io
import struct
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from dissociation.core.data import motifs
from dissociation.core.validation import InvalidValue
from dissociation.web.controls import picture_upload
from dissociation.web.controls.picture_upload import ACCEPTED, TYPES, read_motif

# Not its own mirror image, however it is turned.
SPIRAL = motifs.motif("spiral")
ORIENTATION = 0x0112
#: How a picture is stored that stands upright once a viewer has done what its orientation says.
STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.T,
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].T,
    8: lambda upright: np.rot90(upright, -1),
}
LOSSY = 0.2


def wide(levels: int = 255) -> np.ndarray:
    """The spiral in the middle of a wide picture."""
    grey = np.kron(SPIRAL, np.ones((4, 4)))
    return np.round(np.pad(grey, ((0, 0), (31, 31)), constant_values=0.5) * levels)


def image(grey: np.ndarray | None = None) -> Image.Image:
    return Image.fromarray((wide() if grey is None else grey).astype(np.uint8))


def saved(picture: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def enlarged(picture: Image.Image, times: int) -> Image.Image:
    return picture.resize([times * side for side in picture.size], Image.Resampling.NEAREST)


def turned(orientation: int, form: str, times: int = 1, **options) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = image(np.ascontiguousarray(STORED[orientation](wide())))
    large = enlarged(stored.convert("RGB"), times)
    return saved(large, form, exif=exif, **options)


def transparent() -> Image.Image:
    """The spiral drawn in black of some opacity; elsewhere nothing."""
    grey = np.kron(SPIRAL, np.ones((4, 4)))
    clear = image(np.zeros_like(grey)).convert("LA")
    clear.putalpha(image(np.round(255 * (1 - grey))))
    return clear


def sixteen(levels: int) -> Image.Image:
    return Image.fromarray(wide(levels).astype(np.uint16))


def keyed() -> Image.Image:
    """16 bits, the greatest value of which is marked as transparent and drawn as black."""
    grey = np.kron(SPIRAL, np.ones((4, 4)))
    return Image.fromarray(np.where(grey == 1, 0, 1 + 65_534 * grey).astype(np.uint16))


FRAMES = [image(np.roll(wide(), 40 * shift, 1)) for shift in range(3)]
GRAPHICS = {"save_all": True, "append_images": FRAMES[1:], "duration": 100}
FRAMED = {"save_all": True, "append_images": [FRAMES[1].convert("RGB")]}
RGB = image().convert("RGB")
#: What is taken → the file, and by how much a point may differ.
TAKEN = {
    "png": (saved(RGB, "PNG"), 0),
    "grey": (saved(image(), "PNG"), 0),
    "bmp": (saved(RGB, "BMP"), 0),
    "gif": (saved(image(), "GIF"), 0),
    "webp": (saved(RGB, "WEBP", lossless=True), 0),
    "jpeg": (saved(RGB, "JPEG", quality=95), LOSSY),
    "jpeg, progressive": (saved(RGB, "JPEG", quality=95, progressive=True), LOSSY),
    "jpeg, cmyk": (saved(RGB.convert("CMYK"), "JPEG", quality=95), LOSSY),
    "jpeg of several pictures": (saved(RGB, "MPO", quality=95, **FRAMED), LOSSY),
    "16 bits": (saved(sixteen(65_535), "PNG"), 0),
    "12 of 16 bits": (saved(sixteen(4_095), "PNG"), 0),
    "16 bits, one of them transparent": (saved(keyed(), "PNG", transparency=0), 0),
    "palette": (saved(image().quantize(32), "PNG"), 0),
    "grey and transparent": (saved(transparent(), "PNG"), 0),
    "transparent": (saved(transparent().convert("RGBA"), "WEBP", lossless=True), 0),
    "gif, moving": (saved(FRAMES[0], "GIF", **GRAPHICS), 0),
    "webp, moving": (saved(FRAMES[0], "WEBP", lossless=True, **GRAPHICS), 0),
}


@pytest.mark.parametrize("kind", TAKEN)
@pytest.mark.parametrize("name", ["mine.png", "mine.jpg"])
def test_kinds_that_are_taken(kind, name):
    raw, tolerance = TAKEN[kind]
    assert np.abs(motifs.motif(read_motif(name, raw)) - SPIRAL).max() <= tolerance


def test_every_type_that_the_page_offers_is_tried():
    assert {name.partition(",")[0] for name in TAKEN} >= {form.lower() for form in TYPES.values()}
    assert {"jfif", "jpg", "jpeg"} <= set(TYPES)


def test_one_bit():
    black = np.kron(SPIRAL > 0.5, np.ones((4, 4), bool))
    found = motifs.motif(read_motif("a.png", saved(Image.fromarray(black), "PNG")))
    np.testing.assert_array_equal(found, SPIRAL > 0.5)


def test_a_palette_s_transparent_colour_is_white():
    drawn = Image.fromarray(np.kron(SPIRAL > 0.5, np.ones((4, 4))).astype(np.uint8), "P")
    drawn.putpalette([0, 0, 0, 90, 90, 90])
    found = motifs.motif(read_motif("a.png", saved(drawn, "PNG", transparency=1)))
    np.testing.assert_array_equal(found, SPIRAL > 0.5)


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_stands_upright(orientation, form):
    options = {"lossless": True} if form == "WEBP" else {}
    found = motifs.motif(read_motif("a.jfif", turned(orientation, form, **options)))
    assert np.abs(found - SPIRAL).max() <= (LOSSY if form == "JPEG" else 0)


def test_photo_of_a_telephone(monkeypatch):
    """Of 15 megapixels, most are never unpacked."""
    raw = turned(6, "JPEG", times=25, quality=70)
    unpacked = []
    convert = Image.Image.convert
    monkeypatch.setattr(
        Image.Image, "convert", lambda self, *to: unpacked.append(self.size) or convert(self, *to)
    )
    found = motifs.motif(read_motif("IMG_0001.JPG", raw))
    assert np.abs(found - SPIRAL).max() <= LOSSY
    assert unpacked and max(map(max, unpacked)) < 600


def test_large_drawing():
    raw = saved(enlarged(image(), 25), "PNG", compress_level=1)
    np.testing.assert_array_equal(motifs.motif(read_motif("15 megapixels.png", raw)), SPIRAL)


GOOD = saved(RGB, "PNG")
# The head of a PNG of 20,000 x 20,000, with its checksum.
HUGE = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
HUGE += struct.pack(">I", zlib.crc32(HUGE))
PHOTO = saved(RGB, "JPEG")
BOX = b"\0\0\0\x18ftyp%s\0\0\0\0mif1%s" + bytes(400)
SVG = b'<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg"/>'
REFUSED = {
    "heic": (BOX % (b"heic", b"heic"), f"it is a HEIC picture; give one as {ACCEPTED}"),
    "heif": (BOX % (b"mif1", b"heic"), "a HEIC picture"),
    "avif": (BOX % (b"avif", b"avif"), "an AVIF picture"),
    "film": (BOX % (b"qt  ", b"qt  "), "a film"),
    "tiff": (saved(RGB, "TIFF"), "a TIFF"),
    "svg": (SVG, "an SVG drawing"),
    "icon": (saved(RGB, "ICO"), "an icon"),
    "pdf": (b"%PDF-1.7", "a PDF document"),
    "text": (b"not a picture", f"no picture of a known kind; give one as {ACCEPTED}"),
    "nothing": (b"", "no picture"),
    "cut": (PHOTO[: len(PHOTO) // 2], "damaged or cut short"),
    "cut drawing": (GOOD[: len(GOOD) // 2], "damaged or cut short"),
    "400 megapixels": (GOOD[:12] + HUGE + GOOD[33:], "at most 25 megapixels"),
    "81 megapixels": (saved(Image.new("1", (9_000, 9_000)), "PNG"), "at most 25 megapixels"),
    "small": (saved(Image.new("L", (40, 7)), "PNG"), "at least 8 pixels a side"),
    "grey": (saved(Image.new("I;16", (40, 40), 9_000), "PNG"), "light and dark"),
    "many bytes": (GOOD + bytes(16_000_001), "at most 16 MB"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_kinds_that_are_refused(kind):
    raw, words = REFUSED[kind]
    with pytest.raises(InvalidValue, match=words) as caught:
        read_motif("mine.png", raw)
    assert caught.value.field == "picture"


def test_a_class_uploads_at_once(monkeypatch):
    """Each picture may take 200 MB, so not all have their turn at once."""
    now, most, lock = 0, 0, threading.Lock()
    small = picture_upload._small_and_grey

    def counted(picture):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        found = small(picture)
        with lock:
            now -= 1
        return found

    monkeypatch.setattr(picture_upload, "_small_and_grey", counted)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: read_motif("a.png", GOOD), range(8)))
    assert len(found) == 1 and most == 2
