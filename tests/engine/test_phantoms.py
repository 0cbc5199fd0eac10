"""Phantoms as jobs: streamed, stored whole, read back validated."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dissociation.core.manipulations import Phantom
from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomFindings, PhantomStudy, study_phantom
from dissociation.engine.phantom_records import pack_phantom, unpack_phantom
from dissociation.engine.store import DamagedEntry, pack, unpack

from .following import followed

RECIPE = Recipe(epochs=1, batch=2_048, width=16)
STUDY = PhantomStudy(Phantom(1.0, 1, "activations"), RECIPE, noise="input_noise", draws=2)


@pytest.fixture(scope="module")
def found(small_networks) -> PhantomFindings:
    return study_phantom(STUDY, small_networks[0])


def test_trains_then_streams_then_is_stored(lab):
    watch = lab.watch_phantom(STUDY)
    messages = [status.message for status in followed(lab, watch)]
    assert "Adding noise: 1 draw of noise" in messages
    assert messages[-1] == "Complete: 2 draws of noise."
    found = watch.findings()
    again = lab.watch_phantom(STUDY)
    assert again.status().stored and again.status().message == messages[-1]
    kept = again.findings()
    np.testing.assert_array_equal(kept.legibility, found.legibility)
    np.testing.assert_array_equal(kept.frames[2].picture.values, found.frames[2].picture.values)
    assert [frame.position for frame in kept.frames] == [frame.position for frame in found.frames]
    assert (kept.check, kept.residual, kept.clean) == (found.check, found.residual, found.clean)


def test_one_job_for_all(lab):
    first, second = lab.watch_phantom(STUDY), lab.watch_phantom(dataclasses.replace(STUDY))
    assert first.watched == second.watched
    other = lab.watch_phantom(dataclasses.replace(STUDY, noise="parameter_noise"))
    assert other.watched != first.watched


FIELDS = ("ranges", "positions", "neurons", "residual", "clean", "check")


@pytest.mark.parametrize("without", FIELDS)
def test_incomplete_entries_are_damaged(found, without):
    arrays, meta = unpack(pack_phantom(found))
    del meta[without]
    with pytest.raises(DamagedEntry):
        unpack_phantom(pack(arrays, meta), STUDY)


@pytest.mark.parametrize("name", ["before", "frame0", "legibility"])
def test_other_arrays_are_damaged(found, name):
    arrays, meta = unpack(pack_phantom(found))
    with pytest.raises(DamagedEntry):
        unpack_phantom(pack({**arrays, name: np.zeros((3, 4, 5))}, meta), STUDY)


def test_of_another_study_it_is_damaged(found):
    with pytest.raises(DamagedEntry):
        unpack_phantom(pack_phantom(found), dataclasses.replace(STUDY, draws=3))
