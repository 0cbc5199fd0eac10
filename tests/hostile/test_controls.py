"""Values that no control offers, from a browser that somebody has tampered with."""

from __future__ import annotations

import logging
import math

import pytest
from labs import Visit

from dissociation.address.pages import PAGES
from dissociation.address.predicting import check_errors
from dissociation.core.predictions import PLACES
from dissociation.core.validation import InvalidValue
from dissociation.features.map.page import point_pressed
from dissociation.web.classroom.predicting import Predicting, take_guess

from .catalogue import EVENTS, SCRIPT
from .test_addresses import within_limits

VALUES = {
    "number_input": [10**12, -5, 1e308, 0.5],
    "slider": [10**9, -7, 1e308, math.nan],
    "text_input": ["x" * 5_000, SCRIPT, "\0", "nan"],
    "select_slider": [1e308, -1.0],
}


@pytest.mark.parametrize("table", PAGES.values(), ids=lambda table: table.name)
def test_no_limit_is_passed(table, lab, caplog):
    custom = any(parameter.name == "recipe" for parameter in table.parameters)
    query = {"recipe": "custom"} if custom else {}
    first = Visit(table.name, query)
    turns = max(map(len, VALUES.values()))
    for turn in range(turns):
        visit = Visit(table.name, query)
        for kind, values in VALUES.items():
            for number in range(len(first.test.get(kind))):
                try:
                    visit.test.get(kind)[number].set_value(values[turn % len(values)])
                except (ValueError, TypeError, OverflowError):
                    # Not even the protocol has a word for it.
                    continue
        visit.run()
        for name, parameter in visit.parameters.items():
            assert within_limits(parameter, visit.values[name]), (name, visit.values[name])
    assert all(record.levelno < logging.ERROR for record in caplog.records)


@pytest.mark.parametrize("number", range(len(EVENTS)))
def test_what_a_chart_claims(number, lab, monkeypatch):
    event = EVENTS[number]
    found = point_pressed(event, 40)
    assert found is None or (isinstance(event, str) and event == str(found))
    said: list[InvalidValue] = []
    monkeypatch.setattr(
        "dissociation.web.classroom.predicting.say_problem",
        lambda state, problem: said.append(problem),
    )
    nothing = Predicting(1, "Scaled", "0" * 64, True, (), None, False)
    take_guess(None, nothing, event)  # type: ignore[arg-type]
    assert len(said) == 1 and len(str(said[0])) < 300


def test_what_a_chart_may_say():
    assert point_pressed("3", 4) == 3 and point_pressed("4", 4) is None
    assert check_errors("guess", [0.5] * PLACES) == (0.5,) * PLACES
