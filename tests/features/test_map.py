"""The map: its points, the way from a point to its page, and its table."""

from __future__ import annotations

import math

import pytest
from labs import TINY, Visit

from dissociation.address.links import Link
from dissociation.address.names import TRAINED
from dissociation.core.manipulations import REGISTRY
from dissociation.core.similarity import SIMILARITIES
from dissociation.features.map.address import OTHERS, ROBUSTNESS, ROTATED, points_of
from dissociation.features.map.page import link_of
from dissociation.features.representation.address import comparison_of
from dissociation.web.shell.snapshots import traces_of

QUERY = {name: TINY[name] for name in ("recipe", "width", "epochs", "batch")}
SMALL = {**QUERY, "show": "scale", "landmarks": "1", "rotation": "0"}
SWEEP = len(REGISTRY["scale"].strength_range.sweep)


@pytest.mark.parametrize("layer", ["1", "2"])
def test_every_rewrite_at_its_usual_strengths(layer):
    values = Link.of("map", show=list(REGISTRY), landmarks=3, rotation=2, layer=layer).values
    points = points_of(values)
    for name, cls in REGISTRY.items():
        mine = [point for point in points if point.group == name]
        assert [point.position for point in mine] == list(range(len(mine)))
        strengths = [point.comparison.second.manipulations[0].strength for point in mine]
        assert strengths == list(cls.strength_range.sweep)
        layers = {point.comparison.second.manipulations[0].layer for point in mine}
        assert layers == {int(layer) if int(layer) in cls.layers else cls.layers[0]}
    sides = {
        group: [point.comparison.second for point in points if point.group == group]
        for group in (TRAINED, OTHERS, ROTATED)
    }
    assert points[0].comparison.second == points[0].comparison.first == sides[TRAINED][0]
    assert [side.seed for side in sides[OTHERS]] == [1, 2, 3]
    assert [(side.seed, side.recipe.task) for side in sides[ROTATED]] == [
        (0, "rotation"),
        (1, "rotation"),
    ]
    assert all(point.experiment is None for point in points)
    assert len({point.comparison.digest() for point in points}) == len(points)


def test_a_point_leads_to_its_comparison():
    link = Link.of("map", show=list(REGISTRY), rotation=3)
    values = {**link.values, "width": 16, "recipe": "custom"}
    for point in points_of(values):
        again = comparison_of(link_of(point, values).values)
        assert (again.first, again.second, again.layer) == (
            point.comparison.first,
            point.comparison.second,
            point.comparison.layer,
        )


def test_points_stream_and_are_tabled(lab):
    visit = Visit("map", SMALL)
    watch = visit.watch()
    assert len(watch.question.comparisons) == SWEEP + 2
    assert traces_of(watch) == []
    lab.jobs.drain()
    visit.run()
    traces = traces_of(watch)
    assert [trace["key"] for trace in traces] == [str(n) for n in range(SWEEP + 2)]
    for trace, found in zip(traces, watch.question.findings(watch), strict=True):
        for name, measure in SIMILARITIES.items():
            value = found.values[name]
            expected = value if measure.distance else measure.best - value
            assert trace["places"][name] == pytest.approx(expected, rel=1e-4, abs=1e-9)
    # Scaling is no difference to either; another network is one to both.
    *scaled, other = (trace["places"] for trace in traces)
    assert all(found["procrustes"] < 1e-2 and found["logit_change"] < 1e-5 for found in scaled)
    assert other["procrustes"] > 0.1 and other["logit_change"] > 0.01
    table = visit.test.dataframe[0].value
    assert len(table) == len(traces) and "Linear CKA" in table.columns


def test_pressing_a_point(lab):
    visit = Visit("map", SMALL)
    visit.test.session_state["map|chosen"] = 5
    visit.test.run()
    assert visit.test.title[0].value == "Representation"
    assert visit.test.session_state["representation|values"]["scale"] == 20.0


def test_nothing_to_show(lab):
    visit = Visit("map", {**QUERY, "show": "", "landmarks": "0", "rotation": "0"})
    assert len(visit.errors) == 1 and "choose a rewrite" in visit.errors[0]


def test_networks_of_another_task(lab):
    visit = Visit("map", {**SMALL, "landmarks": "0", "rotation": "1"})
    lab.jobs.drain()
    visit.run()
    turned = traces_of(visit.watch())[-1]["places"]
    assert turned["disagreement"] > 0.4 and turned["procrustes"] > 0.1
    # Scaling moves no representation, so what the page says of the corner can only be that.
    assert "that corner of the map is empty" in visit.text()
    assert "files are ready once the chart is complete" not in visit.text()
    files = next(html.body for html in visit.test.main.get("html") if "lab-files" in html.body)
    assert "api/export/csv/Map?" in files and "landmarks=0" in files
    visit.test.session_state["map|chosen"] = SWEEP + 1
    visit.test.run()
    assert visit.test.title[0].value == "Representation"
    assert visit.test.session_state["representation|values"]["task_b"] == "rotation"


@pytest.mark.parametrize("across", ROBUSTNESS)
def test_robustness_across(across, lab):
    visit = Visit("map", {**SMALL, "rotation": "1", "across": across})
    watch = visit.watch()
    assert all(map(math.isnan, watch.question.sigma50s(watch)))
    lab.jobs.drain()
    visit.run()
    trained, *scaled, other, turned = watch.question.sigma50s(watch)
    assert trained > 0 and other > 0 and other != trained and math.isnan(turned)
    # Input noise sees the function alone; noise on parameters sees how it is computed.
    assert scaled[0] == trained
    assert (len(set(scaled)) == 1) == (across == "input_noise")
    traces = traces_of(watch)
    assert traces[0]["places"][across] == pytest.approx(trained, rel=1e-5)
    assert across not in traces[-1]["places"]
    assert "Networks trained on rotation are left out" in visit.text()
    assert visit.test.dataframe[0].value["σ50"].iloc[0] == f"{trained:.4g}"
