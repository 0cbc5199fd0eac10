"""Transfer: what its controls ask the lab for, and what it shows of finished experiments."""

from __future__ import annotations

import pytest
from labs import TINY, Visit

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Duplicate, Nuisance, Scale
from dissociation.core.measures import Transfer


def test_defaults_are_the_notebook_s_strengths(lab):
    measure = Transfer(Visit("transfer").values["images"])
    steps = ((), (Scale(20.0),), (Duplicate(1.2),), (Nuisance(128.0),))
    assert lab.curves == [tuple(Experiment(measure, rewrite) for rewrite in steps)]


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("task", "least_prime_factor", "task"),
        ("probe", "notebook", "probe"),
        ("split", "notebook", "split"),
        ("points", 4, "points"),
        ("images", 2_000, "images"),
    ],
)
def test_measure(name, value, field, lab):
    visit = Visit("transfer")
    visit.widget(name).set_value(value)
    visit.run()
    assert {getattr(e.measure, field) for e in lab.curves[-1]} == {value}
    assert visit.query == {name: str(value)}


def test_strengths(lab):
    visit = Visit("transfer")
    visit.widget("nuisance").set_value(200)
    visit.widget("duplicate").set_value(3.0)
    visit.run()
    steps = [experiment.manipulations for experiment in lab.curves[-1]]
    assert steps == [(), (Scale(),), (Duplicate(3.0),), (Nuisance(200.0),)]


@pytest.mark.parametrize("probe", ["converged", "notebook"])
def test_measured(probe, disk_lab):
    query = {**TINY, "show": "scale", "probe": probe}
    visit = Visit("transfer", query)
    disk_lab.jobs.drain()
    visit.run()
    for shown in (visit, Visit("transfer", query)):
        summary, values = (frame.value for frame in shown.test.dataframe)
        assert list(summary["Condition"]) == ["Trained", "Scaled (α = 20)"]
        assert list(values["Budget (images)"]) == [100, 200] * 2
        assert list(values["Images"]) == [100, 200] * 2
        assert "of 10,000 predictions changed" in shown.text()
        # The notebook's probe stops early, and the page says so.
        explained = any("200 steps" in info.value for info in shown.test.info)
        assert explained == (probe == "notebook")
    assert not visit.errors
