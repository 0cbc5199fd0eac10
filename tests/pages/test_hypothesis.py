"""Hypothesis: two conditions, an answer with its numbers, and what speaks against it."""

from __future__ import annotations

import pytest
from labs import TINY, Visit

from dissociation.dashboard.hypothesis_panel import complete_pairs
from dissociation.dashboard.hypothesis_words import answer
from dissociation.hypothesis import compare, summaries
from dissociation.manipulations import Duplicate, Scale

QUERY = {**TINY, "points": "8", "seeds": "3", "summary": "area"}


def headline(visit: Visit) -> str:
    found = [m.value for m in visit.test.main.markdown if m.value.startswith("### ")]
    return found[-1].removeprefix("### ").replace("\\", "") if found else ""


def test_asks_for_both_conditions(lab):
    visit = Visit("hypothesis", {**TINY, "a": "duplicate:2", "b": "scale:3,duplicate:2"})
    (asked,) = lab.curves
    chains = [experiment.manipulations for experiment in asked]
    assert chains == [(Duplicate(2.0),), (Scale(3.0), Duplicate(2.0))]
    assert headline(visit) == "" and "0 of 1 networks" in visit.test.info[0].value


@pytest.mark.parametrize("summary", ["half_way", "area", "at"])
def test_the_answer_is_what_the_curves_say(summary, lab):
    where = {"at": "0.3"} if summary == "at" else {}
    visit = Visit("hypothesis", {**QUERY, "summary": summary, **where})
    lab.jobs.drain()
    visit.run()
    curves = visit.watch().curves()
    chance = lab.curves[-1][0].measure.chance
    pair = [summaries(curve, summary, chance=chance, at=0.3) for curve in curves]
    claim, evidence = answer(compare(*pair), summary, 0.3)
    assert headline(visit) == claim and evidence in visit.text() and "95 %" in evidence
    assert "3 of 3 networks measured" in visit.text()
    assert "3 networks only" in visit.notices[0]


def test_an_interval_around_nothing_claims_nothing(lab):
    visit = Visit("hypothesis", {**QUERY, "a": "", "b": "permute:1", "measure": "input_noise"})
    lab.jobs.drain()
    visit.run()
    assert headline(visit).startswith("These networks do not tell A and B apart")
    assert "by construction" in visit.notices[0]


def test_a_point_outside_the_axis_is_told(lab):
    visit = Visit("hypothesis", {**QUERY, "summary": "at", "at": "50"})
    lab.jobs.drain()
    visit.run()
    assert any("at = 50" in error for error in visit.errors)


def test_transfer(lab):
    query = {**QUERY, "measure": "transfer", "budgets": "2", "seeds": "2", "probe_images": "200"}
    visit = Visit("hypothesis", query)
    lab.jobs.drain()
    visit.run()
    assert headline(visit) and "percentage points" in visit.text()


def test_pairs_are_of_the_same_network(lab):
    visit = Visit("hypothesis", QUERY)
    lab.jobs.drain()
    watch = visit.watch()
    # As if A's first network and B's last one were still to come.
    gone = (watch.experiments[0].seed_digest(0), watch.experiments[1].seed_digest(2))
    known = watch._seed_curve
    watch._seed_curve = lambda name: None if name in gone else known(name)
    first, second = complete_pairs(watch)
    assert first.seeds == (known(watch.experiments[0].seed_digest(1)),)
    assert second.seeds == (known(watch.experiments[1].seed_digest(1)),)
    del watch._seed_curve


def test_one_network(lab):
    visit = Visit("hypothesis", {**QUERY, "seeds": "1"})
    lab.jobs.drain()
    visit.run()
    assert "in the one network there is" in headline(visit)


@pytest.mark.parametrize("measure, at", [("input_noise", "1"), ("transfer", "1000")])
def test_each_axis_has_a_point_of_its_own(measure, at, lab):
    query = {**QUERY, "seeds": "2", "measure": measure, "summary": "at", "at": "0.05"}
    visit = Visit("hypothesis", {**query, "budgets": "2", "probe_images": "1000"})
    lab.jobs.drain()
    visit.run()
    assert not visit.errors and f"error at {at}" in headline(visit)


def test_a_probe_has_no_half_way(lab):
    query = {**TINY, "seeds": "2", "budgets": "2", "probe_images": "200", "measure": "transfer"}
    visit = Visit("hypothesis", query)
    lab.jobs.drain()
    visit.run()
    assert "no σ50" in visit.text() and "mean error over the curve" in headline(visit)


def test_ratios_are_to_a(lab):
    visit = Visit("hypothesis", {**QUERY, "a": "scale:3"})
    lab.jobs.drain()
    visit.run()
    assert "σ50 / that of A" in visit.test.dataframe[-2].value
