"""Whole addresses: written, read back, and met with kind words where they cannot be used."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labs import other_value

from dissociation.address.links import MAX_ADDRESS, Link, read_address
from dissociation.address.pages import PAGES
from dissociation.errors import InvalidValue


@pytest.mark.parametrize("page", sorted(PAGES))
@given(st.data())
def test_round_trip(page, data):
    table = PAGES[page]
    changed = data.draw(st.lists(st.sampled_from(table.parameters), unique_by=lambda p: p.name))
    link = Link.of(page, **{parameter.name: other_value(parameter) for parameter in changed})
    for base in ("", "http://127.0.0.1:8501", "https://a.b/lab" if page != "start" else ""):
        assert read_address(base + link.path) == (link, [])


def test_defaults_need_no_query():
    assert [Link.of(page).path for page in ("start", "robustness")] == ["/", "/Robustness"]


def test_the_version_goes_with_every_value():
    query = parse_qs(urlsplit(Link.of("robustness", scale=50.0).path).query)
    assert query == {"v": ["1"], "scale": ["50"]}


def test_what_cannot_be_used_is_told_and_left_out():
    link, notices = read_address("/Robustness?v=9&scale=1e9&who=me&points=12")
    assert link == Link.of("robustness", points=12)
    assert "version 9" in notices[0] and "scale" in notices[1] and "“who”" in notices[2]


@pytest.mark.parametrize(
    "address",
    ["/Nowhere?scale=3", "http://[", "x" * (MAX_ADDRESS + 1), "/etc/passwd", "/Robustness/../a"],
)
def test_no_address_of_this_lab(address):
    with pytest.raises(InvalidValue, match="address"):
        read_address(address)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        link, _ = read_address("/Robustness?" + text)
    except (InvalidValue, ValueError) as problem:
        assert isinstance(problem, InvalidValue)
    else:
        assert link.table.name == "robustness"
