"""Representation: what is compared, the headline, and the table of all measures."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from labs import TINY, Visit

from dissociation.address.links import Link
from dissociation.address.names import side_name
from dissociation.address.presets import PRESETS
from dissociation.core.manipulations import Nuisance, Scale
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import NetworkSpec
from dissociation.features.representation.address import REPRESENTATION
from dissociation.web.export.files import KINDS
from dissociation.web.export.links import export_path
from dissociation.web.shell.snapshots import state_of

QUERY = {name: TINY[name] for name in ("recipe", "width", "epochs", "batch")}


def sides(lab) -> tuple[NetworkSpec, NetworkSpec]:
    (comparison,) = lab.studies[-1]
    return comparison.first, comparison.second


def headline(visit: Visit) -> str:
    return table(visit)["title"]


def table(visit: Visit) -> dict[str, Any]:
    """What stands beneath the pictures."""
    return state_of(visit.watch())["table"]


def test_what_is_compared(lab):
    visit = Visit("representation", QUERY)
    first, second = sides(lab)
    assert first.manipulations == () and second.manipulations == (Scale(20.0),)
    assert first.seed == second.seed == 0 and first.recipe.width == 16
    visit.widget("scale").set_value(50.0)
    visit.widget("network_b").set_value(2)
    visit.run()
    assert sides(lab)[1] == NetworkSpec(first.recipe, 1, (Scale(50.0),))
    visit.widget("rewrite").set_value("none")
    visit.run()
    assert sides(lab)[1] == NetworkSpec(first.recipe, 1) and visit.widget("scale") is None


def test_in_sequence(lab):
    Visit("representation", {**QUERY, "then": "nuisance:8"})
    assert sides(lab)[1].manipulations == (Scale(20.0), Nuisance(8.0))


def test_headline_and_table(lab):
    visit = Visit("representation", QUERY)
    lab.jobs.drain()
    visit.run()
    assert headline(visit) == (
        "The answers are the same; the representation is the same up to rotation and scale."
    )
    found = table(visit)
    rows = [
        dict(zip(found["columns"], row, strict=True))
        for group in found["groups"]
        for row in group["rows"]
    ]
    measures = list(SIMILARITIES.values())
    assert [row["Measure"][0] for row in rows] == [measure.label for measure in measures]
    assert all(m.cite in row["Measure"][1] for m, row in zip(measures, rows, strict=True))
    assert "…" not in {row["Unrelated"] for row in rows}
    (cka,) = (row for row in rows if row["Measure"][0] == "Linear CKA")
    assert "rotation" in cka["Does not see"]
    files = next(html.body for html in visit.test.main.get("html") if "lab-files" in html.body)
    link = Link(REPRESENTATION, visit.values)
    assert all(escape(export_path(link, kind)) in files for kind in KINDS)


def test_files_are_promised_until_they_are_ready(lab):
    visit = Visit("representation", QUERY)
    while visit.watch().results()[0] is None:
        assert lab.jobs.advance()
    visit.run()
    assert "files are ready once the chart is complete" in visit.text()


def test_nuisance_is_seen(lab):
    visit = Visit("representation", {**QUERY, "rewrite": "nuisance", "nuisance": "32"})
    lab.jobs.drain()
    visit.run()
    assert headline(visit).startswith("The answers are the same; the representation is turned")
    assert "exact rewrites of one network" in visit.text()


def test_another_network_is_another(lab):
    visit = Visit("representation", {**QUERY, "rewrite": "none", "network_b": "2"})
    lab.jobs.drain()
    visit.run()
    assert "exact rewrites of one network" not in visit.text()
    assert "% of the answers differ" in headline(visit)


def test_a_network_of_another_task(lab):
    query = {**QUERY, "rewrite": "none", "network_b": "2", "task_b": "rotation"}
    visit = Visit("representation", query)
    first, second = sides(lab)
    assert (first.recipe.task, second.recipe.task, second.seed) == ("digits", "rotation", 1)
    assert side_name(second) == "Trained, network 2 (rotation task)"
    lab.jobs.drain()
    visit.run()
    assert "they differ by task, not by mistake" in visit.text()


def test_too_wide(lab):
    query = {**QUERY, "rewrite": "nuisance", "nuisance": "4096", "then": "nuisance:4096"}
    visit = Visit("representation", query)
    assert len(visit.errors) == 1 and "8,192" in visit.errors[0] and not lab.studies


@pytest.mark.parametrize("layer", ["1", "2"])
def test_layer(layer, lab):
    Visit("representation", {**QUERY, "layer": layer})
    assert lab.studies[-1][0].layer == int(layer)


def test_a_preset_is_known_again(lab):
    found = PRESETS["two-seeds"]
    visit = Visit("representation", found.link.query)
    (told,) = [info.value for info in visit.test.info]
    assert found.title in told and found.why in told


def test_the_slider_is_a_step_ahead(lab):
    visit = Visit("representation", QUERY)
    lab.jobs.drain()
    lab.idle_work = True
    visit.widget("scale").set_value(10.0)
    visit.run()
    assert [comparison.second.manipulations for comparison in lab.ahead] == [
        (Scale(strength),) for strength in (7.0, 15.0, 5.0, 20.0, 3.0, 30.0)
    ]
    lab.jobs.drain()
    assert all(lab.library.result(comparison) is not None for comparison in lab.ahead)
    visit.widget("scale").set_value(15.0)
    visit.run()
    assert visit.watch().status().stored


def test_nothing_ahead_of_what_cannot_be_moved(lab):
    Visit("representation", {**QUERY, "lock": "scale"})
    assert lab.studies and not lab.ahead
    Visit("representation", {**QUERY, "rewrite": "none", "network_b": "2"})
    assert not lab.ahead
