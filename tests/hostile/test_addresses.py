"""Every hostile value at every parameter of every page, and whole addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labs import Visit

from dissociation.address.links import Link, read_address, read_query
from dissociation.address.pages import PAGES
from dissociation.address.parameter import INTEGER, NUMBER, RANGE, Parameter
from dissociation.address.table import PageTable
from dissociation.core.validation import InvalidValue
from dissociation.web.shell.questions import question_of

from .catalogue import ADDRESSES, NAMES, VALUES

TABLES = list(PAGES.values())
LONGEST = 700


def within_limits(parameter: Parameter, value) -> bool:
    if parameter.kind in (NUMBER, INTEGER):
        return parameter.low <= value <= parameter.high
    if parameter.kind == RANGE:
        return parameter.low <= value[0] < value[1] <= parameter.high
    if isinstance(value, list):
        return set(value) <= set(parameter.choices)
    return True


def use(link: Link) -> None:
    """Asks for everything that the page would ask for."""
    assert isinstance(link.path, str)
    if link.table.measures:
        question_of(link)


def check(table: PageTable, query: dict[str, str]) -> None:
    values, notices = read_query(table, query)
    assert all(len(notice) <= LONGEST and "Traceback" not in notice for notice in notices)
    known = {parameter.name: parameter for parameter in table.parameters}
    for name, value in values.items():
        parameter = known[name]
        assert within_limits(parameter, value)
        assert parameter.parse(parameter.format(value)) == value
    expected = sum(name not in values and name != "v" for name in query)
    assert expected <= len(notices) <= len(query)
    try:
        use(Link(table, {**table.defaults, **values}))
    except InvalidValue as problem:
        assert len(str(problem)) <= LONGEST


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_value_at_every_parameter(table):
    wrong = []
    for parameter in table.parameters:
        for text in VALUES[parameter.kind]:
            try:
                check(table, {parameter.name: text})
            except Exception as problem:
                wrong.append(f"{parameter.name} = {text!r:.60}: {problem!r:.99}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_name(table):
    for name in NAMES:
        check(table, {name: "1"})


@given(st.data())
def test_any_query(data):
    table = data.draw(st.sampled_from(TABLES))
    names = st.sampled_from([parameter.name for parameter in table.parameters]) | st.text()
    kinds = st.sampled_from([text for texts in VALUES.values() for text in texts])
    check(table, data.draw(st.dictionaries(names, kinds | st.text(), max_size=6)))


@given(st.sampled_from(ADDRESSES) | st.text(max_size=200))
def test_any_address(text):
    try:
        link, notices = read_address(text)
    except InvalidValue as problem:
        assert len(str(problem)) <= LONGEST
    else:
        assert all(len(notice) <= LONGEST for notice in notices)
        assert link.table in TABLES


def test_every_address():
    for text in ADDRESSES:
        test_any_address.hypothesis.inner_test(text)


ROUNDS = 10


def _mixture(table: PageTable, turn: int) -> dict[str, str]:
    """Something bad for every parameter at once, another one each turn."""
    query = {}
    for number, parameter in enumerate(table.parameters):
        # An address in UTF-8 cannot carry half a character.
        texts = [text for text in VALUES[parameter.kind] if "\ud800" not in text]
        step = max(1, len(texts) // ROUNDS)
        query[parameter.name] = texts[(turn * step + 7 * number) % len(texts)]
    return query


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_pages_say_so_and_are_drawn(table, lab):
    for turn in range(ROUNDS):
        query = _mixture(table, turn)
        visit = Visit(table.name, query)  # raises if there is an exception on the page
        _, expected = read_query(table, query)
        assert len(visit.notices) >= len(expected) and visit.test.title
        # What is from the address is shown as text: Markdown has every sign of it escaped.
        for warning in visit.test.warning:
            text = warning.value.replace("\\<", "").replace("\\`", "").replace("\\[", "")
            assert not set("<`[") & set(text), warning.value
        for name, parameter in visit.parameters.items():
            assert within_limits(parameter, visit.values[name]), name
        assert not set(visit.query) & {"evil", "__class__"}
