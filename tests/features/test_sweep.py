"""Sweep: one rewrite at many strengths, and the field to choose them."""

from __future__ import annotations

from labs import TINY, Visit

from dissociation.address.links import read_address
from dissociation.core.manipulations import Duplicate, Scale
from dissociation.core.statistics.summary import sigma50s
from dissociation.web.shell.snapshots import traces_of

QUERY = {**TINY, "points": "8"}


def swept(lab) -> list[tuple]:
    return [experiment.manipulations for experiment in lab.curves[-1]]


def type_in(visit: Visit, text: str) -> None:
    visit.test.text_input(key="sweep-strengths-text").set_value(text)
    visit.run()


def test_usual_strengths(lab):
    visit = Visit("sweep", QUERY)
    assert swept(lab) == [(), *((Scale(s),) for s in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0))]
    visit.widget("rewrite").set_value("duplicate")
    visit.run()
    assert swept(lab)[-1] == (Duplicate(4.0),) and visit.query["rewrite"] == "duplicate"


def test_other_strengths(lab):
    visit = Visit("sweep", QUERY)
    type_in(visit, "3, 1")
    assert visit.query["strengths"] == "1,3" and swept(lab) == [(), (Scale(1.0),), (Scale(3.0),)]
    type_in(visit, "1,2,5,10,20,50")
    assert "strengths" not in visit.query


def test_what_is_wrong_stays_to_be_mended(lab):
    visit = Visit("sweep", {**QUERY, "strengths": "1,3"})
    type_in(visit, "1,<b>")
    assert len(visit.errors) == 1 and "parted by commas" in visit.errors[0]
    assert visit.test.text_input(key="sweep-strengths-text").value == "1,<b>"
    assert visit.query["strengths"] == "1,3" and len(swept(lab)) == 3
    type_in(visit, "1,4")
    assert not visit.errors and visit.query["strengths"] == "1,4"


def test_guess_first(lab):
    visit = Visit(
        "sweep", {**QUERY, "strengths": "1,3", "scale.layer": "1", "measure": "input_noise"}
    )
    (link,) = visit.test.main.get("page_link")
    found, notices = read_address(f"/Robustness?{link.proto.query_string}")
    assert not notices and found.values["scale"] == 9 and found.values["predict"] == "scale"
    assert found.values["scale.layer"] == "1" and found.values["measure"] == "input_noise"
    assert found.values["width"] == 16


def test_out_of_range_names_the_range(lab):
    visit = Visit("sweep", {**QUERY, "strengths": "1,5000"})
    assert len(visit.errors) == 1 and "1000" in visit.errors[0]
    visit.test.button(key="sweep-strengths-usual").click()
    visit.run()
    assert not visit.errors and len(swept(lab)) == 7


def test_the_contour_is_the_tables_sigma50(lab):
    visit = Visit("sweep", {**QUERY, "strengths": "1,50", "seeds": "2"})
    lab.jobs.drain()
    visit.run()
    watch = visit.watch()
    traces = traces_of(watch)
    for trace, curve in zip(traces, watch.curves(), strict=True):
        expected = sigma50s(curve, 0.9).mean()
        assert trace["half_way"] == float(f"{expected:.6g}")
    table = visit.test.dataframe[0].value
    assert table["σ50"].tolist() == [f"{trace['half_way']:.3g}" for trace in traces]


def test_another_rewrite_has_its_usual_strengths(lab):
    visit = Visit("sweep", {**QUERY, "strengths": "0.1,100"})
    visit.widget("rewrite").set_value("duplicate")
    visit.run()
    assert not visit.errors and "strengths" not in visit.query
    assert visit.test.text_input(key="sweep-strengths-text").value == "1,1.2,1.5,2,3,4"
