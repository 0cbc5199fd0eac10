"""The Phantom page in a real browser: an uploaded picture, its address, and both charts."""

from __future__ import annotations

import io
import urllib.parse

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from dissociation.core.data import motifs

from .tiny import chart_comes_to, comparison_address, no_exception, wait_for_end

pytestmark = pytest.mark.browser


def test_an_uploaded_picture_is_painted_and_kept_in_the_address(lab, page):
    lab.open(page, comparison_address("/Phantom", draws="1", **{"phantom.layer": "1"}))
    wait_for_end(page)
    chart_comes_to(page, "data.filter((t) => t.type === 'heatmap').length === 9")
    expect(page.get_by_text("neurons were added")).to_be_visible()
    spiral = motifs.motif("spiral")[:, ::-1]
    buffer = io.BytesIO()
    # As a telephone held upright stores it, under the name that Windows gives to JPEG files.
    stored, exif = np.rot90(np.round(spiral * 255).astype(np.uint8)), Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.ascontiguousarray(stored)).save(buffer, "PNG", exif=exif)
    file = {"name": "mine.jfif", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}
    page.locator("input[type=file]").set_input_files(files=[file])
    page.wait_for_function("() => new URLSearchParams(location.search).has('phantom.picture')")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
    assert np.array_equal(motifs.motif(query["phantom.picture"][0]), spiral)
    row, column = 16, int(np.flatnonzero(spiral[16] != motifs.motif("face")[16])[0])
    chart_comes_to(page, f"Math.abs(data[0].z[{row}][{column}] - {spiral[row, column]}) < 0.01")
    wait_for_end(page)
    # The address alone brings it back.
    page.reload()
    chart_comes_to(page, f"Math.abs(data[0].z[{row}][{column}] - {spiral[row, column]}) < 0.01")
    no_exception(page)
