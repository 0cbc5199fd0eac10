"""The named experiments: their links are read back, and what they promise is what is measured."""

from __future__ import annotations

import pytest

from dissociation.address.links import Link, read_address
from dissociation.address.presets import PRESETS, preset, preset_of
from dissociation.errors import InvalidValue


@pytest.mark.parametrize("name", PRESETS)
def test_each_is_an_address_of_curves(name):
    found = preset(name)
    link, notices = read_address("http://127.0.0.1:8501" + found.link.path)
    assert link == found.link and notices == []
    assert len(link.table.conditions(link.values)) > 1
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
