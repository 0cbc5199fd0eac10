"""The address, the controls and the memory of a page, kept in step."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labs import PAGES, Visit
from streamlit.testing.v1 import AppTest

from dissociation.web.shell.state import plain


def script():
    import streamlit as st

    from dissociation.address import parameter as p
    from dissociation.address.table import PageTable
    from dissociation.web.controls.controls import control
    from dissociation.web.shell.state import PageState

    words = {"a": "The letter a", "b": "The letter b, which is long", "c": "The letter c"}
    table = [
        p.Parameter("count", "Count", p.INTEGER, 2, "", 1, 9),
        p.Parameter("size", "Size", p.NUMBER, 1.0, "", 0.1, 10.0, True),
        p.Parameter("span", "Span", p.RANGE, (1.0, 10.0), "", 0.1, 100.0, True),
        p.Parameter("word", "Word", p.CHOICE, "a", choices=words),
        p.Parameter("words", "Words", p.CHOICES, ["a"], choices=words),
        p.Parameter("flag", "Flag", p.FLAG, False),
    ]
    state = PageState(PageTable("page", "Page", "page.py", tuple(table)))
    for name in state.parameters:
        if name != st.session_state.get("hide"):
            control(state, name)
    state.show_notices()
    st.session_state["seen"] = state.values()
    st.session_state["count"] = state["count"]
    state.write()
    st.button("Reset", key="page-reset", on_click=state.reset)


DEFAULTS = {
    "count": 2,
    "size": 1.0,
    "span": (1.0, 10.0),
    "word": "a",
    "words": ["a"],
    "flag": False,
}
ADDRESS = {
    "count": "5",
    "size": "2.5",
    "span": "3~30",
    "word": "b",
    "words": "c,b",
    "flag": "yes",
}
MEANT = {
    "count": 5,
    "size": 2.5,
    "span": (3.0, 30.0),
    "word": "b",
    "words": ["c", "b"],
    "flag": True,
}


class Page:
    def __init__(self, query: dict[str, str] | None = None):
        self.test = AppTest.from_function(script, default_timeout=30)
        self.go(query or {})

    def go(self, query: dict[str, str]) -> None:
        """What the browser does with a link, or with Back."""
        self.test.query_params.clear()
        for name, text in query.items():
            self.test.query_params[name] = text
        self.run()

    def run(self) -> None:
        self.test.run()
        assert not self.test.exception, self.test.exception[0].stack_trace

    @property
    def values(self) -> dict:
        return self.test.session_state["seen"]

    @property
    def query(self) -> dict[str, str]:
        found = self.test.query_params.items()
        texts = {name: text if isinstance(text, str) else text[-1] for name, text in found}
        assert texts.pop("v", "1") == "1"
        return texts


def test_defaults():
    page = Page()
    assert page.values == DEFAULTS and page.query == {}


def test_the_address_wins_on_arrival():
    page = Page(ADDRESS)
    assert page.values == MEANT and page.query == ADDRESS


def test_it_stays_so():
    page = Page(ADDRESS)
    page.run()
    page.run()
    assert page.values == MEANT and page.query == ADDRESS


def test_a_control_writes_the_address():
    page = Page(ADDRESS)
    page.test.slider(key="page-count").set_value(7)
    page.run()
    assert page.values == {**MEANT, "count": 7} and page.query == {**ADDRESS, "count": "7"}
    page.test.slider(key="page-count").set_value(2)
    page.run()
    assert "count" not in page.query


@pytest.mark.parametrize(
    ("kind", "name", "value", "text"),
    [
        ("slider", "count", 9, "9"),
        ("select_slider", "size", 5.0, "5"),
        ("select_slider", "span", (0.3, 50.0), "0.3~50"),
        ("selectbox", "word", "c", "c"),
        ("button_group", "words", ["b"], "b"),
        ("button_group", "words", [], ""),
        ("toggle", "flag", True, "yes"),
    ],
)
def test_every_kind_of_control(kind, name, value, text):
    page = Page()
    next(w for w in page.test.get(kind) if w.key == f"page-{name}").set_value(value)
    page.run()
    assert page.values == {**DEFAULTS, name: value} and page.query == {name: text}
    page.run()
    assert page.values == {**DEFAULTS, name: value}


def test_back():
    page = Page({"count": "3"})
    page.test.slider(key="page-count").set_value(4)
    page.run()
    page.go({"count": "3"})
    assert page.values == {**DEFAULTS, "count": 3} and page.query == {"count": "3"}


def test_back_to_the_bare_page():
    page = Page()
    page.test.slider(key="page-count").set_value(4)
    page.run()
    page.go({})
    assert page.values == DEFAULTS and page.query == {}


def test_another_link_leaves_nothing_of_the_one_before():
    page = Page(ADDRESS)
    page.go({"word": "c"})
    assert page.values == {**DEFAULTS, "word": "c"}


def test_a_control_just_moved_beats_an_address_that_is_one_step_behind():
    page = Page({"count": "3"})
    page.test.slider(key="page-count").set_value(4)
    page.go({"count": "9"})
    assert page.values["count"] == 4 and page.query == {"count": "4"}


def test_a_hidden_control_keeps_its_value():
    page = Page(ADDRESS)
    page.test.session_state["hide"] = "size"
    for _ in range(3):
        page.run()
    assert page.values == MEANT and page.query == ADDRESS
    page.test.session_state["hide"] = None
    page.run()
    assert page.test.select_slider(key="page-size").value == 2.5


def test_reset():
    page = Page(ADDRESS)
    page.test.button(key="page-reset").click()
    page.run()
    assert page.values == DEFAULTS and page.query == {}


def test_bad_and_unknown_ones_are_told_and_left_out():
    page = Page({"count": "99", "size": "2", "who": "me", "words": "a,z"})
    told = [warning.value.replace("\\", "") for warning in page.test.warning]
    assert len(told) == 3
    assert told[0] == (
        "count = 99.0 cannot be used: give a whole number from 1 to 9. The page uses 2 instead."
    )
    assert "“who”" in told[1] and "choose one of a, b, c" in told[2]
    assert page.values == {**DEFAULTS, "size": 2.0} and page.query == {"size": "2"}


def test_a_notice_outlives_the_script_until_a_control_is_moved():
    page = Page({"count": "99", "size": "2"})
    for _ in range(2):
        page.run()
        assert len(page.test.warning) == 1
    page.test.slider(key="page-count").set_value(4)
    page.run()
    assert not page.test.warning


def test_a_notice_goes_with_a_reset_and_with_another_address():
    page = Page({"count": "99"})
    page.test.button(key="page-reset").click()
    page.run()
    assert not page.test.warning
    page.go({"count": "98"})
    assert len(page.test.warning) == 1
    page.go({"count": "3"})
    assert not page.test.warning


class TestPagesTogether:
    def go(self, visit: Visit, page: str) -> None:
        """What a link in the sidebar does: another page, and no query."""
        visit.page = page
        visit.test.query_params.clear()
        visit.test.switch_page(PAGES[page])
        visit.run()

    def test_each_remembers_its_own(self, lab):
        visit = Visit("robustness", {"scale": "50", "seeds": "3"})
        self.go(visit, "transfer")
        assert visit.query == {} and visit.values["scale"] == 20 and visit.values["seeds"] == 2
        visit.widget("seeds").set_value(4)
        visit.run()
        self.go(visit, "robustness")
        assert visit.query == {"scale": "50", "seeds": "3"} and visit.values["scale"] == 50
        self.go(visit, "transfer")
        assert visit.query == {"seeds": "4"}

    def test_links_to_the_others_carry_their_addresses(self, lab):
        visit = Visit("robustness", {"scale": "50"})
        self.go(visit, "transfer")
        links = {link.proto.label: link.proto for link in visit.test.get("page_link")}
        assert links["Robustness"].query_string == "v=1&scale=50"
        assert links["Inputs"].query_string == links["Transfer"].query_string == ""

    def test_a_link_to_a_page_seen_before_wins_over_its_memory(self, lab):
        visit = Visit("robustness", {"scale": "50"})
        self.go(visit, "inputs")
        visit.page = "robustness"
        visit.test.query_params.clear()
        visit.test.query_params["seeds"] = "3"
        visit.test.switch_page(PAGES["robustness"])
        visit.run()
        assert visit.query == {"seeds": "3"} and visit.values["scale"] == 20


@given(st.text())
def test_plain_changes_nothing_but_backslashes(text):
    assert re.sub(r"\\(.)", r"\1", plain(text), flags=re.DOTALL) == text


@given(st.text(alphabet="*_[]()`<>$:#~|a"))
def test_plain_leaves_no_sign_of_markdown_bare(text):
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_\[\]()`<>$:#~|]", plain(text))
