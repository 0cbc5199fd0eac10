"""Comparisons as jobs: streamed, stored whole."""

from __future__ import annotations

import numpy as np

from dissociation.core.manipulations import Nuisance, Scale
from dissociation.core.networks.training import Recipe
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import (
    Comparison,
    ComparisonResult,
    NetworkSpec,
)
from dissociation.web.shell.snapshots import traces_of

from .following import followed

RECIPE = Recipe(epochs=1, batch=2_048, width=16)
CONTRAST = Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE, 0, (Nuisance(16.0),)), images=500)


def complete(lab, *comparisons) -> list[ComparisonResult]:
    watch = lab.watch_studies(comparisons)
    lab.jobs.drain()
    return watch.results()


def test_trains_then_streams_then_is_stored(lab):
    watch = lab.watch_studies([CONTRAST])
    for _ in followed(lab, watch):
        assert len(traces_of(watch)) in (0, 2)
    (found,) = watch.results()
    assert found.values.keys() == found.baselines.keys() == SIMILARITIES.keys()
    assert watch.status().message == "Complete: 500 images."
    again = lab.watch_studies([CONTRAST])
    assert again.status().stored and again.status().state == "done"
    (kept,) = again.results()
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
