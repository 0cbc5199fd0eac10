"""Parts of a report: safe as HTML, and settings that are read back however many there are."""

from __future__ import annotations

import json
from html import unescape

import pandas as pd
import pytest

from dissociation.web.export.html import FULL, bullets, paragraph, settings, table

HOSTILE = '<script>alert("&")</script>'


@pytest.mark.parametrize("count", [1, FULL, FULL + 1])
def test_settings_are_json(count):
    descriptions = [{"name": HOSTILE, "strength": 1.5 * place} for place in range(count)]
    text = settings("/Map?α=1", "contrasts", descriptions)
    assert "<script" not in text
    read = json.loads(unescape(text.removeprefix("<pre>").removesuffix("</pre>")))
    assert read == {"address": "/Map?α=1", "contrasts": descriptions}
    # Many would fill pages with a line a field.
    assert (len(text.splitlines()) > 2 * count) == (count <= FULL)


def test_nothing_in_a_report_is_code():
    frame = pd.DataFrame([{HOSTILE: HOSTILE}])
    for text in (paragraph(HOSTILE, HOSTILE), bullets([HOSTILE]), table(frame, wide=True)):
        assert "<script" not in text and "&lt;script&gt;" in text
