from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labs import Visit
from streamlit.testing.v1 import AppTest

from dissociation.address import parameter as p
from dissociation.address.parameters import strength_parameters
from dissociation.core.manipulations import REGISTRY
from dissociation.web.controls.controls import _shown, log_options, nearby


@st.composite
def logarithmic(draw):
    """A parameter with a logarithmic slider, and a value it has now."""
    low = draw(st.floats(1e-6, 1e3))
    high = draw(st.floats(low * 2, low * 1e6))
    parameter = p.Parameter("x", "X", p.NUMBER, low, "", low, high, True)
    return parameter, draw(st.floats(low, high))


@given(logarithmic())
def test_positions(case):
    parameter, current = case
    options = log_options(parameter, current)
    assert options == sorted(set(options))
    assert options[0] == parameter.low and options[-1] == parameter.high and current in options
    words = [_shown(value) for value in options]
    assert len(set(words)) == len(words), "Streamlit tells positions by their words"


@given(st.integers(1, 100), st.integers(101, 10**6))
def test_positions_of_whole_numbers(low, high):
    parameter = p.Parameter("n", "N", p.INTEGER, low, "", low, high, True)
    options = log_options(parameter, low)
    assert all(type(value) is int for value in options)
    assert options[0] == low and options[-1] == high and options == sorted(set(options))


@pytest.mark.parametrize(
    ("value", "words"),
    [(20.0, "20"), (0.0001, "0.0001"), (1e-6, "1e-06"), (20.000001, "20.000001"), (4096, "4,096")],
)
def test_shown(value, words):
    assert _shown(value) == words


def script():
    from dissociation.address import parameter as p
    from dissociation.address.table import PageTable
    from dissociation.web.controls.controls import control
    from dissociation.web.shell.state import PageState

    long = {"a": "a choice of many words", "b": "another one of many words"}
    table = [
        p.Parameter("few", "Few", p.INTEGER, 2, "words", 1, 9),
        p.Parameter("many", "Many", p.INTEGER, 2, "words", 1, 10**6),
        p.Parameter("rising", "Rising", p.INTEGER, 8, "words", 8, 4096, True),
        p.Parameter("even", "Even", p.NUMBER, 0.5, "words", 0.0, 1.0),
        p.Parameter("log", "Log", p.NUMBER, 0.5, "words", 0.1, 1.0, True),
        p.Parameter("range", "Range", p.RANGE, (0.2, 0.5), "words", 0.1, 1.0, True),
        p.Parameter("choice", "Choice", p.CHOICE, "a", "words", choices=long),
        p.Parameter("choices", "Choices", p.CHOICES, ["a"], "words", choices=long),
        p.Parameter("flag", "Flag", p.FLAG, True, "words"),
    ]
    state = PageState(PageTable("page", "Page", "page.py", tuple(table)))
    for name in state.parameters:
        control(state, name)
    state.write()


@pytest.fixture(scope="module")
def drawn():
    page = AppTest.from_function(script, default_timeout=30).run()
    assert not page.exception
    return page


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("slider", ["few", "even"]),
        ("number_input", ["many"]),
        ("select_slider", ["rising", "log", "range"]),
        ("selectbox", ["choice"]),
        ("button_group", ["choices"]),
        ("toggle", ["flag"]),
    ],
)
def test_kinds(drawn, kind, names):
    widgets = drawn.get(kind)
    assert [widget.key for widget in widgets] == [f"page-{name}" for name in names]
    assert all(widget.help == "words" for widget in widgets if kind != "button_group")


def test_values(drawn):
    assert drawn.slider(key="page-even").value == 0.5
    assert drawn.select_slider(key="page-range").value == (0.2, 0.5)
    assert drawn.selectbox(key="page-choice").value == "a"
    assert drawn.toggle(key="page-flag").value is True


def test_every_chosen_manipulation_has_its_card(lab):
    visit = Visit("robustness", {"show": ",".join(REGISTRY)})
    headings = [text.value for text in visit.test.sidebar.markdown]
    for name, cls in REGISTRY.items():
        assert f"**{cls.label}**" in headings and visit.widget(name) is not None
    visit.widget("show").set_value(["scale"])
    visit.run()
    assert visit.widget("duplicate") is None and visit.widget("scale.layer") is not None


def test_chosen_ones_come_in_the_order_of_the_registry(lab):
    Visit("robustness", {"show": "permute,scale"})
    shown = [[step.name for step in e.manipulations] for e in lab.curves[-1][1:]]
    assert shown == [["scale"], ["permute"]]


@given(data=st.data())
def test_nearby_are_the_next_positions_of_the_slider(data):
    strengths = [q for q in strength_parameters(REGISTRY) if q.name in REGISTRY]
    parameter = data.draw(st.sampled_from(strengths))
    if parameter.log:
        value = data.draw(st.sampled_from(log_options(parameter)))
    else:
        value = data.draw(st.sampled_from([parameter.low, parameter.default, parameter.high]))
    reach = data.draw(st.integers(1, 4))
    found = nearby(parameter, value, reach)
    assert value not in found and 0 < len(found) <= 2 * reach
    assert all(parameter.low <= other <= parameter.high for other in found)
    assert parameter.kind != p.INTEGER or all(type(other) is int for other in found)
    if parameter.log:
        options = log_options(parameter, value)
        steps = [abs(options.index(other) - options.index(value)) for other in found]
        assert steps == sorted(steps) and steps[0] == 1
