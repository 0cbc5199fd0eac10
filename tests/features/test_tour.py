"""The guided tour: an invitation, steps that lead on, and a way out."""

from __future__ import annotations

import pytest
from labs import Visit

from dissociation.address.links import read_address
from dissociation.address.tour import STEPS
from dissociation.address.view import TOUR_STEPS


def links(visit: Visit) -> dict[str, object]:
    return {link.proto.label: link.proto for link in visit.test.main.get("page_link")}


def test_there_are_as_many_as_the_address_allows():
    assert len(STEPS) == TOUR_STEPS


@pytest.mark.parametrize("number", range(1, TOUR_STEPS + 1))
def test_each_step(number, lab):
    step = STEPS[number - 1]
    assert read_address(step.link.path) == (step.link, []) and step.link.values["tour"] == number
    visit = Visit(step.link.table.name, step.link.query)
    assert f"{number} of {TOUR_STEPS}: {step.title}" in visit.text()
    assert not visit.notices and not visit.errors
    found = links(visit)
    assert ("Back" in found) == (number > 1) and ("Next" in found) == (number < TOUR_STEPS)
    if number < TOUR_STEPS:
        assert f"tour={number + 1}" in found["Next"].query_string
    visit.test.button(key=f"{visit.page}-tour-end").click()
    visit.run()
    assert f"of {TOUR_STEPS}:" not in visit.text() and "tour" not in visit.query


def test_the_invitation_can_be_declined(lab):
    visit = Visit("start")
    assert "tour=1" in links(visit)["Take the tour"].query_string
    visit.test.button(key="start-tour-decline").click()
    visit.run()
    assert "Take the tour" not in links(visit)
