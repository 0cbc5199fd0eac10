"""Causes and norms as jobs: streamed, stored whole; and the bridge of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from curve_studies import stored_curve

from dissociation.address.links import Link
from dissociation.core.manipulations import Duplicate, Scale
from dissociation.core.networks.training import Recipe
from dissociation.core.theory.bridge import laws, sigma50
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.engine.tasks import TrainTask
from dissociation.features.bridge.address import candidates_of
from dissociation.features.bridge.answer import Measured, _point
from dissociation.web.shell.snapshots import traces_of

from .following import followed

RECIPE = Recipe(epochs=1, batch=2_048, width=16)
STUDY = NoiseDecomposition((Scale(3.0),), RECIPE, images=260, draws=1)
TINY = {"recipe": "custom", "epochs": 1, "batch": 2_048, "width": 16}


def test_trains_then_streams_then_is_stored(lab):
    watch = lab.watch_studies([STUDY])
    assert lab.watch_studies([dataclasses.replace(STUDY)]).watched == watch.watched
    messages = [status.message for status in followed(lab, watch)]
    assert "Sampling noise: 250 images, no noise drawn yet" in messages
    assert messages[-1] == "Complete: 260 images × 1 draw."
    again = lab.watch_studies([STUDY])
    assert again.status().stored and again.status().message == messages[-1]
    (kept,), (whole,) = again.results(), watch.results()
    for name in ("samples", "noise", "error", "margins", "wrong"):
        np.testing.assert_array_equal(getattr(kept.measured, name), getattr(whole.measured, name))
    np.testing.assert_array_equal(kept.predicted.margins, whole.predicted.margins)
    np.testing.assert_array_equal(kept.sources.incoming[1], whole.sources.incoming[1])
    np.testing.assert_array_equal(kept.kinds[1].contributes, whole.kinds[1].contributes)
    assert (kept.changed, kept.logit_change) == (whole.changed, whole.logit_change)
    assert traces_of(again) == traces_of(watch)


def bridge(lab, plans, *, compute):
    return lab.watch_question(Measured(lab.library, plans, compute=compute))


def points(watch):
    return watch.question.points(watch)


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
    watch = bridge(lab, candidates(network=20)[:2], compute=True)
    trained = {job.task.seed for job in watch.all_jobs() if isinstance(job.task, TrainTask)}
    assert trained == {19}
    lab.jobs.drain()
    assert watch.status().state == "done" and watch.question.points(watch)[0].sigma50 > 0
    recipe = candidates()[0].side.recipe
    assert [seed for seed in range(20) if lab.library.history(recipe, seed)] == [19]


def test_the_bridge_finds_what_is_stored_and_measures_the_rest(lab):
    plans = candidates()
    empty = bridge(lab, plans, compute=False)
    assert empty.status().state == "done" and points(empty) == {} == empty.question.experiments
    # Another page measures one of them.
    other = plans[2]
    lab.watch_curves([other.experiments[0]])
    lab.jobs.drain()
    some = bridge(lab, plans, compute=False)
    assert (
        set(some.question.experiments) == {2}
        and points(some) == {}
        and some.status().state != "done"
    )
    lab.jobs.drain()
    (point,) = points(some).values()
    curve = stored_curve(lab.library, other.experiments[0], 0)
    assert point.sigma50 == sigma50(other.experiments[0].measure, curve) > 0
    assert some.status().message == "Complete: 1 networks."
    whole = bridge(lab, plans, compute=True)
    assert len(whole.question.experiments) == 1 + len(Scale.strength_range.sweep)
    messages = []
    while lab.jobs.advance():
        messages.append(whole.status().message)
    assert whole.status().state == "done" and any("of 7 networks" in words for words in messages)
    found = points(whole)
    assert found[2] == point
    assert [_point(lab.library, plans[number]) for number in found] == [*found.values()]
    assert laws(list(found.values()), "gain").linear.slope == -0.5
    traces = {trace["key"]: trace for trace in traces_of(whole)}
    assert traces["2"]["places"]["sigma50"] == pytest.approx(point.sigma50, rel=1e-5)
    assert {"best-law-gain", "linear-law-gain", "best-law-weights"} <= set(traces)
    assert "linear-law-weights" not in traces
