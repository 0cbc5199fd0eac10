"""Phantoms: the picture is there, the function is the same, and noise takes the picture first."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dissociation.core.data import motifs
from dissociation.core.data.datasets import mnist_test
from dissociation.core.experiment import noise_key
from dissociation.core.manipulations import apply_all
from dissociation.core.manipulations.phantom import (
    ACTIVATIONS,
    PAINTED,
    SIMILARITY,
    Phantom,
    in_similarity,
    incoming_weights,
    painted,
    painted_images,
    quadrant,
    similarity,
)
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.network import Network, hidden_and_logits, initial_network, seed_key
from dissociation.core.networks.training import QUICK
from dissociation.core.phantom.study import PhantomResult, PhantomStudy
from dissociation.core.phantom.views import shaded
from dissociation.core.validation import InvalidValue

KEY = jax.random.PRNGKey(3)
OWN = motifs.encode(np.random.default_rng(5).random((32, 32)))


@pytest.fixture(scope="module")
def wide() -> Network:
    """Wide enough for its first layer to tell the painted images apart."""
    return Network(*map(np.asarray, initial_network(seed_key(0), 256)))


def on_painted(network: Network, layer: int) -> np.ndarray:
    return hidden_and_logits(network, painted_images(), layer)[0].astype(np.float64)


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("picture", [*motifs.DRAWN, OWN], ids=[*motifs.DRAWN, "own"])
def test_activations_show_it(wide, layer, picture):
    phantom = Phantom(2.0, layer, ACTIVATIONS, picture, group=3)
    before = on_painted(wide, layer)
    after = on_painted(phantom.apply(wide, key=KEY), layer)
    np.testing.assert_allclose(after[:, : before.shape[1]], before, atol=1e-5)
    added = after[:, before.shape[1] :]
    assert added.shape == (PAINTED, 32 * 3)
    wanted = motifs.enlarged(motifs.motif(picture), *added.shape) * 2 * np.quantile(before, 0.995)
    assert np.abs(added - wanted).max() < 1e-4 * wanted.max()


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("picture", [*motifs.DRAWN, OWN], ids=[*motifs.DRAWN, "own"])
def test_similarities_show_it(wide, layer, picture):
    phantom = Phantom(2.0, layer, SIMILARITY, picture, group=2)
    before = similarity(on_painted(wide, layer))
    after = similarity(on_painted(phantom.apply(wide, key=KEY), layer))
    added, own = quadrant(after - before), quadrant(before)
    greys = motifs.enlarged(motifs.motif(picture), *added.shape)
    assert np.ptp(added) == pytest.approx(2 * np.ptp(own), rel=1e-3)
    assert np.corrcoef(added.ravel(), greys.ravel())[0, 1] > 0.999999


BLOCKS = arrays(np.float64, (6, 6), elements=st.floats(-1, 1, width=32))


@given(BLOCKS)
def test_any_block_of_negative_sum_can_be_shown(block):
    block = block - block.mean() - 0.1
    activations = in_similarity(block)
    assert activations.min() == 0
    np.testing.assert_allclose(quadrant(similarity(activations)), block, atol=1e-4)


def test_weights_are_the_smallest():
    rng = np.random.default_rng(0)
    inputs, wanted = rng.normal(size=(20, 50)), rng.random((20, 3))
    weights = incoming_weights(inputs, wanted).astype(float)
    np.testing.assert_allclose(inputs @ weights.T, wanted, atol=1e-5)
    # Any other solution differs within the null space of the inputs, where these have no part.
    null = np.linalg.svd(inputs)[2][20:]
    assert np.abs(weights @ null.T).max() < 1e-6


def test_painted_images_are_sorted_by_digit():
    data = mnist_test()
    where = {image.tobytes(): label for image, label in zip(data.images, data.labels, strict=True)}
    labels = [where[image.tobytes()] for image in painted_images()]
    assert labels == sorted(labels) and np.bincount(labels).tolist() == [25] * 10


def test_groups_are_as_many_as_the_picture_needs():
    assert painted(ACTIVATIONS, "heart").shape == (PAINTED, 32)
    # The heart is its own mirror image: at most 16 different columns, and the neuron of its sums;
    # what that one leaves of 32 columns adds up to nothing.
    assert Phantom(picture="heart").groups <= 17 < Phantom(picture=OWN).groups == 1 + 31


def test_other_pictures_are_named():
    with pytest.raises(InvalidValue, match="picture of phantom.*face, heart"):
        Phantom(picture="A" * 683)


STUDY = PhantomStudy(Phantom(1.0, 1), noise="input_noise", draws=2)


@pytest.fixture(scope="module")
def streamed(wide) -> list[PhantomResult]:
    return list(STUDY.stream(wide))


def test_coarse_to_fine(streamed):
    progress = [found.progress for found in streamed]
    assert progress == sorted(progress) and [p == 1 for p in progress] == [False] * 3 + [True]
    shapes = [found.legibility.shape for found in streamed]
    assert shapes == [(0, 25), (1, 25), (1, 25), (2, 25)]
    known = [int(np.isfinite(found.legibility).sum()) for found in streamed]
    assert known == [0, 7, 25, 50]
    assert np.array_equal(streamed[1].legibility[:, ::4], streamed[2].legibility[:, ::4])
    for found in streamed:
        assert np.array_equal(np.isfinite(found.legibility), np.isfinite(found.unchanged))


def test_what_it_finds(streamed):
    found = streamed[-1]
    assert found.residual < 1e-4 and found.clean > 0.9
    assert found.check.logit_change < 1e-5 and found.check.predictions_changed == 0
    mean, kept = found.legibility.mean(0), found.unchanged.mean(0)
    assert mean[0] > 0.95 * found.clean and mean[-1] < 0.3
    assert kept[0] > 0.99 and kept[-1] < 0.5
    picture, function = found.sigma50s()
    assert picture < function / 2


def test_pictures_and_frames(streamed):
    found = streamed[-1]
    assert found.before.values.shape == found.after.values.shape == (PAINTED, PAINTED)
    greys = motifs.enlarged(STUDY.phantom.greys, 125, 125).ravel()
    seen = quadrant(found.after.values).ravel()
    assert np.corrcoef(seen, greys)[0, 1] == pytest.approx(found.clean, abs=0.02)
    positions = [frame.position for frame in found.frames]
    assert positions == sorted(set(positions)) and len(positions) == 6
    for frame in found.frames:
        seen = np.corrcoef(frame.picture.values.ravel(), greys)[0, 1]
        assert seen == pytest.approx(found.legibility[0, frame.position], abs=0.05)


def test_noise_is_that_of_the_measure(wide):
    """A picture under parameter noise is what the Robustness page's noise makes of it."""
    study = PhantomStudy(Phantom(1.0, 1, ACTIVATIONS), draws=1)
    found = list(study.stream(wide))[-1]
    own = seed_key(0, noise_key(study.key))
    rewritten = apply_all(wide, [study.phantom], key=own)
    drawn = ParameterNoise().noise(rewritten, own, 0)
    position = 20
    sigma = np.float32(study.x[position])
    noisy = Network(*(w + sigma * n for w, n in zip(rewritten, drawn, strict=True)))
    added = on_painted(noisy, 1)[:, 256:]
    greys = motifs.enlarged(study.phantom.greys, *added.shape)
    expected = np.corrcoef(added.ravel(), greys.ravel())[0, 1]
    assert found.legibility[0, position] == pytest.approx(expected, abs=1e-5)


def test_same_key_same_numbers(wide, streamed):
    again = list(STUDY.stream(wide))[-1]
    np.testing.assert_array_equal(again.legibility, streamed[-1].legibility)
    other = list(dataclasses.replace(STUDY, key=4, draws=1).stream(wide))[-1]
    assert not np.array_equal(other.legibility[0], again.legibility[0])


def test_digests_tell_studies_apart():
    changes = (
        {"phantom": Phantom(2.0)},
        {"phantom": Phantom(1.0, picture=OWN)},
        {"recipe": dataclasses.replace(QUICK, width=64)},
        {"seed": 1},
        {"noise": "parameter_noise"},
        {"draws": 3},
        {"key": 1},
    )
    studies = [STUDY, *(dataclasses.replace(STUDY, **change) for change in changes)]
    assert len({study.digest() for study in studies}) == len(studies)
    assert STUDY.digest("some") != STUDY.digest("other") != STUDY.digest()


@pytest.mark.parametrize(
    ("field", "value"), [("noise", "sound"), ("seed", 99), ("draws", 0), ("draws", 65), ("key", -1)]
)
def test_bad_fields(field, value):
    with pytest.raises(InvalidValue, match=field):
        dataclasses.replace(STUDY, **{field: value})


@settings(max_examples=20)
@given(
    values=arrays(np.float64, (5, 4), elements=st.floats(-1e6, 1e6)),
    low=st.floats(-10, 10),
    width=st.just(0.0) | st.floats(1e-3, 10),
)
def test_shades(values, low, width):
    found = shaded(values, low, low + width)
    assert found.values.dtype == np.uint8 and found.low == low and found.high > found.low
    assert (found.values[values <= low] == 0).all()
    if width > 0:
        assert (found.values[values >= low + width] == 255).all()
