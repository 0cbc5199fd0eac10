"""What holds for all pages: they come up, honour their address, and say kindly what they cannot."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from labs import PAGES, Visit, other_value

from dissociation.core.manipulations import REGISTRY
from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.web.shell.state import KEPT_BY_RESET

WITH_CONTROLS = tuple(name for name in PAGES if name != "start")
#: Of the address alone, or with controls of their own.
VIEW_PARAMETERS = {"view", "hide", "lock", "tour", "predict", "guess", "revealed", "room"}
LABELS = (
    "Start",
    "Robustness",
    "Transfer",
    "Inputs",
    "Hypothesis",
    "Sweep",
    "Representation",
    "Map",
    "Phantom",
    "Linear",
    "Causes",
    "Bridge",
)
TITLES = {
    "start": "Same function, different network",
    "robustness": "Robustness",
    "transfer": "Transfer",
    "inputs": "Inputs",
    "hypothesis": "Hypothesis",
    "sweep": "Sweep",
    "representation": "Representation",
    "map": "Map",
    "phantom": "Phantom",
    "linear": "Linear networks",
    "causes": "Causes",
    "bridge": "Bridge",
}


@pytest.mark.parametrize("page", PAGES)
def test_comes_up(page, lab):
    visit = Visit(page)
    assert [title.value for title in visit.test.title] == [TITLES[page]]
    assert not visit.errors and not visit.notices and visit.query == {}
    links = [link.label for link in visit.test.sidebar.get("page_link")]
    assert links == list(LABELS)


@pytest.mark.parametrize("page", PAGES)
def test_running_again_asks_for_nothing_new(page, lab):
    visit = Visit(page)
    asked = len(lab.curves), len(lab.trainings)
    visit.run()
    assert (len(lab.curves), len(lab.trainings)) == asked


@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_every_parameter_comes_from_the_address(page, lab):
    table = Visit(page).parameters
    wanted = {name: other_value(parameter) for name, parameter in table.items()}
    # Custom, so that epochs and width mean something; wide layers of many copies are too much.
    wanted |= {"recipe": "custom"} if "recipe" in table else {}
    query = {name: table[name].format(value) for name, value in wanted.items()}
    visit = Visit(page, query)
    idle = [name for name, parameter in table.items() if not parameter.counts(wanted)]
    assert len(visit.notices) == len(idle)
    assert visit.values == {**wanted, **{name: table[name].default for name in idle}}
    assert visit.query == {name: text for name, text in query.items() if name not in idle}


@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_defaults_leave_the_address(page, lab):
    table = Visit(page).parameters
    query = {name: parameter.format(parameter.default) for name, parameter in table.items()}
    visit = Visit(page, query)
    # What makes no difference is named even so: beside `recipe=paper` four epochs are no default.
    assert all("counts only with" in notice for notice in visit.notices) and visit.query == {}


@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_reset(page, lab):
    table = Visit(page).parameters
    query = {name: table[name].format(other_value(table[name])) for name in table}
    visit = Visit(page, {**query, "unknown": "x"})
    visit.test.button(key=f"{page}-reset").click()
    visit.run()
    kept = {name: other_value(table[name]) for name in KEPT_BY_RESET if name in table}
    defaults = {name: parameter.default for name, parameter in table.items()}
    assert visit.values == {**defaults, **kept}
    assert visit.query == {name: query[name] for name in kept} and visit.notices == []


@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_every_parameter_has_a_control(page, lab):
    base = {"show": ",".join(REGISTRY), "recipe": "custom"}
    table = Visit(page).parameters
    drawn = set()
    measures = ("parameter_noise", "input_noise", "transfer")
    others = tuple({"measure": measure, "summary": "at"} for measure in measures)
    others += tuple({"rewrite": name} for name in REGISTRY)
    others += ({"task": "random"},)
    for query in (base, *({**base, **other} for other in others)):
        visit = Visit(page, {name: value for name, value in query.items() if name in table})
        drawn |= {name for name in table if visit.widget(name) is not None}
    without = {*VIEW_PARAMETERS, "compose", "versus", "pin", "a", "b", "strengths", "then"}
    assert drawn == set(table) - without


@pytest.mark.parametrize("page", ["start", "robustness", "transfer"])
@pytest.mark.parametrize(
    "problem",
    [
        DamagedData("The data file t10k is damaged; restore it from <a> clone."),
        InvalidValue("jobs", 200, "the lab has too much to do, try again in a minute"),
    ],
    ids=["damaged", "crowded"],
)
def test_trouble_is_told_and_the_rest_stays(page, lab, monkeypatch, problem):
    def refuse(*arguments, **settings):
        raise problem

    monkeypatch.setattr(lab, "watch_curves", refuse)
    monkeypatch.setattr(lab, "watch_training", refuse)
    visit = Visit(page)
    assert set(visit.errors) == {str(problem)}
    assert [title.value for title in visit.test.title] == [TITLES[page]]
    assert page == "start" or visit.test.button(key=f"{page}-reset")
    monkeypatch.undo()


@pytest.mark.parametrize("page", ["start", "robustness", "transfer"])
def test_a_damaged_store_does_not_matter(page, disk_lab):
    Visit(page)
    for database in disk_lab.folder.glob("*/cache.db"):
        database.write_bytes(b"nonsense" * 1_000)
    Visit(page)


@pytest.mark.parametrize("page", ["start", "robustness"])
def test_what_is_wrong_with_the_lab_is_told(page, lab, monkeypatch):
    assert not [notice for notice in Visit(page).notices if "by itself" in notice]
    trouble = "The cluster of this lab has no workers. It computes by itself for the time being."
    monkeypatch.setattr(lab, "executor", SimpleNamespace(status_message=trouble, stop=lambda: None))
    assert trouble in Visit(page).notices
