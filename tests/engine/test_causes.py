"""Causes and norms as jobs: streamed, stored whole, read back validated; and the bridge of them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from dissociation.address.bridge_candidates import candidates_of
from dissociation.address.links import Link
from dissociation.core.manipulations import Duplicate, Scale
from dissociation.core.networks.training import Recipe
from dissociation.core.theory.bridge import laws, sigma50
from dissociation.core.theory.causes import NoiseDecomposition, study_causes
from dissociation.core.theory.causes_findings import NoiseDecompositionResult
from dissociation.core.theory.norms import network_norms
from dissociation.dashboard.snapshots import traces_of
from dissociation.engine.bridge_watch import stored_point
from dissociation.engine.causes_records import (
    pack_causes,
    pack_norms,
    unpack_causes,
    unpack_norms,
)
from dissociation.engine.store import DamagedEntry, pack, unpack
from dissociation.engine.tasks import TrainTask

from .following import followed

RECIPE = Recipe(epochs=1, batch=2_048, width=16)
STUDY = NoiseDecomposition((Scale(3.0),), RECIPE, images=260, draws=1)
TINY = {"recipe": "custom", "epochs": 1, "batch": 2_048, "width": 16}


@pytest.fixture(scope="module")
def found(small_networks) -> NoiseDecompositionResult:
    return study_causes(STUDY, small_networks[0])


def test_trains_then_streams_then_is_stored(lab):
    watch = lab.watch_causes(STUDY)
    assert lab.watch_causes(dataclasses.replace(STUDY)).watched == watch.watched
    messages = [status.message for status in followed(lab, watch)]
    assert "Sampling noise: 250 images, no noise drawn yet" in messages
    assert messages[-1] == "Complete: 260 images × 1 draw."
    again = lab.watch_causes(STUDY)
    assert again.status().stored and again.status().message == messages[-1]
    kept, whole = again.findings(), watch.findings()
    for name in ("samples", "noise", "error", "margins", "wrong"):
        np.testing.assert_array_equal(getattr(kept.measured, name), getattr(whole.measured, name))
    np.testing.assert_array_equal(kept.predicted.margins, whole.predicted.margins)
    np.testing.assert_array_equal(kept.sources.incoming[1], whole.sources.incoming[1])
    np.testing.assert_array_equal(kept.kinds[1].contributes, whole.kinds[1].contributes)
    assert (kept.changed, kept.logit_change) == (whole.changed, whole.logit_change)
    assert traces_of(again) == traces_of(watch)


@pytest.mark.parametrize("without", ["images", "limit", "logit_change", "changed"])
def test_incomplete_entries_are_damaged(found, without):
    arrays, meta = unpack(pack_causes(found))
    del meta[without]
    with pytest.raises(DamagedEntry):
        unpack_causes(pack(arrays, meta), STUDY)


@pytest.mark.parametrize(
    "name", ["sources_terms", "trained_incoming0", "say1", "predicted_margins", "measured_noise"]
)
@pytest.mark.parametrize("bad", [np.zeros((3, 4, 5)), np.array([np.nan, 1.0, 1.0])])
def test_other_arrays_are_damaged(found, name, bad):
    arrays, meta = unpack(pack_causes(found))
    with pytest.raises(DamagedEntry):
        unpack_causes(pack({**arrays, name: bad}, meta), STUDY)


def test_of_another_study_it_is_damaged(found):
    for change in ({"draws": 2}, {"images": 261}):
        with pytest.raises(DamagedEntry):
            unpack_causes(pack_causes(found), dataclasses.replace(STUDY, **change))


def test_norms_are_kept(small_networks):
    norms = network_norms(small_networks[0])
    assert unpack_norms(pack_norms(norms)) == norms
    for bad in ({"terms": [1, 2]}, {"weights": ["a", 1, 2]}, {"margin": math.inf}, {"products": 1}):
        with pytest.raises(DamagedEntry):
            unpack_norms(pack({}, {**norms._asdict(), **bad}))


def candidates(**values):
    return candidates_of(Link.of("bridge", show=["scale"], **TINY, **values).values)


def test_candidates_are_what_other_pages_measure():
    found = candidates()
    chains = [candidate.side.manipulations for candidate in found]
    assert chains[0] == () and len(set(chains)) == len(chains)
    # Those of the Sweep and of the Map, of a preset of Sweep, and of the other layer.
    assert {(Scale(20.0),), (Scale(0.1),), (Scale(20.0, 1),)} <= set(chains)
    assert (Duplicate(2.0),) not in chains
    wanted = [chain for chain, one in zip(chains, found, strict=True) if one.wanted]
    assert wanted == [(), *((Scale(a),) for a in Scale.strength_range.sweep)]
    assert {e.recipe.width for one in found for e in one.experiments} == {16}
    others = candidates(network=2, key=5)
    assert {(one.side.seed, one.key, one.experiments[0].seeds) for one in others} == {(1, 5, 2)}


def test_the_bridge_trains_the_one_network_that_it_uses(lab):
    watch = lab.watch_bridge(candidates(network=20)[:2], compute=True)
    assert {job.task.seed for job in watch.all_jobs() if isinstance(job.task, TrainTask)} == {19}
    lab.jobs.drain()
    assert watch.status().state == "done" and watch.points()[0].sigma50 > 0
    recipe = candidates()[0].side.recipe
    assert [seed for seed in range(20) if lab.library.history(recipe, seed)] == [19]


def test_the_bridge_finds_what_is_stored_and_measures_the_rest(lab):
    plans = candidates()
    empty = lab.watch_bridge(plans, compute=False)
    assert empty.status().state == "done" and empty.points() == {} and empty.known == set()
    # Another page measures one of them.
    other = plans[2]
    lab.watch_curves([other.experiments[0]])
    lab.jobs.drain()
    some = lab.watch_bridge(plans, compute=False)
    assert some.known == {2} and some.points() == {} and some.status().state != "done"
    lab.jobs.drain()
    (point,) = some.points().values()
    curve = lab.library.curve(other.experiments[0], 0).curve
    assert point.sigma50 == sigma50(other.experiments[0], curve) > 0
    assert some.status().message == "Complete: 1 networks."
    whole = lab.watch_bridge(plans, compute=True)
    assert len(whole.known) == 1 + len(Scale.strength_range.sweep)
    messages = []
    while lab.jobs.advance():
        messages.append(whole.status().message)
    assert whole.status().state == "done" and any("of 7 networks" in words for words in messages)
    points = whole.points()
    assert points[2] == point
    assert [stored_point(lab.library, plans[number]) for number in points] == [*points.values()]
    assert laws(list(points.values()), "gain").linear.slope == -0.5
    traces = {trace["key"]: trace for trace in traces_of(whole)}
    assert traces["2"]["places"]["sigma50"] == pytest.approx(point.sigma50, rel=1e-5)
    assert {"best-law-gain", "linear-law-gain", "best-law-weights"} <= set(traces)
    assert "linear-law-weights" not in traces
