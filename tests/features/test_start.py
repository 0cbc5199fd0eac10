"""The front door: the notebook's figure, from networks trained before the visitor's eyes."""

from __future__ import annotations

import numpy as np
import pytest
from labs import Visit

from dissociation.address.links import Link
from dissociation.address.presets import PRESETS
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Duplicate, InputNull, Nuisance, Scale
from dissociation.core.measures import InputNoise, ParameterNoise
from dissociation.core.networks.network import weights_digest
from dissociation.core.networks.training import QUICK
from dissociation.engine.records import History


def test_asks_for_the_notebook_s_figure(lab):
    Visit("start")
    assert lab.trainings == [(QUICK, 2)]
    inputs, parameters = lab.curves
    assert inputs == tuple(Experiment(InputNoise(), steps) for steps in ((), (InputNull(),)))
    rewrites = ((), (Duplicate(),), (Scale(),), (Nuisance(),))
    assert parameters == tuple(Experiment(ParameterNoise(), steps) for steps in rewrites)


def test_links_say_where_to_go(lab):
    visit = Visit("start")
    links = [link.label for link in visit.test.main.get("page_link")]
    titles = [f"**{preset.title}**" for preset in PRESETS.values()]
    assert links.pop(0) == "Take the tour"
    assert links.pop(0).startswith("Rather guess first?")
    elsewhere = ["Robustness", "Transfer", "Inputs", "Hypothesis", "Sweep"]
    elsewhere += ["Representation", "Map", "Phantom", "Linear", "Causes", "Bridge"]
    assert links[-11:] == elsewhere
    assert sorted(links[:-11]) == sorted(titles)


def test_while_nothing_is_known_nothing_is_claimed(lab):
    visit = Visit("start")
    assert "verifying …" in visit.text() and "Verified:" not in visit.text()
    assert len(visit.test.dataframe) == 0


@pytest.mark.parametrize("typed", ["BC23", " bc23 "])
def test_the_code_of_a_room_in_the_address_leads_there(typed, lab):
    where = Link.of("robustness", show=["scale"], predict="scale", room="BC23")
    lab.rooms.open("BC23", where.path, "a question")
    visit = Visit("start", {"room": typed})
    assert visit.test.title[0].value == "Robustness"
    assert visit.test.session_state["robustness|values"]["room"] == "BC23"


@pytest.mark.parametrize("code, told", [("BC23", "There is no room “BC23”"), ("abc", "room = ")])
def test_a_code_of_no_room_is_told(code, told, lab):
    visit = Visit("start", {"room": code})
    assert visit.test.title[0].value.startswith("Same function")
    assert len(visit.notices) == 1 and visit.notices[0].startswith(told)


def test_with_trained_networks(lab, small_networks):
    for seed, network in enumerate(small_networks[:2]):
        history = History(
            (0.0, 4.0), (2.3, 0.1), (0.9, 0.05), (10_000, 10_000), weights_digest(network), 1.0
        )
        lab.library.save_network(QUICK, seed, network, history)
    visit = Visit("start")
    watches = [visit.watch("home-input"), visit.watch("home-parameter")]
    while any(curve is None for watch in watches for curve in watch.curves()):
        assert lab.jobs.advance()
    # Coarse curves, and they say on how few images they rest.
    visit.run()
    summaries = [frame.value for frame in visit.test.dataframe if "Clean error" in frame.value]
    assert [len(frame) for frame in summaries] == [2, 4]
    assert all(frame["Condition"][0] == "Trained" for frame in summaries)
    values = [frame.value for frame in visit.test.dataframe if "Error" in frame.value]
    assert all(np.isfinite(frame["Error"]).all() for frame in values)
    assert all(frame["Images"].between(1, 10_000).all() for frame in values)
    assert not visit.errors
