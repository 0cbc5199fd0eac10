"""Comparisons and curves watched as one: leases, cancelling, progress and what is stored."""

from __future__ import annotations

import math

from curve_studies import stored_curve

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Scale
from dissociation.core.measures import ParameterNoise
from dissociation.core.measures.base import Curve
from dissociation.core.networks.training import Recipe
from dissociation.core.similarity.comparison import Comparison, NetworkSpec
from dissociation.core.statistics.summary import sigma50s
from dissociation.features.map.answer import ComparisonsQuestion

from .following import followed

RECIPE = Recipe(epochs=1, batch=2_048, width=16)
NOISE = ParameterNoise(images=200, noise_low=1e-4, noise_high=10.0, points=10)
SIDES = (NetworkSpec(RECIPE), NetworkSpec(RECIPE, 0, (Scale(50.0),)), NetworkSpec(RECIPE, 1))
COMPARISONS = [Comparison(SIDES[0], side, images=500, thorough=False) for side in SIDES]
EXPERIMENTS = [Experiment(NOISE, side.manipulations, RECIPE, side.seed + 1) for side in SIDES]
ASKED = ComparisonsQuestion(COMPARISONS, EXPERIMENTS)


def test_both_stream_and_are_stored(lab):
    watch = lab.watch_question(ASKED)
    seen, places = [], []
    for status in followed(lab, watch):
        seen.append(status)
        places.append(ASKED.sigma50s(watch))
    versions = [status.version for status in seen]
    assert seen[0].progress < 1 and versions == sorted(versions)
    assert watch.status().message == "Complete: 500 images." and not watch.status().stored
    found = ASKED.sigma50s(watch)
    # A point appears once it rests on all images, and does not move after.
    for moves in zip(*places, strict=True):
        assert len({place for place in moves if place == place}) == 1
    for experiment, sigma50 in zip(EXPERIMENTS, found, strict=True):
        curve = stored_curve(lab.library, experiment, experiment.seeds - 1)
        assert sigma50 == sigma50s(Curve(NOISE.x, (curve,), NOISE.total), 0.9)[0] > 0
    assert found[1] < found[0] != found[2]
    again = lab.watch_question(ASKED)
    assert again.status().stored and again.status().state == "done" and not again.watched
    assert ASKED.sigma50s(again) == found


def test_some_have_no_robustness(lab):
    some = ComparisonsQuestion(COMPARISONS, [EXPERIMENTS[0], None, EXPERIMENTS[2]])
    watch = lab.watch_question(some)
    lab.jobs.drain()
    first, none, other = some.sigma50s(watch)
    assert first > 0 and math.isnan(none) and other > 0
    asked = ComparisonsQuestion(COMPARISONS)
    without = lab.watch_question(asked)
    assert without.studies == COMPARISONS and all(map(math.isnan, asked.sigma50s(without)))


def test_leases_of_all_jobs_are_renewed_and_released(lab):
    watch = lab.watch_question(ASKED)
    # Of comparisons one each, of curves one for each network and rewrite.
    assert len(watch.watched) == 3 + 3
    for job in watch.watched:
        job.leases.clear()
    watch.renew()
    assert all(job.leases for job in watch.watched)
    watch.release()
    assert not any(job.leases for job in watch.watched)
    lab.jobs.drain()
    assert {job.state for job in watch.watched} == {"cancelled"}


def test_cancelled_where_it_was(lab):
    watch = lab.watch_question(ASKED)
    while not any(found and found.values for found in ASKED.findings(watch)):
        lab.jobs.advance()
    before = watch.version
    watch.cancel()
    watch.renew()
    assert watch.status().state == "cancelled" and watch.status().finished
    assert watch.version > before
    lab.jobs.drain()
    assert not any(job.state == "done" and job.dependants for job in watch.watched)
    assert any(found and found.values for found in ASKED.findings(watch))
