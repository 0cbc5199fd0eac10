"""Whole addresses: written, read back, and met with kind words where they cannot be used."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labs import other_value

from dissociation.address.links import MAX_ADDRESS, Link, curves_of, read_address
from dissociation.address.pages import PAGES
from dissociation.core.manipulations import Permute, Scale
from dissociation.core.validation import InvalidValue
from dissociation.features.bridge.address import candidates_of
from dissociation.features.map.address import points_of


def told(name: str, notices: list[str]) -> bool:
    """Whether a notice names this parameter."""
    return any(notice.startswith((f"“{name}”", f"{name} = ")) for notice in notices)


@pytest.mark.parametrize("page", sorted(PAGES))
@given(st.data())
def test_round_trip(page, data):
    table = PAGES[page]
    changed = data.draw(st.lists(st.sampled_from(table.parameters), unique_by=lambda p: p.name))
    given = {q.name: q.format(other_value(q)) for q in changed}
    query = urlencode({"v": "1", **given})
    link, notices = read_address(f"/{table.title}?{query}")
    known = {parameter.name: parameter for parameter in table.parameters}
    for name, text in given.items():
        in_effect = link.values[name] == known[name].parse(text) and known[name].counts(link.values)
        assert in_effect != told(name, notices)
    for base in ("", "http://127.0.0.1:8501", "https://a.b/lab" if page != "start" else ""):
        assert read_address(base + link.path) == (link, [])
    # As those who copy a link from a page's source have it, and as counters of visitors send it.
    foreign = "utm_source=x&fbclid=1&gclid=2&ref=3&embed=true&embed_options=dark_theme"
    copied = f"{query}&{foreign}".replace("&", "&amp;")
    assert read_address(f"/{table.title}?{copied}") == (link, notices)


#: What is shown of a page's results, or of their number, but not what they are of.
SHOWN = {"axis", "theory", "view", "hide", "lock", "tour", "versus", "up", "sigma", "summary"}
SHOWN |= {"predict", "guess", "revealed", "room", "at", "at_input", "at_budget"}
SHOWN |= {"across", ("causes", "layer"), ("bridge", "compute")}
OF_SEVERAL = {
    "map": lambda values: [point.comparison for point in points_of(values)],
    "bridge": candidates_of,
}


def asked(page: str, values: dict) -> object:
    """What a page computes under these values, or why it cannot."""
    make = OF_SEVERAL.get(page) or PAGES[page].study or PAGES[page].conditions
    try:
        return make(values)
    except InvalidValue as problem:
        return str(problem)


MEASURED = [
    (page, parameter)
    for page, table in PAGES.items()
    for parameter in table.parameters
    if table.measures and not {parameter.name, (page, parameter.name)} & SHOWN
]


@pytest.mark.parametrize("page", sorted({page for page, _ in MEASURED}))
@settings(max_examples=15)
@given(st.data())
def test_whatever_counts_changes_what_is_asked_and_nothing_else_does(page, data):
    table = PAGES[page]
    changed = data.draw(st.lists(st.sampled_from(table.parameters), unique_by=lambda p: p.name))
    values = {**table.defaults, **{q.name: other_value(q) for q in changed}}
    parameter = data.draw(st.sampled_from([q for known, q in MEASURED if known == page]))
    for need in parameter.needs if data.draw(st.booleans(), "with what it needs") else ():
        several = isinstance(values[need.name], list)
        values[need.name] = list(need.words[:1]) if several else need.words[0]
    plans = [
        asked(page, {**values, parameter.name: value})
        for value in (parameter.default, other_value(parameter))
    ]
    assert (plans[0] != plans[1]) == parameter.counts(values)


@pytest.mark.parametrize(
    ("given", "recipe", "ignored"),
    [
        ("width=64", {"recipe": "custom", "width": 64}, []),
        ("rate=0.5&batch=32", {"recipe": "custom", "rate": 0.5, "batch": 32}, []),
        ("epochs=4", {"recipe": "custom"}, []),
        ("recipe=quick&width=64", {}, ["width"]),
        ("recipe=paper&epochs=4", {"recipe": "paper"}, ["epochs"]),
    ],
)
def test_what_is_trained_is_what_the_address_says(given, recipe, ignored):
    link, notices = read_address(f"/Robustness?show=scale&{given}")
    assert link == Link.of("robustness", show=["scale"], **recipe)
    assert [told(name, notices) for name in ignored] == [True] * len(notices)
    (_, condition), _ = curves_of(link)
    trained = condition.experiment.recipe
    if "width" in recipe:
        assert trained.width == 64
    assert ("width" in link.query) == ("width" in recipe)


def test_lists_in_several_parts_are_joined():
    link, notices = read_address(
        "/Robustness?show=scale&show=rescale&compose=scale:3&compose=&compose=permute:1"
    )
    chain = (Scale(3.0), Permute(1.0))
    assert link == Link.of("robustness", show=["scale", "rescale"], compose=chain)
    assert notices == []


def test_of_other_repeated_ones_the_last_counts_and_it_is_said():
    link, notices = read_address("/Robustness?seeds=3&seeds=4&points=7&points=7")
    assert link == Link.of("robustness", seeds=4, points=7)
    assert len(notices) == 1 and "“seeds” 2 times" in notices[0]


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
