"""Comparisons: pictures and measures of two networks, and what rewrites must leave."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import stratified_order
from dissociation.core.manipulations import Duplicate, InputNull, Nuisance, Permute, Scale
from dissociation.core.networks.network import Network, hidden_and_logits, seed_key
from dissociation.core.networks.training import Recipe, trained
from dissociation.core.similarity import REPRESENTATION, SIMILARITIES, Similarity
from dissociation.core.similarity.comparison import (
    FEW,
    Comparison,
    ComparisonResult,
    NetworkSpec,
    compare,
)
from dissociation.core.similarity.pictures import EMBEDDED, NEURONS, PICTURED, picture
from dissociation.core.validation import InvalidValue
from dissociation.features.representation.text import headline, live_table, similarity_rows

RECIPE = Recipe(epochs=1, batch=2_048, width=64)


def found(networks: tuple[Network, Network], **settings) -> list[ComparisonResult]:
    comparison = Comparison(
        **{"first": NetworkSpec(RECIPE), "second": NetworkSpec(RECIPE), **settings}
    )
    news = comparison.stream(*networks[: len(comparison.needs())])
    return [moment for moment in news if moment is not None]


@pytest.fixture(scope="module")
def same(reference_networks) -> tuple[Network, Network]:
    return reference_networks[0], reference_networks[0]


@pytest.mark.parametrize(
    "step, times, layer",
    [(Scale(20.0), 1, 1), (Duplicate(2.0), 1, 1), (Permute(1.0), 1, 1), (Scale(20.0), 1, 2)]
    + [(Duplicate(2.0), 1, 2), (Permute(1.0), 1, 2), (Scale(1000.0), 7, 1), (Scale(0.01), 8, 2)],
    ids=lambda value: getattr(value, "name", None),
)
def test_an_exact_rewrite_of_the_same_neurons(same, step, times, layer):
    steps = (dataclasses.replace(step, layer=layer),) * times
    (*_, last) = found(same, second=NetworkSpec(RECIPE, 0, steps), layer=layer, images=EMBEDDED)
    assert last.values["disagreement"] == 0 and 0 <= last.values["jensen_shannon"] < 1e-9
    for name in ("cka", "neighbours", "rsa_euclidean_pearson", "rsa_correlation_spearman"):
        assert last.values[name] == pytest.approx(1, abs=2e-3), name
    for name in ("ridge_forwards", "ridge_backwards"):
        # A penalty relative to the neurons' number sees duplicates.
        near = 2e-2 if step.name == "duplicate" else 1e-5
        assert last.values[name] == pytest.approx(last.equals[name], abs=near), name
    assert last.values["procrustes"] < 1e-5
    assert last.normal_forms.residual < 1e-3
    one, other = last.pictures
    np.testing.assert_allclose(one.embedding, other.embedding, atol=1e-3)
    assert np.abs(one.dissimilarity.astype(int) - other.dissimilarity).max() <= 1


def test_if_equal_is_a_network_against_itself(reference_networks, same):
    # So many that some measures rest on products of neurons, and others on those of images.
    (*_, last) = found(tuple(reference_networks), second=NetworkSpec(RECIPE, 1), images=1_600)
    (*_, itself) = found(same, images=1_600, thorough=False)
    assert last.equals.keys() == SIMILARITIES.keys()
    for name, measure in SIMILARITIES.items():
        assert last.equals[name] == pytest.approx(itself.values[name], abs=1e-6), name
        if not name.startswith("ridge"):
            assert last.equals[name] == pytest.approx(measure.best, abs=1e-9), name
    assert 0.9 < last.equals["ridge_forwards"] < 1 - 1e-3
    rows = {row["Measure"]: row for row in similarity_rows(last)}
    shown = rows[SIMILARITIES["ridge_forwards"].label]["If equal"]
    assert shown == f"{itself.values['ridge_forwards']:.4f}"


def test_the_table_says_why_a_value_is_not_defined(same):
    why = "are all 0"
    spoiled = same[0]._replace(w2=0 * same[0].w2)
    (*_, last) = found((same[0], spoiled), second=NetworkSpec(RECIPE, 1), images=EMBEDDED)
    rows = {row["Measure"]: row["Value"] for row in similarity_rows(last)}
    reason, _ = live_table(last)["note"].split(" Does not see", 1)
    assert reason.startswith("Undefined: B") and why in reason
    for name, measure in SIMILARITIES.items():
        if measure.compares == REPRESENTATION:
            assert np.isnan(last.values[name]), name
            assert rows[measure.label] == "undefined" and measure.label in reason
    assert not last.pictures[1].dissimilarity.any() and not last.pictures[1].embedding.any()
    assert "cannot be compared" not in headline(last)


def test_nuisance_moves_the_representation_and_not_the_function(same):
    (*_, last) = found(same, second=NetworkSpec(RECIPE, 0, (Nuisance(64.0),)), images=EMBEDDED)
    assert last.values["disagreement"] == 0 and last.values["logit_change"] < 1e-4
    assert last.values["procrustes"] > 0.05 and last.values["neighbours"] < 0.98
    assert last.widths[1] > last.widths[0] == 64


def test_the_next_layer_does_not_see_what_no_image_uses(same):
    null = NetworkSpec(RECIPE, 0, (InputNull(0.1, images="test"),))
    (*_, last) = found(same, second=null, layer=1, images=EMBEDDED)
    assert last.values["procrustes"] < 0.02


def test_other_networks_differ_in_both(reference_networks):
    (*_, last) = found(tuple(reference_networks), second=NetworkSpec(RECIPE, 1), images=EMBEDDED)
    assert last.values["disagreement"] > 0 and last.values["cka"] < 0.999
    assert last.normal_forms.residual > 0.1
    # And yet far more alike than unrelated ones.
    for name, measure in SIMILARITIES.items():
        value, chance = last.values[name], last.baselines[name].mean
        assert value < chance if measure.distance else value > chance, name


@pytest.mark.parametrize("images", [EMBEDDED, FEW + 100])
def test_coarse_to_fine(same, images):
    news = found(same, images=images)
    progress = [findings.progress for findings in news]
    assert progress == sorted(progress) and progress.count(1.0) == 1 == progress[-1]
    assert news[0].pictures is not None and not news[0].values
    quick = Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE), images=images, thorough=False)
    shorter = [found for found in quick.stream(same[0]) if found is not None]
    assert shorter[-1].complete and len(shorter) < len(news)
    counts = [len(findings.values) + len(findings.baselines) for findings in news]
    assert counts == sorted(counts) and news[-1].values.keys() == SIMILARITIES.keys()
    for name, measure in SIMILARITIES.items():
        assert news[-1].images[name] == min(images, measure.largest)
        assert news[-1].baselines[name].low <= news[-1].baselines[name].high
    assert all(findings.pictures is news[0].pictures for findings in news)


@pytest.mark.parametrize("images", [EMBEDDED, FEW + 100])
def test_others_have_their_turn_after_each_measure(same, images, monkeypatch):
    calls = []
    of = Similarity.of

    def noted(self, pair):
        calls.append(self.name)
        return of(self, pair)

    monkeypatch.setattr(Similarity, "of", noted)
    comparison = Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE), images=images)
    before = pauses = 0
    for moment in comparison.stream(same[0]):
        assert len(calls) - before == (moment is None)
        before, pauses = len(calls), pauses + (moment is None)
    assert pauses == len(calls) > len(SIMILARITIES) * 2


def test_the_same_again(same):
    comparison = {"second": NetworkSpec(RECIPE, 0, (Nuisance(32.0),)), "images": EMBEDDED}
    assert found(same, **comparison)[-1].values == found(same, **comparison)[-1].values


def test_pictures(reference_networks, test_labels):
    order = stratified_order()[:EMBEDDED]
    hidden, _ = hidden_and_logits(reference_networks[0], mnist_test().images[order], 2)
    made = picture(hidden, test_labels[order])
    assert made.dissimilarity.shape == (PICTURED, PICTURED)
    # Neurons that never respond are left out.
    assert made.activations.shape == (PICTURED, min(NEURONS, np.sum(hidden[:PICTURED].any(0))))
    assert made.embedding.shape == (EMBEDDED, 2)
    assert np.array_equal(made.dissimilarity, made.dissimilarity.T)
    assert not made.dissimilarity.diagonal().any() and made.dissimilarity.max() == 255
    # Images of one digit are closer to one another than to others.
    digit = np.repeat(np.arange(10), PICTURED // 10)
    same_digit = digit[:, None] == digit[None, :]
    distances = made.dissimilarity.astype(float)
    assert distances[same_digit].mean() < 0.8 * distances[~same_digit].mean()


def test_a_layer_that_never_responds(test_labels):
    labels = test_labels[stratified_order()[:EMBEDDED]]
    made = picture(np.zeros((EMBEDDED, 7), np.float32), labels)
    assert not made.dissimilarity.any() and not made.activations.any()


@pytest.mark.parametrize(
    "settings, field",
    [({"layer": 3}, "layer"), ({"images": 10}, "images"), ({"images": 10_001}, "images")]
    + [({"key": -1}, "key"), ({"first": None}, "seed")],
)
def test_limits(settings, field):
    with pytest.raises(InvalidValue, match=field):
        if field == "seed":
            NetworkSpec(RECIPE, 99)
        Comparison(**{"first": NetworkSpec(RECIPE), "second": NetworkSpec(RECIPE), **settings})


def test_digests():
    base = Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE))
    others = [
        Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE, 1)),
        Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE, 0, (Scale(2.0),))),
        Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE), layer=1),
        Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE), images=10_000),
        Comparison(NetworkSpec(RECIPE), NetworkSpec(RECIPE), key=1),
    ]
    assert len({comparison.digest() for comparison in (base, *others)}) == 6
    assert base.digest() != base.digest(("a", "b"))


class TestCompare:
    def test_is_the_last_of_the_stream(self, same):
        comparison = Comparison(
            NetworkSpec(RECIPE), NetworkSpec(RECIPE, 0, (Scale(3.0),)), images=EMBEDDED
        )
        last = comparison.compute(same[0])
        once = compare(comparison, same)
        assert (once.values, once.images, once.baselines) == (
            last.values,
            last.images,
            last.baselines,
        )
        assert once.normal_forms == last.normal_forms and once.widths == (64, 64)

    def test_trains_what_is_not_given(self, monkeypatch):
        seeds = []

        def counted(recipe, key):
            seeds.append(np.asarray(key).tolist())
            return trained(recipe, key)

        monkeypatch.setattr("dissociation.core.similarity.comparison.trained", counted)
        recipe = Recipe(epochs=0, width=16)
        first = NetworkSpec(recipe)
        quick = {"images": EMBEDDED, "thorough": False}
        equal = compare(Comparison(first, NetworkSpec(recipe), **quick))
        assert len(seeds) == 1 and equal.values["disagreement"] == 0 and not equal.baselines
        given = tuple(trained(recipe, seed_key(seed)) for seed in (0, 1))
        other = Comparison(first, NetworkSpec(recipe, 1), **quick)
        assert compare(other).values == compare(other, given).values
        assert len(seeds) == 3
