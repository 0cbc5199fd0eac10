from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from dissociation.features.inputs import tiles


def decoded(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        return np.asarray(image)


SHAPES = st.sampled_from([(1, 1), (28, 28), (3, 7), (28, 28, 4), (1, 5, 4)])


@given(SHAPES.flatmap(lambda shape: arrays(np.uint8, shape)))
def test_png_is_read_back_by_others(pixels):
    np.testing.assert_array_equal(decoded(tiles.png(pixels)), pixels)


def test_grey_scale():
    values = np.zeros(784, np.float32)
    values[:6] = [0, 1, 0.5, -1, 2, 99]
    picture = tiles.grey(values)
    assert picture.shape == (28, 28, 4) and picture.dtype == np.uint8
    assert (picture[..., 3] == 255).all()
    black, white, middle, below, above, far = picture[0, :6, :3]
    assert not black.any() and (white == 255).all() and (middle == 128).all()
    assert below[2] > below[0], "blue below 0"
    assert tuple(above) == tuple(far) == tiles.ABOVE, "vermilion above 1"


@given(
    st.lists(st.floats(-10, 10, width=32, allow_subnormal=False), max_size=30),
    st.floats(0.125, 20),
)
def test_diverging(values, limit):
    vector = np.zeros(784, np.float32)
    vector[: len(values)] = values
    picture = tiles.diverging(vector, limit).reshape(784, 4)
    opacity = np.clip(np.abs(vector) / limit, 0, 1) * 255
    np.testing.assert_allclose(picture[:, 3], opacity, atol=0.51)
    seen = picture[:, 3] > 0
    assert (picture[seen & (vector < 0), :3] == tiles.BELOW).all()
    assert (picture[seen & (vector > 0), :3] == tiles.ABOVE).all()
    # Opposite signs are opposite colours of equal strength.
    opposite = tiles.diverging(-vector, limit).reshape(784, 4)
    np.testing.assert_array_equal(opposite[:, 3], picture[:, 3])


def test_diverging_of_nothing_is_clear():
    assert not tiles.diverging(np.zeros(784), 0.0)[..., 3].any()


class Reader(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


HOSTILE = '"><script>alert(1)</script>&amp;'


def test_words_are_escaped():
    tile = tiles.Tile(b"png", HOSTILE, HOSTILE)
    page = Reader(tiles.rows_html([tiles.Row(HOSTILE, HOSTILE, [tile])]))
    assert not page.open and "script" not in [tag for tag, _ in page.tags]
    (image,) = [attributes for tag, attributes in page.tags if tag == "img"]
    assert image["alt"] == image["title"] == HOSTILE


@pytest.mark.parametrize("count", [0, 1, 5])
def test_every_image_has_words(count):
    made = [tiles.Tile(b"png", f"number {i}") for i in range(count)]
    images = [a for tag, a in Reader(tiles.tiles_html(made, 42, 28)).tags if tag == "img"]
    assert [image["alt"] for image in images] == [f"number {i}" for i in range(count)]


def test_style_names_every_class_in_use():
    rows = tiles.rows_html([tiles.Row("head", "note", [tiles.Tile(b"", "alt", "caption")])])
    used = set(re.findall(r'class="([^"]*)"', rows + tiles.scale_html("a", "0", "b")))
    for name in {word for words in used for word in words.split()}:
        assert f".{name}" in tiles.STYLE
    assert "pixelated" in tiles.STYLE
