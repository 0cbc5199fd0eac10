"""The map: its points, the way from a point to its page, and its table."""

from __future__ import annotations

import pytest
from labs import TINY, Visit

from dissociation.address.links import Link
from dissociation.address.map_links import link_of
from dissociation.address.map_page import OTHERS, points_of
from dissociation.address.representation_page import contrast_of
from dissociation.dashboard.snapshots import snapshot
from dissociation.manipulations import REGISTRY
from dissociation.measures.similarity import SIMILARITIES

QUERY = {name: TINY[name] for name in ("recipe", "width", "epochs", "batch")}
SMALL = {**QUERY, "show": "scale", "landmarks": "1"}


@pytest.mark.parametrize("layer", ["1", "2"])
def test_every_rewrite_at_its_usual_strengths(layer):
    values = Link.of("map", show=list(REGISTRY), landmarks=3, layer=layer).values
    points = points_of(values)
    for name, cls in REGISTRY.items():
        mine = [point for point in points if point.group == name]
        assert [point.rank for point in mine] == list(range(len(mine)))
        strengths = [point.contrast.second.manipulations[0].strength for point in mine]
        assert strengths == list(cls.strength_range.sweep)
        layers = {point.contrast.second.manipulations[0].layer for point in mine}
        assert layers == {int(layer) if int(layer) in cls.layers else cls.layers[0]}
    others = [point.contrast.second.seed for point in points if point.group == OTHERS]
    assert others == [1, 2, 3]
    assert len({point.contrast.digest() for point in points}) == len(points)


def test_a_point_leads_to_its_contrast():
    values = {**Link.of("map", show=list(REGISTRY)).values, "width": 16, "recipe": "custom"}
    for point in points_of(values):
        again = contrast_of(link_of(point, values).values)
        assert (again.first, again.second, again.layer) == (
            point.contrast.first,
            point.contrast.second,
            point.contrast.layer,
        )


def test_points_stream_and_are_tabled(lab):
    visit = Visit("map", SMALL)
    watch = visit.watch()
    assert len(watch.contrasts) == len(REGISTRY["scale"].strength_range.sweep) + 1
    assert snapshot(watch)["traces"] == []
    lab.jobs.drain()
    visit.run()
    traces = snapshot(watch)["traces"]
    assert [trace["key"] for trace in traces] == [str(n) for n in range(len(watch.contrasts))]
    for trace, found in zip(traces, watch.findings(), strict=True):
        for name, measure in SIMILARITIES.items():
            value = found.values[name]
            expected = value if measure.distance else measure.same - value
            assert trace["differences"][name] == pytest.approx(expected, rel=1e-4, abs=1e-9)
    # Scaling is no difference to either; another network is one to both.
    *scaled, other = (trace["differences"] for trace in traces)
    assert all(found["procrustes"] < 1e-2 and found["logit_change"] < 1e-5 for found in scaled)
    assert other["procrustes"] > 0.1 and other["logit_change"] > 0.01
    table = visit.test.dataframe[0].value
    assert len(table) == len(traces) and "Linear CKA" in table.columns


def test_pressing_a_point(lab):
    visit = Visit("map", SMALL)
    visit.test.session_state["map|chosen"] = 4
    visit.test.run()
    assert visit.test.title[0].value == "Representation"
    assert visit.test.session_state["representation|values"]["scale"] == 20.0


def test_nothing_to_show(lab):
    visit = Visit("map", {**QUERY, "show": "", "landmarks": "0"})
    assert len(visit.errors) == 1 and "choose a rewrite" in visit.errors[0]


def test_a_single_point_is_a_map_too(lab):
    visit = Visit("map", {**QUERY, "show": "", "landmarks": "1"})
    lab.jobs.drain()
    (trace,) = snapshot(visit.watch())["traces"]
    assert trace["differences"]["procrustes"] > 0.1
    assert "files are ready once the chart is complete" in visit.text()
    visit.run()
    files = next(html.body for html in visit.test.main.get("html") if "lab-files" in html.body)
    assert "api/export/csv/Map?" in files and "landmarks=1" in files
