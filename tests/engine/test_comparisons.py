"""Comparisons as jobs: streamed, stored whole, read back validated."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from dissociation.core.manipulations import Nuisance, Scale
from dissociation.core.networks.normal_form import NormalForms
from dissociation.core.networks.training import Recipe
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparing import ComparisonResult, stream
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.dashboard.snapshots import traces_of
from dissociation.engine.comparison_records import pack_comparison, unpack_comparison
from dissociation.engine.store import DamagedEntry, pack, unpack

from .following import followed

RECIPE = Recipe(epochs=1, batch=2_048, width=16)
CONTRAST = Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE, 0, (Nuisance(16.0),)), images=500)


@pytest.fixture(scope="module")
def found(small_networks) -> ComparisonResult:
    """Complete findings, of untrained networks."""
    *_, last = stream(CONTRAST, (small_networks[0], small_networks[0]))
    return last


def complete(lab, *comparisons) -> list[ComparisonResult]:
    watch = lab.watch_comparisons(comparisons)
    lab.jobs.drain()
    return watch.findings()


def test_trains_then_streams_then_is_stored(lab):
    watch = lab.watch_comparisons([CONTRAST])
    for _ in followed(lab, watch):
        assert len(traces_of(watch)) in (0, 2)
    (found,) = watch.findings()
    assert found.values.keys() == found.baselines.keys() == SIMILARITIES.keys()
    assert watch.status().message == "Complete: 500 images."
    again = lab.watch_comparisons([CONTRAST])
    assert again.status().stored and again.status().state == "done"
    (kept,) = again.findings()
    assert (kept.values, kept.images, kept.widths) == (found.values, found.images, found.widths)
    assert (kept.equals, kept.undefined) == (found.equals, {}) and kept.equals["cka"] == 1
    assert kept.baselines == found.baselines and kept.normal_forms == found.normal_forms
    for one, other in zip(kept.pictures, found.pictures, strict=True):
        assert np.array_equal(one.dissimilarity, other.dissimilarity)
        assert np.array_equal(one.embedding, other.embedding)


def test_two_networks_are_both_trained(lab):
    (found,) = complete(lab, Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE, 1), images=500))
    assert found.values["cka"] < 1


def test_several_at_once(lab):
    other = Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE, 0, (Scale(3.0),)), images=500)
    first, second = complete(lab, CONTRAST, other)
    assert first.widths != second.widths
    # Another network altogether: the forms may differ in size, which is stored as well.
    odd = dataclasses.replace(first, normal_forms=NormalForms((1, 2), (3, 4), math.inf))
    assert unpack_comparison(pack_comparison(odd)).normal_forms == odd.normal_forms


def test_what_is_not_defined_is_stored_as_such(found):
    odd = ComparisonResult(
        {**found.values, "cka": math.nan},
        found.images,
        found.baselines,
        found.pictures,
        (16, 48),
        equals={**found.equals, "cka": math.nan},
        undefined={"cka": "why"},
    )
    back = unpack_comparison(pack_comparison(odd))
    assert math.isnan(back.values["cka"]) and back.widths == (16, 48)
    assert math.isnan(back.equals["cka"]) and back.undefined == {"cka": "why"}
    with pytest.raises(DamagedEntry):
        unpack_comparison(pack_comparison(dataclasses.replace(odd, undefined={})))


FIELDS = (
    "values",
    "baselines",
    "equals",
    "undefined",
    "images",
    "scales",
    "widths",
    "normal_forms",
)


@pytest.mark.parametrize("without", FIELDS)
def test_incomplete_entries_are_damaged(found, without):
    arrays, meta = unpack(pack_comparison(found))
    del meta[without]
    with pytest.raises(DamagedEntry):
        unpack_comparison(pack(arrays, meta))


@pytest.mark.parametrize("name", ["first_dissimilarity", "second_embedding"])
def test_other_arrays_are_damaged(found, name):
    arrays, meta = unpack(pack_comparison(found))
    with pytest.raises(DamagedEntry):
        unpack_comparison(pack({**arrays, name: np.zeros((3, 4, 5), np.float64)}, meta))
