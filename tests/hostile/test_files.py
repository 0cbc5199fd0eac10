"""Pictures and descriptions that somebody gives: refused in a sentence, or sound."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.core.data.motifs import is_own
from dissociation.core.experiment import from_json
from dissociation.core.linear.study import linear_from_json
from dissociation.core.manipulations import make
from dissociation.core.phantom.study import phantom_from_json
from dissociation.core.similarity.comparison import contrast_from_json
from dissociation.core.theory.causes import causes_from_json
from dissociation.core.validation import InvalidValue
from dissociation.python.sources import read_source
from dissociation.web.controls.picture_upload import read_motif

from .catalogue import JSON_TEXTS, VALUES
from .uploads import picture, uploads

#: Where this process keeps its things; none of it is a visitor's business.
_PATHS = re.compile(r"site-packages|/tmp/|/home/|/root|\.py\b|Traceback| line \d+, in ")


def refused_or_sound(name: str, raw: bytes) -> bool:
    try:
        assert is_own(read_motif(name, raw))
        return True
    except InvalidValue as problem:
        told = str(problem)
        assert len(told) < 300 and not _PATHS.search(told.replace(repr(name), ""))
        return False


def test_good_pictures():
    for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP"):
        assert refused_or_sound("x.png", picture(form))


# Nothing that is given here may keep the lab busy for long.
@pytest.mark.timeout(60)
def test_every_upload():
    accepted = [wrong for wrong, given_file in uploads().items() if refused_or_sound(*given_file)]
    assert accepted == []


@given(
    st.sampled_from(["PNG", "GIF", "BMP"]), st.binary(min_size=1, max_size=40), st.integers(0, 999)
)
def test_any_damage(form, junk, place):
    raw = picture(form)
    place %= len(raw)
    refused_or_sound("x.png", raw[:place] + junk + raw[place + len(junk) :])


@given(st.binary(max_size=400))
def test_any_bytes(raw):
    assert not refused_or_sound("x.png", raw)


@pytest.mark.parametrize("number", range(len(JSON_TEXTS)))
def test_descriptions(number, tmp_path):
    file = tmp_path / "given.json"
    file.write_bytes(JSON_TEXTS[number].encode("utf-8", "surrogatepass"))
    with pytest.raises(InvalidValue) as refused:
        read_source(str(file))
    assert len(str(refused.value)) < 500
    assert not _PATHS.search(str(refused.value).replace(str(file)[:50], ""))


@pytest.mark.parametrize(
    "read",
    [from_json, contrast_from_json, phantom_from_json, linear_from_json, causes_from_json],
)
def test_layers_without_end(read):
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(InvalidValue, match="thousands of layers"):
        read(nested)


@pytest.mark.parametrize("text", VALUES["coded"])
def test_any_field_of_a_rewrite(text):
    with pytest.raises(InvalidValue):
        make("scale", **{text: 1.0})
