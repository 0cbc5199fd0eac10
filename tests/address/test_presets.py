"""The named experiments: their links are read back, and what they promise is what is measured."""

from __future__ import annotations

import pytest

from dissociation.address.links import Link, read_address
from dissociation.address.presets import PRESETS, preset, preset_of
from dissociation.core.manipulations import exact_everywhere
from dissociation.core.validation import InvalidValue
from dissociation.web.shell.questions import question_of


@pytest.mark.parametrize("name", PRESETS)
def test_each_is_an_address_of_results(name):
    found = preset(name)
    link, notices = read_address("http://127.0.0.1:8501" + found.link.path)
    assert link == found.link and notices == []
    question, _ = question_of(link)
    # Curves have something to be compared with; a comparison of networks is one itself.
    assert len(question.names()) > 1 or link.table.study is not None
    assert found.expect.endswith(".") and found.why.endswith(".") and found.title


def test_they_are_told_apart_and_known_again():
    for name, known in PRESETS.items():
        assert known.name == name and preset_of(known.link) is known
        viewed = {**known.link.values, "view": "lecture", "lock": ["all"], "axis": "linear"}
        assert preset_of(Link(known.link.table, viewed)) is known


def test_others_are_none():
    assert preset_of(Link.of("robustness", scale=21.0)) is None
    with pytest.raises(InvalidValue, match="notebook-noise"):
        preset("unknown")


def test_scaling_is_invisible_to_input_noise():
    trained, scaled, null = (
        condition.experiment
        for condition in PRESETS["invisible-scaling"].link.table.conditions(
            PRESETS["invisible-scaling"].link.values
        )
    )
    assert scaled.canonical() == trained and null.canonical() != trained.canonical()


@pytest.mark.parametrize("name", ["same-function", "invisible-copies", "many-representations"])
def test_what_is_said_to_keep_every_answer_does_so_by_construction(name):
    question, _ = question_of(PRESETS[name].link)
    found = getattr(question, "comparisons", None) or [question.study]
    rewritten = [comparison for comparison in found if comparison.second.manipulations]
    assert rewritten and all(exact_everywhere(c.second.manipulations) for c in rewritten)
    assert all(c.first.seed == c.second.seed for c in rewritten)


def test_two_seeds_are_not_rewritten():
    link = PRESETS["two-seeds"].link
    comparison = link.table.study(link.values)
    assert [side.seed for side in comparison.sides] == [0, 1]
    assert not any(side.manipulations for side in comparison.sides)
