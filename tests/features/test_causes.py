"""Causes and Bridge: what is asked for, and what the pages say of what was found."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from labs import TINY, Visit

from dissociation.core.manipulations import Duplicate, Nuisance, Scale
from dissociation.core.theory.causes_findings import SCALES
from dissociation.features.bridge import text as bridge_words
from dissociation.features.causes import text as causes_words
from dissociation.web.shell.snapshots import traces_of

QUERY = {name: TINY[name] for name in ("recipe", "width", "epochs", "batch")}
FEW = {**QUERY, "draws": "1"}


def test_what_is_studied(lab):
    visit = Visit("causes", {**FEW, "scale": "5", "then": "duplicate:2"})
    study = lab.studies[-1][0]
    assert study.manipulations == (Scale(5.0), Duplicate(2.0)) and study.seed == 0
    assert (study.images, study.draws, study.recipe.width) == (1_000, 1, 16)
    asked = len(lab.studies)
    # All noise scales and both layers are there already.
    visit.widget("sigma").set_value(0.02)
    visit.widget("layer").set_value("1")
    visit.run()
    assert len(lab.studies) == asked and visit.query["sigma"] == "0.02"
    assert visit.test.session_state["causes|values"]["layer"] == "1"
    visit.widget("rewrite").set_value("none")
    visit.run()
    assert lab.studies[-1][0].manipulations == (Duplicate(2.0),)


def test_what_is_said(lab):
    nuisance = {"rewrite": "nuisance", "nuisance": "8"}
    visit = Visit("causes", {**FEW, **nuisance, "then": "scale:3", "sigma": "0.3"})
    assert "begins in" not in visit.text()
    lab.jobs.drain()
    visit.run()
    watch = visit.watch()
    found, text = watch.results()[0], visit.text()
    assert watch.studies[0].manipulations == (Nuisance(8.0), Scale(3.0))
    for words in (
        causes_words.verdict(found.study, found),
        causes_words.same_function(found),
        causes_words.how_fragile(found),
        causes_words.formula_holds(found),
        causes_words.overlap(found, 0.3),
        causes_words.best_factor(found.study, found, 0.3),
        causes_words.neurons_by_kind(found, 2),
    ):
        assert words and words.replace("\\", "") in text
    assert "No answer changed" in text and "At σ = 0.3" in text
    assert "8 nuisance neurons" in causes_words.neurons_by_kind(found, 2)
    table = visit.test.dataframe[0].value
    assert table["σ"].tolist() == SCALES.tolist()
    assert table["error"].tolist() == found.measured.errors.tolist()
    files = next(html.body for html in visit.test.main.get("html") if "lab-files" in html.body)
    assert "api/export/csv/Causes?" in files
    traces = {trace["key"]: trace for trace in traces_of(watch)}
    shares = [traces[name]["y"] for name in ("W1", "W2", "W3", "together")]
    assert np.allclose(np.sum(shares, 0), 1, atol=1e-4)
    assert "nuisance" in traces["neurons2"]["kinds"]
    assert set(traces["neurons1"]["kinds"]) == {"own"}


def test_the_best_factor_of_a_scaled_network_is_the_trained_one_s(lab):
    told = []
    for strength in ("1", "20"):
        visit = Visit("causes", {**FEW, "scale": strength})
        lab.jobs.drain()
        traces = {trace["key"]: trace for trace in traces_of(visit.watch())}
        told.append([*traces["best"]["x"], *traces["best"]["y"], *traces["sum"]["y"]])
        assert traces["now"]["x"] == [float(strength)]
    assert np.allclose(*told, rtol=1e-3)


def test_the_bridge_is_asked_for_what_is_missing(lab):
    query = {**QUERY, "show": "scale"}
    visit = Visit("bridge", query)
    assert "0 networks are known" in visit.text() and "files are ready" in visit.text()
    visit.press("measure")
    assert visit.query["compute"] == "all"
    lab.jobs.drain()
    visit.run()
    watch = visit.watch()
    points = list(watch.question.points(watch).values())
    assert len(points) == 7 and bridge_words.verdict(points, "gain") in visit.text()
    assert len(visit.test.dataframe[0].value) == 7
    visit.widget("across").set_value("weights")
    visit.run()
    assert bridge_words.verdict(points, "weights") in visit.text()
    # Of a page that computes nothing they are there now, too.
    again = Visit("bridge", query)
    assert len(again.watch().question.points(again.watch())) == 7
    files = next(html.body for html in again.test.main.get("html") if "lab-files" in html.body)
    assert "api/export/csv/Bridge?" in files


def test_the_headline_s_shares_add_up(lab):
    study = Visit("causes", FEW).watch().studies[0]
    for shares in ((0.676, 0.207, 0.117), (0.994, 0.004, 0.002)):
        found = SimpleNamespace(sources=SimpleNamespace(shares=np.asarray(shares)))
        said = re.findall(r"([\d.]+)%", causes_words.verdict(study, found))
        assert len(said) == 3 and sum(map(float, said)) == pytest.approx(100)
