"""Predict, then reveal: the curve is covered until the prediction is in, alone and in a room."""

from __future__ import annotations

import pytest
from labs import TINY, Visit

from dissociation.address.links import Link, curves_of
from dissociation.address.predicting import GUESS, TAG_LENGTH, Guess, target
from dissociation.core.digests import digest
from dissociation.core.manipulations import Scale
from dissociation.core.predictions import PLACES
from dissociation.web.classroom.predicting import guess_of, predicting, take_guess
from dissociation.web.shell.snapshots import traces_of

QUERY = {**TINY, "seeds": "1", "points": "6", "show": "scale"}
FLAT = [0.5] * PLACES


def shown(lab) -> list[tuple]:
    return [experiment.manipulations for experiment in lab.curves[-1]]


def open_room(lab, page="robustness", **more) -> tuple[Visit, str]:
    visit = Visit(page, {**QUERY, **more})
    visit.press("predict-room")
    return visit, visit.query["room"]


def guest(lab, code: str) -> Visit:
    """Another visitor, who enters the code on the start page."""
    path = lab.rooms.view(code).path
    query = dict(pair.split("=") for pair in path.split("?")[1].split("&"))
    return Visit(path.split("?")[0].strip("/").lower(), query)


def guess_text(visit: Visit) -> str:
    """A prediction handed in on this page, as its address holds it."""
    state = visit.states[-1]
    link = Link(state.table, visit.values)
    conditions = curves_of(link)[0]
    return GUESS.format(guess_of(conditions[target(conditions, link.values)], tuple(FLAT)))


def hand_in(lab, code: str, number: int, level: float = 0.5) -> None:
    question = lab.rooms.view(code).question
    lab.rooms.predict(code, question, f"{number:032x}", (level,) * PLACES)


@pytest.mark.parametrize("page", ["robustness", "transfer"])
def test_alone(page, lab):
    visit = Visit(page, {**QUERY, "images": "600"})
    visit.press("predict-begin")
    assert visit.query["predict"] == "scale"
    assert shown(lab) == [()]
    lab.jobs.drain()
    visit.run()
    assert "Scaled" not in visit.test.dataframe[0].value["Condition"].tolist()
    # Nor does theory give away what is covered.
    assert {trace["key"] for trace in traces_of(visit.watch())} == {"trained"}
    assert "Scaled (α = 20)**: furthest" not in visit.text()
    # As the chart's callback does it, on a later run.
    covered = Visit(page, {**visit.query, "guess": guess_text(visit), "revealed": "yes"})
    assert len(shown(lab)) == 2 and isinstance(shown(lab)[1][0], Scale)
    lab.jobs.drain()
    covered.run()
    (said,) = covered.test.success
    assert "of 100" in said.value and "Just like Trained" in said.value
    # Another strength is another curve, which nobody has predicted.
    covered.widget("scale").set_value(50.0)
    covered.run()
    assert not covered.test.success and "guess" not in covered.query and len(shown(lab)) == 2
    covered.press("predict-again")
    assert shown(lab) == [()] and "guess" not in covered.query
    covered.press("predict-end")
    assert "predict" not in covered.query and len(shown(lab)) == 2


def test_the_hypothesis_waits_for_the_prediction(lab):
    visit = Visit("hypothesis", {**TINY, "points": "6", "seeds": "2"})
    visit.press("predict-begin")
    assert shown(lab) == [()] and "Predict B first" in visit.test.info[0].value
    lab.jobs.drain()
    visit.run()
    assert not any(m.value.startswith("### ") for m in visit.test.main.markdown)


@pytest.mark.parametrize("word", ["duplicate", "trained"])
def test_what_is_not_on_the_page_cannot_be_predicted(word, lab):
    visit = Visit("robustness", {**QUERY, "predict": word})
    assert "cannot be predicted" in visit.test.info[0].value and len(shown(lab)) == 2


def test_one_budget_is_no_curve(lab):
    visit = Visit("transfer", {**QUERY, "points": "1", "predict": "scale"})
    assert "single point" in visit.test.info[0].value and len(shown(lab)) == 2


def test_nothing_to_predict(lab):
    visit = Visit("robustness", {**QUERY, "show": ""})
    assert not any(button.key == "robustness-predict-begin" for button in visit.test.button)


def test_a_room(lab):
    host, code = open_room(lab)
    assert f"Room {code}" in host.text() and shown(lab) == [()]
    visitor = guest(lab, code)
    assert visitor.query["room"] == code
    assert shown(lab) == [()] and not visitor.notices
    assert not any(button.key == "robustness-room-visibility" for button in visitor.test.button)
    for number in range(5):
        hand_in(lab, code, number)
    host.press("room-visibility")
    assert lab.rooms.view(code).revealed and len(shown(lab)) == 2
    lab.jobs.drain()
    host.run()
    assert any("mean of the class scores" in info.value for info in host.test.info)
    # The browser runs the visitor's page when its room has news.
    visitor.run()
    assert visitor.query["revealed"] == "yes" and len(shown(lab)) == 2
    host.press("room-replay")
    assert lab.rooms.view(code).round == 2 and lab.rooms.view(code).handed_in == 0
    visitor.run()
    assert "revealed" not in visitor.query and shown(lab) == [()]
    host.press("room-close")
    assert lab.rooms.view(code) is None and "room" not in host.query
    visitor.run()
    assert any("is closed" in info.value for info in visitor.test.info)


def test_a_round_forgets_the_visitors_prediction(lab):
    host, code = open_room(lab)
    visitor = guest(lab, code)
    question = lab.rooms.view(code).question
    mark = digest([question, 1])[:TAG_LENGTH]
    visitor.test.session_state["robustness-guess"] = Guess(mark, tuple(FLAT))
    visitor.run()
    assert visitor.query["guess"].startswith(mark)
    host.test.session_state["robustness-scale"] = 50.0
    host.run()
    host.press("room-replay")
    assert "scale=50" in lab.rooms.view(code).path
    visitor.run()
    assert any("another experiment" in notice for notice in visitor.notices)
    links = [link.label for link in visitor.test.main.get("page_link")]
    assert links == ["Go to the room's experiment"]
    # The same page in another round: what was handed in before counts no more, reloaded or not.
    host.test.session_state["robustness-scale"] = 20.0
    host.run()
    host.press("room-replay")
    reloaded = Visit("robustness", visitor.query)
    assert "guess" not in reloaded.query and not reloaded.notices


def test_the_host_keeps_the_room_whatever_the_page_shows(lab):
    host, code = open_room(lab)
    host.widget("show").set_value(["duplicate"])
    host.run()
    assert f"Room {code}" in host.text() and lab.rooms.view(code) is not None
    host.press("room-close")
    assert lab.rooms.view(code) is None and "predict" not in host.query


def test_leaving(lab):
    _, code = open_room(lab)
    visitor = guest(lab, code)
    visitor.press("predict-end")
    assert "room" not in visitor.query and len(shown(lab)) == 2
    assert lab.rooms.view(code) is not None


def test_the_secret_of_the_host_is_nowhere_on_the_page(lab):
    host, code = open_room(lab)
    secret = host.test.session_state[f"dissociation_host_{code}"]
    assert secret not in str(host.query) and secret not in host.text()
    assert secret not in lab.rooms.view(code).path
    assert lab.rooms.is_host(code, secret)


def test_too_many_rooms_is_said(lab, monkeypatch):
    monkeypatch.setenv("DISSOCIATION_MAX_ROOMS", "0")
    visit = Visit("robustness", QUERY)
    visit.press("predict-room")
    assert any("rooms are open" in error for error in visit.errors)
    assert "predict" not in visit.query and len(shown(lab)) == 2


def test_hidden_and_pinned(lab):
    visit = Visit("robustness", {**QUERY, "predict": "scale", "pin": "scale:3", "versus": "scale"})
    keys = [button.key for button in visit.test.button]
    assert "robustness-pin-trained" in keys and "robustness-pin-scale" not in keys
    # Which B it is to be is kept for when it is shown.
    assert visit.query["versus"] == "scale"


def test_entering_a_code(lab):
    _, code = open_room(lab)
    visit = Visit("start")
    visit.test.text_input(key="start-code").set_value("zzzz").run()
    assert any("no room" in warning.value for warning in visit.test.warning)
    visit.test.text_input(key="start-code").set_value(f" {code.lower()} ").run()
    assert visit.test.title[0].value == "Robustness"
    assert f"Room **{code}**" in "\n".join(c.value for c in visit.test.caption)


class FakeState(dict):
    """A page's state for what a browser hands in, without the page."""

    page = "robustness"

    def put(self, name, value):
        self[name] = value


@pytest.fixture
def asked(lab, monkeypatch):
    state = FakeState(predict="scale", room="", revealed=False, guess=None, axis="log")
    link = Link.of("robustness", show=["scale"], predict="scale")
    conditions = curves_of(link)[0]
    session: dict = {}
    monkeypatch.setattr("dissociation.web.classroom.predicting.st.session_state", session)
    monkeypatch.setattr("dissociation.web.shell.visitor.cookie", lambda name: "")
    return state, link, conditions, session


def test_taking_a_prediction_reveals_the_curve(asked):
    state, link, conditions, session = asked
    found = predicting(state, link, conditions)
    take_guess(state, found, {"errors": FLAT})
    assert state["guess"] == Guess(found.tag, tuple(FLAT)) and state["revealed"] and not session


def test_in_a_room_it_is_handed_in(asked, lab):
    state, link, conditions, session = asked
    question = predicting(state, link, conditions).question
    lab.rooms.open("BC23", link.path, question)
    state["room"] = "BC23"
    found = predicting(state, link, conditions)
    assert found.covered and not found.host
    for voter in range(7):
        # Whatever a browser says of itself, its second prediction replaces its first.
        take_guess(state, found, {"errors": FLAT, "voter": f"{voter:032x}"})
    assert lab.rooms.view("BC23").handed_in == 1 and not state["revealed"]
    assert state["guess"] == Guess(found.tag, tuple(FLAT))
    session.clear()  # another browser
    take_guess(state, found, {"errors": FLAT})
    assert lab.rooms.view("BC23").handed_in == 2


@pytest.mark.parametrize(
    "given", [None, [], "x", {"errors": [0.5]}, {"errors": ["<script>"] * PLACES}]
)
def test_nonsense_is_said_and_changes_nothing(asked, lab, given):
    state, link, conditions, session = asked
    lab.rooms.open("BC23", link.path, predicting(state, link, conditions).question)
    state["room"] = "BC23"
    take_guess(state, predicting(state, link, conditions), given)
    assert "cannot be used" in session["robustness|prediction"]
    assert state["guess"] is None and lab.rooms.view("BC23").handed_in == 0
