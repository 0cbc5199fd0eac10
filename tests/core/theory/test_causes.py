"""Margins, kinds of neurons, and a study of both, streamed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dissociation.core.data.sample import visiting_order
from dissociation.core.manipulations import Duplicate, Nuisance, Permute, Phantom, Scale, apply_all
from dissociation.core.networks.network import logits, seed_key
from dissociation.core.networks.normal_form import neuron_kinds
from dissociation.core.networks.training import ROTATION, Recipe
from dissociation.core.theory import margins as m
from dissociation.core.theory.causes import NoiseDecomposition, causes_from_json
from dissociation.core.theory.causes_findings import SCALES
from dissociation.core.theory.noise_sources import PIECE, SourceSums, total_noise
from dissociation.core.theory.norms import PREDICTORS, fit_power_law, network_norms
from dissociation.core.validation import InvalidValue

RECIPE = Recipe(width=64)
STUDY = NoiseDecomposition((Scale(5.0),), RECIPE, images=300, draws=2)


@pytest.fixture(scope="module")
def network(reference_networks):
    return reference_networks[0]


@pytest.fixture(scope="module")
def news(network):
    return [found for found in STUDY.stream(network) if found is not None]


def test_coarse_to_fine(news):
    progress = [found.progress for found in news]
    assert progress == sorted(progress) and progress.count(1.0) == 1 == progress[-1]
    assert news[0].trained is None and news[0].measured.samples.sum() == 0
    assert np.isfinite(news[0].sources.terms).all() and news[0].sources.images == 250
    samples = [found.measured.samples.sum() for found in news]
    assert samples == sorted(samples)
    last = news[-1]
    assert last.sources.images == last.trained.images == last.balanced.images == 300
    assert last.measured.samples.tolist() == [600] * len(SCALES)
    assert last.measured.margins.sum(1).tolist() == [600] * len(SCALES)
    assert last.changed == 0 and last.logit_change < 1e-5


def test_theory_and_sampling_agree_while_noise_is_small(news):
    found = news[-1]
    small = SCALES < 1e-3
    alone = found.measured.noise[small] / SCALES[small, None] ** 2
    error = found.measured.error[small] / SCALES[small, None] ** 2
    expected = np.append(found.sources.terms, found.sources.gain)
    assert np.all(np.abs(alone - expected) < 3 * error)
    assert np.abs(found.predicted.errors - found.measured.errors)[small].max() < 0.01
    assert np.all(np.abs(found.measured.shares.sum(1) - 1) < 1e-9)
    # With large noise most comes of all three together.
    assert found.measured.shares[-1, 3] > 0.9 > found.measured.shares[0, 3]
    wider = found.overlap_at_measured_width()
    assert np.all(wider[small] == pytest.approx(found.predicted.errors[: small.sum()], abs=0.01))


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (Scale(5.0),),
        (Duplicate(2.0),),
        (Nuisance(256.0, incoming="identical"),),
        (Phantom(1.0, 2, "activations", group=2),),
    ],
    ids=["trained", "scale", "duplicate", "crowd", "phantom"],
)
def test_the_predicted_overlap_is_the_error_however_large_the_noise(network, steps):
    study = NoiseDecomposition(steps, RECIPE, images=300, draws=16)
    *_, found = (news for news in study.stream(network) if news is not None)
    measured, samples = found.measured.errors, found.measured.samples
    deviation = np.sqrt(measured * (1 - measured) / samples)
    assert np.all(np.abs(found.predicted.errors - measured) < 0.01 + 3 * deviation)


def test_the_predicted_width_is_that_of_small_noise_where_it_is_small(
    news, network, test_images, test_labels
):
    order = visiting_order()[: STUDY.images]
    rewritten = apply_all(network, STUDY.manipulations, key=seed_key(0))
    tracing, squares = SourceSums(rewritten), []
    for rows in np.split(order, [PIECE]):
        traced = tracing.add(test_images[rows])
        squares.append(m.margin_noise(traced.logits, traced.covariance, test_labels[rows]))
    expected = np.sqrt(np.concatenate(squares).mean())
    assert news[-1].predicted.width[0] / SCALES[0] == pytest.approx(expected, rel=0.01)


def test_the_error_is_what_lies_below_zero(news, network, test_images, test_labels):
    found = news[-1]
    half = m.BINS // 2
    for counts, wrong in zip(found.measured.margins, found.measured.wrong, strict=True):
        assert counts[:half].sum() == pytest.approx(wrong, abs=1)
    assert found.predicted.margins.sum(1) == pytest.approx(1)
    assert found.predicted.clean[:half].sum() * 300 == pytest.approx(
        found.predicted.errors[0] * 300, abs=1.5
    )
    outputs = logits(network, test_images[:50])
    margins = m.clean_margins(outputs, test_labels[:50])
    assert np.array_equal(margins > 0, outputs.argmax(1) == test_labels[:50])


def test_histogram():
    counts = m.histogram(np.array([[-9.0, -0.01, 0.0, 0.01, 9.0], [0.5, 0.5, 0.5, 0.5, 0.5]]), 1.0)
    assert counts.sum(1).tolist() == [5, 5]
    assert counts[0, 0] == counts[0, -1] == 1 and counts[0, 29] == 1 and counts[0, 30] == 2
    assert counts[1, np.searchsorted(m.edges(1.0), 0.5, "right") - 1] == 5


@pytest.mark.parametrize(
    ("step", "copies", "silent"),
    [
        (Scale(3.0), 0, 0),
        (Duplicate(1.5), 64, 0),
        (Nuisance(20.0, group=1), 0, 20),
        (Nuisance(10.0, group=2), 0, 20),
        (Phantom(1.0, 2, "activations", group=2), 0, 64),
    ],
    ids=["scale", "duplicate", "single", "pairs", "phantom"],
)
def test_kinds_of_neurons(network, step, copies, silent):
    # The order does not matter: kinds are told by the weights.
    changed = apply_all(network, (step, Permute(1.0)), key=seed_key(3))
    kinds = neuron_kinds(np.asarray(changed.w2), np.asarray(changed.w3))
    assert np.sum((kinds.copies > 1) & kinds.contributes) == copies
    assert np.sum(~kinds.contributes) == silent
    assert neuron_kinds(changed.w2 * 0, changed.w3).contributes.sum() == 0


def test_json_and_digest():
    assert causes_from_json(STUDY.to_json()) == STUDY
    assert causes_from_json({}) == NoiseDecomposition()
    others = [
        dataclasses.replace(STUDY, **change)
        for change in ({"draws": 3}, {"images": 301}, {"key": 1}, {"seed": 1}, {"recipe": Recipe()})
    ]
    assert len({study.digest() for study in (STUDY, *others)}) == 6
    assert STUDY.digest("a") != STUDY.digest("b")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"draws": 0}, "1 to 64"),
        ({"images": 99}, "100 to 10,000"),
        ({"manipulations": "scale"}, "list"),
        ({"manipulations": [{"name": "nothing"}]}, "choose one of"),
        ({"recipe": {"task": ROTATION}}, "digits"),
        ({"more": 1}, "choose one of"),
        ({"schema": 9}, "reads schema"),
    ],
)
def test_bad_descriptions(change, words):
    with pytest.raises(InvalidValue, match=words):
        causes_from_json({**STUDY.to_json(), **change})


def test_norms(network):
    found, scaled = (
        network_norms(apply_all(network, steps, key=seed_key(0))) for steps in ((), (Scale(4.0),))
    )
    assert scaled.activations[0] == pytest.approx(found.activations[0])
    assert scaled.activations[1] == pytest.approx(16 * found.activations[1], rel=1e-4)
    assert scaled.terms[2] == pytest.approx(16 * found.terms[2], rel=1e-4)
    assert scaled.terms[2] == pytest.approx(10 * scaled.activations[1], rel=1e-4)
    assert scaled.margin == pytest.approx(found.margin, rel=1e-5)
    # Where the noise is as wide as margins.
    terms, products = np.array(found.terms), np.array(found.products)
    sigma = PREDICTORS["allowed"].value(found)
    wide = total_noise(terms, products, np.array([sigma]))[0]
    assert 2 / 10 * wide == pytest.approx(found.margin**2)
    expected = [np.sum(np.square(w, dtype=float)) for w in network]
    assert found.weights == pytest.approx(expected)
    assert scaled.weights == pytest.approx([expected[0], 16 * expected[1], expected[2] / 16])


def test_power_law():
    x = np.array([1.0, 2.0, 4.0, 8.0])
    law = fit_power_law(x, 3 * x**-0.7)
    assert law.slope == pytest.approx(-0.7) and law.r2 == pytest.approx(1)
    assert law(x) == pytest.approx(3 * x**-0.7)
    held = fit_power_law(x, 3 * x**-0.7, -0.5)
    assert held.slope == -0.5 and 0 < held.r2 < 1
    unknown = fit_power_law(np.append(x, [np.nan, 1.0]), np.append(3 * x**-0.7, [1.0, np.nan]))
    assert unknown == law
    assert fit_power_law(x[:2], x[:2]) is None and fit_power_law(x, np.ones(4)) is None
