"""Hypothesis: two conditions, an answer with its numbers, and what speaks against it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from curve_studies import curve_studies, curve_study
from labs import TINY, Visit
from scipy import stats

from dissociation.core.manipulations import Duplicate, Scale
from dissociation.core.statistics.hypothesis import compare, summaries
from dissociation.features.hypothesis.panel import complete_pairs
from dissociation.features.hypothesis.text import answer, disagreement, where_it_varies

QUERY = {**TINY, "points": "8", "seeds": "3", "summary": "area"}


def headline(visit: Visit) -> str:
    found = [m.value for m in visit.test.main.markdown if m.value.startswith("### ")]
    return found[-1].removeprefix("### ").replace("\\", "") if found else ""


def test_asks_for_both_conditions(lab):
    visit = Visit("hypothesis", {**TINY, "a": "duplicate:2", "b": "scale:3,duplicate:2"})
    (asked,) = lab.curves
    chains = [experiment.manipulations for experiment in asked]
    assert chains == [(Duplicate(2.0),), (Scale(3.0), Duplicate(2.0))]
    assert headline(visit) == ""
    assert "a first estimate appears when one network is done" in visit.test.info[0].value


@pytest.mark.parametrize("summary", ["half_way", "area", "at"])
def test_the_answer_is_what_the_curves_say(summary, lab):
    where = {"at": "0.3"} if summary == "at" else {}
    visit = Visit("hypothesis", {**QUERY, "summary": summary, **where})
    lab.jobs.drain()
    visit.run()
    curves = visit.watch().curves()
    chance = lab.curves[-1][0].measure.chance
    pair = [summaries(curve, summary, chance=chance, at=0.3) for curve in curves]
    claim, evidence = answer(compare(*pair), summary, 0.3, 3)
    assert headline(visit) == claim and evidence in visit.text() and "95 %" in evidence
    p_value = stats.ttest_rel(pair[1], pair[0]).pvalue
    assert f"p = {p_value:.3g}" in evidence or "p < 0.0001" in evidence
    assert "sign-flip test over 8 patterns" in evidence
    assert "3 of 3 networks measured" in visit.text()
    assert "1 noise draw a network" in visit.text()
    assert "3 networks only" in visit.notices[0]


def test_an_interval_around_nothing_claims_nothing(lab):
    visit = Visit("hypothesis", {**QUERY, "a": "", "b": "permute:1", "measure": "input_noise"})
    lab.jobs.drain()
    visit.run()
    assert headline(visit) == "B's mean error over the curve equals A's in all 3 networks."
    assert "No interval and no t test" in visit.text() and "80 % power" not in visit.text()
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
    assert headline(visit).startswith("B's mean error over the curve")


def test_pairs_are_of_the_same_network(lab):
    visit = Visit("hypothesis", QUERY)
    lab.jobs.drain()
    watch = visit.watch()
    # As if A's first network and B's last one were still to come.
    a, b = watch.experiments
    gone = (curve_study(a, 0), curve_study(b, 2))
    known = watch.result
    watch.result = lambda study: None if study in gone else known(study)
    first, second = complete_pairs(watch)
    assert first.seeds == (known(curve_study(a, 1)).curve,)
    assert second.seeds == (known(curve_study(b, 1)).curve,)
    assert first.numbers == second.numbers == (1,)
    del watch.result


def test_no_verdict_before_all_networks_are_done(lab):
    visit = Visit("hypothesis", {**QUERY, "seeds": "5"})
    lab.jobs.drain()
    watch = visit.watch()
    known = watch.result
    for done in (2, 4):
        gone = {s for e in watch.experiments for s in curve_studies(e, range(done, 5))}
        watch.result = lambda study, gone=gone: None if study in gone else known(study)
        visit.run()
        said = headline(visit)
        assert said.startswith(f"So far ({done} of 5 networks): B's mean error over the curve is")
        assert ("95 % interval" in visit.text()) == (done >= 3)
        assert ("An interval and a test need at least 3 networks" in visit.text()) == (done < 3)
        assert "80 % power" not in visit.text() and "tell A and B apart" not in said
    del watch.result
    visit.run()
    assert not headline(visit).startswith("So far") and "5 of 5 networks" in visit.text()


def said(differences, wanted=None, draws=None) -> str:
    b = np.array(differences, float)
    found = compare(np.zeros(len(b)), b, draws)
    return " ".join(answer(found, "half_way", 1.0, wanted or len(b)))


def test_power_only_of_an_effect_that_is_there():
    apart = said([0.5, 0.3, 0.1, 0.6, 0.45])
    assert re.search(r"about \d networks would be needed for 80 % power", apart)
    assert "B's σ50 is 0.39 larger than A's" in apart and "B exceeded A in 5 of 5" in apart
    # A faint effect, of which it was once said that 935 networks would do.
    faint = [1, -1, 0.9, -0.9, 1.1, -1, 0.8, -1.2, 1, -0.6]
    assert "These 10 networks do not tell A and B apart" in said(faint)
    for each in (faint, faint[:2]):
        assert "power" not in said(each, 10)
    assert "B's σ50 is 0.2 larger than A's on average of 3 networks. No interval" in said([0.2] * 3)


def test_why_the_tests_disagree():
    # The t test finds it; of five networks no pattern of signs is rare enough.
    five = compare(np.zeros(5), np.array([0.5, 0.3, 0.4, 0.6, 0.45]))
    assert five.interval_excludes_zero and five.sign_flip == 2 / 32
    assert "cannot go below p = 0.0625" in disagreement(five) and "6 or more" in disagreement(five)
    # One network far out makes the spread so large that the t test does not.
    eight = compare(np.zeros(8), np.array([0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1, 9.0]))
    assert not eight.interval_excludes_zero and eight.sign_flip < 0.05
    assert "normally distributed" in disagreement(eight)
    agreed = compare(np.zeros(8), np.array([0.5, 0.3, 0.4, 0.6, 0.45, 0.4, 0.3, 0.5]))
    assert agreed.interval_excludes_zero and agreed.sign_flip < 0.05 and disagreement(agreed) == ""


@pytest.mark.parametrize("own, single, more", [(0.1, 2.0, "draws"), (2.0, 0.1, "networks")])
def test_of_what_to_take_more(own, single, more):
    rng = np.random.default_rng(0)
    draws = rng.normal(1, own, (20, 1)) + rng.normal(0, single, (20, 4))
    found = compare(np.zeros(20), draws.mean(1), draws)
    assert f"so more {more} narrow the interval most" in where_it_varies(found, "area", 4)
    assert where_it_varies(found, "area", 0) == ""
    assert "take 2 or more draws" in where_it_varies(found, "area", 1)


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


def test_a_probe_has_no_sigma50(lab):
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
