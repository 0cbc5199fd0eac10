"""Rewrites in sequence, pinned curves, and what a teacher's link hides or locks."""

from __future__ import annotations

import pytest
from labs import TINY, Visit

from dissociation.address.presets import PRESETS
from dissociation.core.manipulations import Duplicate, Permute, Scale
from dissociation.features.curves.figures import DIFFERENCE
from dissociation.web.shell.snapshots import traces_of

QUERY = {**TINY, "seeds": "2", "show": "scale"}


def sequence(lab) -> list[tuple]:
    return [experiment.manipulations for experiment in lab.curves[-1]]


def test_composing(lab):
    visit = Visit("robustness", QUERY)
    visit.test.selectbox(key="robustness-compose-next").set_value("duplicate")
    visit.run()
    visit.press("compose-add")
    visit.test.selectbox(key="robustness-compose-next").set_value("permute")
    visit.run()
    visit.press("compose-add")
    assert visit.query["compose"] == "duplicate:2,permute:1"
    assert sequence(lab) == [(), (Scale(20.0),), (Duplicate(2.0), Permute(1.0))]
    visit.press("compose-1-permute-up")
    assert visit.query["compose"] == "permute:1,duplicate:2"
    visit.test.number_input(key="robustness-compose-1-duplicate-strength").set_value(3.0)
    visit.run()
    assert visit.query["compose"] == "permute:1,duplicate:3"
    visit.test.button_group(key="robustness-compose-1-duplicate-layer").set_value(1)
    visit.run()
    assert visit.query["compose"] == "permute:1,duplicate:3:layer=1"
    visit.press("compose-0-permute-remove")
    assert visit.query["compose"] == "duplicate:3:layer=1"
    assert sequence(lab)[-1] == (Duplicate(3.0, layer=1),)


def test_too_wide_is_said_and_the_rest_stays(lab):
    visit = Visit("robustness", {**QUERY, "compose": "nuisance:4096,nuisance:4096"})
    assert len(visit.errors) == 1 and "8,192" in visit.errors[0]
    visit.press("compose-1-nuisance-remove")
    assert not visit.errors


def test_pin_change_compare(lab):
    visit = Visit("robustness", QUERY)
    assert lab.find(visit.watch().id).pair is None
    visit.press("pin-scale")
    assert visit.query["pin"].startswith("scale:20;points=2;images=200;recipe=custom")
    # Nothing changed yet: the pinned curve is the shown one.
    assert "Change something" in visit.text()
    visit.widget("scale").set_value(50.0)
    visit.run()
    assert sequence(lab) == [(), (Scale(50.0),), (Scale(20.0),)]
    assert visit.watch().pair == (2, 1)
    lab.jobs.drain()
    visit.run()
    (difference,) = [t for t in traces_of(visit.watch()) if t["key"] == DIFFERENCE]
    curves = visit.watch().curves()
    assert difference["y"] == pytest.approx(curves[1].mean - curves[2].mean, abs=1e-6)
    assert difference["detail"] == "2 networks: an interval needs 3 networks"
    low, high = difference["low"], difference["high"]
    assert all(a <= b <= c for a, b, c in zip(low, difference["y"], high, strict=True))
    visit.press("unpin")
    assert "pin" not in visit.query and visit.watch().pair is None


def test_a_pin_on_other_images_is_not_subtracted(lab):
    visit = Visit("robustness", QUERY)
    visit.press("pin-scale")
    visit.widget("images").set_value(300)
    visit.run()
    assert visit.watch().pair == (2, 1)
    assert "only what rests on the same images is compared" in visit.text()


def test_two_conditions_of_the_same_kind_can_both_be_pinned(lab):
    visit = Visit("robustness", {**QUERY, "compose": "scale:3"})
    visit.press("pin-scale#2")
    assert visit.query["pin"].startswith("scale:3;")
    visit.press("pin-scale")
    assert visit.query["pin"].startswith("scale:20;")


def test_b_is_chosen(lab):
    visit = Visit("robustness", {**QUERY, "pin": "scale:3", "show": "scale,duplicate"})
    visit.test.selectbox(key="robustness-versus").set_value("duplicate")
    visit.run()
    assert visit.query["versus"] == "duplicate" and visit.watch().pair == (3, 2)
    visit.widget("show").set_value(["scale"])
    visit.run()
    assert "versus" not in visit.query and visit.watch().pair == (2, 1)


def test_a_pin_over_another_axis_is_kept_but_not_drawn(lab):
    visit = Visit("robustness", {**QUERY, "pin": "scale:3;measure=input_noise"})
    assert any("another axis" in info.value for info in visit.test.info)
    assert len(lab.curves[-1]) == 2 and "pin" in visit.query


def test_locked(lab):
    visit = Visit("robustness", {**QUERY, "lock": "scale,measure"})
    assert visit.widget("scale").disabled and visit.widget("measure").disabled
    assert not visit.widget("parameter_range").disabled
    everything = Visit("robustness", {**QUERY, "lock": "all"})
    names = ("scale", "measure", "parameter_range", "show", "points", "seeds")
    assert all(everything.widget(name).disabled for name in names)
    assert everything.test.button(key="robustness-compose-add").disabled


def test_hidden_ones_keep_their_values(lab):
    visit = Visit("robustness", {**QUERY, "scale": "50", "hide": "scale,compose,versus"})
    assert visit.widget("scale") is None and sequence(lab)[1] == (Scale(50.0),)
    assert not any(b.key == "robustness-compose-add" for b in visit.test.button)
    everything = Visit("robustness", {**QUERY, "hide": "all"})
    assert everything.widget("points") is None and everything.values["points"] == 2
    # Reset keeps what the teacher set.
    everything.press("reset")
    assert everything.query["hide"] == "all"


def test_lecture_view(lab):
    visit = Visit("robustness", {**QUERY, "view": "lecture"})
    assert any("1.35rem" in html.proto.body for html in visit.test.get("html"))
    visit.press("lecture")
    assert "view" not in visit.query


@pytest.mark.parametrize("name", ["notebook-noise", "fooled-probe"])
def test_a_preset_says_what_to_expect(name, lab):
    preset = PRESETS[name]
    visit = Visit(preset.link.table.name, preset.link.query)
    said = [info.value for info in visit.test.info]
    assert len(said) == 1 and preset.expect in said[0] and preset.why in said[0]
    visit.widget("scale").set_value(50.0)
    visit.run()
    assert not visit.test.info


def test_the_version_is_read(lab):
    visit = Visit("robustness", {**QUERY, "v": "7"})
    assert len(visit.notices) == 1 and "version 7" in visit.notices[0]
