"""Phantoms as jobs: streamed, stored whole, shared."""

from __future__ import annotations

import dataclasses

import numpy as np

from dissociation.core.manipulations import Phantom
from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomStudy

from .following import followed

RECIPE = Recipe(epochs=1, batch=2_048, width=16)
STUDY = PhantomStudy(Phantom(1.0, 1, "activations"), RECIPE, noise="input_noise", draws=2)


def test_trains_then_streams_then_is_stored(lab):
    watch = lab.watch_studies([STUDY])
    messages = [status.message for status in followed(lab, watch)]
    assert "Adding noise: 1 draw of noise" in messages
    assert messages[-1] == "Complete: 2 draws of noise."
    (found,) = watch.results()
    again = lab.watch_studies([STUDY])
    assert again.status().stored and again.status().message == messages[-1]
    (kept,) = again.results()
    np.testing.assert_array_equal(kept.legibility, found.legibility)
    np.testing.assert_array_equal(kept.frames[2].picture.values, found.frames[2].picture.values)
    assert [frame.position for frame in kept.frames] == [frame.position for frame in found.frames]
    assert (kept.check, kept.residual, kept.clean) == (found.check, found.residual, found.clean)


def test_one_job_for_all(lab):
    first, second = lab.watch_studies([STUDY]), lab.watch_studies([dataclasses.replace(STUDY)])
    assert first.watched == second.watched
    other = lab.watch_studies([dataclasses.replace(STUDY, noise="parameter_noise")])
    assert other.watched != first.watched
