"""Linear: what is computed, what is said of it, and what cannot be."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from labs import Visit
from scipy import stats

from dissociation.address.links import Link
from dissociation.address.presets import PRESETS
from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.study import LinearStudy, study_linear
from dissociation.features.linear import figures
from dissociation.features.linear import text as words
from dissociation.features.linear.address import linear_study
from dissociation.web.chart.palette import LEAST, family_looks


def test_what_is_computed_and_said(lab):
    visit = Visit("linear", {"family": "mwns", "n_hidden": "16"})
    study = linear_study(visit.values)
    assert study == LinearStudy(family="mwns", n_hidden=16)
    text = visit.text()
    assert words.task_words(study, study_linear(study)) in text
    assert "8 are relevant, 8 observed but irrelevant, 8 unobserved" in text
    formulas = [latex.value for latex in visit.test.latex]
    for family in FAMILIES.values():
        assert family.cite in text
        assert all(any(form in shown for shown in formulas) for form in family.form)
    assert "Theorem 5.2" in text and "Corollary 5.5" in text
    table = visit.test.dataframe[0].value
    assert len(table) == 16 and table.iloc[-1, 2] == "1.00 (1.00 to 1.00)"
    files = next(html.body for html in visit.test.main.get("html") if "lab-files" in html.body)
    assert "api/export/csv/Linear?" in files
    visit.widget("task").set_value("random")
    visit.run()
    assert visit.widget("samples") is not None and visit.widget("depth") is None
    assert linear_study(visit.values).task.kind == "random"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"n_hidden": "9"}, "need at least 15 hidden neurons"),
        ({"inputs": "onehot", "n_in": "9"}, "one-hot inputs need one input for each of the 16"),
    ],
)
def test_what_cannot_be_is_said_and_can_be_mended(lab, query, said):
    visit = Visit("linear", query)
    (error,) = visit.errors
    assert said in error
    name = "n_in" if "n_in" in query else "n_hidden"
    visit.widget(name).set_value(20)
    visit.run()
    assert not visit.errors


def decoded(trace) -> np.ndarray:
    frames = trace["frames"]
    flat = np.frombuffer(base64.b64decode(frames["bytes"]), np.uint8)
    return (flat.reshape(frames["shape"]) / 127 - 1) * trace["limit"]


def test_the_charts_show_what_was_found():
    study = LinearStudy(steps=8, draws=20)
    found = study_linear(study)
    traces = {trace["key"]: trace for trace in figures.walk_traces(study, found)}
    assert set(traces) == {style.key for style in figures.walk_figure(study).traces}
    half = traces["w1"]["limit"] / 127 / 2 * 1.001
    assert np.abs(decoded(traces["w1"]) - found.walk.networks.w1).max() <= half
    assert max(traces["outputs"]["moved"]) < 1e-12 and traces["w1"]["moved"][-1] > 0.1
    assert len(traces["embedding"]["across"]) == len(traces["loss"]["y"]) == 9
    rest = [*figures.drift_traces(found), *figures.noise_traces(found, study.draws)]
    rest += figures.pairs_traces(found)
    known = {trace["key"]: trace for trace in rest}
    shown = [figures.drift_figure(kind, study, found) for kind in figures.DRIFTS]
    shown += [figures.noise_figure(kind) for kind in figures.NOISES]
    shown.append(figures.pairs_figure())
    assert {style.key for figure in shown for style in figure.traces} == set(known)
    json.dumps(rest, allow_nan=False)
    # In multiples of the least: drawn noise where its closed form is.
    ratio = known["parameters:mrns:drawn"]
    assert all(low < 1 < high for low, high in zip(ratio["low"], ratio["high"], strict=True))
    # Bars are Student's t over the draws, and none of two.
    mean, error = found.noisy["parameters"]["mrns"].sampled
    half = np.subtract(ratio["high"], ratio["y"]) / np.array(ratio["y"])
    np.testing.assert_allclose(half, stats.t.ppf(0.975, 19) * error / mean, rtol=1e-3)
    for trace in figures.noise_traces(found, 2):
        assert trace["low"] == trace["y"] == trace["high"]
    assert known[f"inputs:{LEAST}"]["y"] == [1.0] * len(known[f"inputs:{LEAST}"]["x"])
    assert len({family_looks(name) for name in (*FAMILIES, LEAST)}) == 5


def test_presets_promise_what_is_computed():
    def study(name: str) -> LinearStudy:
        return linear_study(PRESETS[name].link.values)

    wandering = study("linear-walk")
    found = study_linear(wandering)
    drift = found.drift[wandering.family]
    assert found.walk.change < 1e-13
    assert 0.5 < drift.similarity[-1] < 0.9 and drift.decoder[-1] > 1
    for path in (*found.walk.networks, found.walk.similarity):
        moved = np.linalg.norm(path[-1] - path[0]) / np.linalg.norm(path[0])
        assert moved == pytest.approx(0.75 if path is found.walk.similarity else 1.0, abs=0.05)
    still = study("linear-minimum")
    found = study_linear(still)
    assert found.drift[still.family].similarity.min() > 1 - 1e-9
    assert found.drift[still.family].decoder[-1] == pytest.approx(0.46, abs=0.01)
    quiet = {name: noisy.expected[0] for name, noisy in found.noisy["parameters"].items()}
    assert quiet["mrns"] == min(quiet.values())
    assert quiet["mwns"] == pytest.approx(2 * quiet["mrns"], rel=0.1)
    assert quiet["gls"] == pytest.approx(5 * quiet["mrns"], rel=0.1)


def test_the_verdict_on_noise_says_when_another_balance_is_better():
    paper, equal = (
        linear_study(Link.of("linear", scaling=scaling).values) for scaling in ("paper", "equal")
    )
    assert "costs MRNS least" in words.parameter_verdict(paper, study_linear(paper))
    assert "rescaled" not in words.parameter_verdict(paper, study_linear(paper))
    assert "rescaled" in words.parameter_verdict(equal, study_linear(equal))
