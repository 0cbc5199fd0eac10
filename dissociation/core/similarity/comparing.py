"""Comparing two networks: pictures first, then measures, coarse to fine."""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import stratified_order
from dissociation.core.networks.network import Network, hidden_and_logits, seed_key, weights_digest
from dissociation.core.networks.normal_form import NormalForms, compare_normal_forms
from dissociation.core.networks.training import trained
from dissociation.core.similarity import (
    FUNCTION,
    SIMILARITIES,
    Baseline,
    Pair,
    Similarity,
    shuffled_scores,
)
from dissociation.core.similarity.comparison import FEW, Comparison
from dissociation.core.similarity.pictures import Picture, picture
from dissociation.core.similarity.representation import Representation

#: The first measures of the registry: of functions, and CKA.
QUICK_ONES = 5
#: Images of the very first values, which are there with the pictures.
COARSE = 250


@dataclass(frozen=True)
class ComparisonResult:
    """What a comparison has found so far.

    - `values`: by the measures' names, NaN where one is not defined; `undefined`: why not.
    - `images`: on how many images each.
    - `equals`: what the first side scores against itself, on the same images.
    - `baselines`: what unrelated sides of these widths would score.
    - `pictures`: of both sides; `widths`: neurons of both layers.
    - `normal_forms`: of both networks, held against each other.
    """

    values: dict[str, float] = field(default_factory=dict)
    images: dict[str, int] = field(default_factory=dict)
    baselines: dict[str, Baseline] = field(default_factory=dict)
    pictures: tuple[Picture, Picture] | None = None
    widths: tuple[int, int] = (0, 0)
    normal_forms: NormalForms | None = None
    equals: dict[str, float] = field(default_factory=dict)
    undefined: dict[str, str] = field(default_factory=dict)


def _groups(measures: Sequence[Similarity]) -> list[Sequence[Similarity]]:
    """What is published together: the quick ones at once, the others three by three."""
    quick, slow = measures[:QUICK_ONES], measures[QUICK_ONES:]
    return [quick, *(slow[start : start + 3] for start in range(0, len(slow), 3))]


def _measures(images: int) -> tuple[list[Similarity], list[Similarity]]:
    """All measures, and those that take more than the first images."""
    few = min(images, FEW)
    measures = list(SIMILARITIES.values())
    more = [measure for measure in measures if measure.largest > few]
    return measures, more if images > few else []


def steps_of(comparison: Comparison) -> int:
    """How many times [`stream`][] will have published something."""
    measures, more = _measures(comparison.images)
    rounds = [measures, *([measures] if comparison.thorough else []), *([more] if more else [])]
    coarse = int(min(comparison.images, FEW) > COARSE)
    return 1 + coarse + int(comparison.thorough) + sum(len(_groups(group)) for group in rounds)


def _seen(network: Network, layer: int, images: int) -> tuple[Representation, Representation]:
    """Hidden layer and logits of a network on the first images."""
    shown = mnist_test().images[stratified_order()[:images]]
    hidden, outputs = hidden_and_logits(network, shown, layer)
    return Representation(hidden), Representation(outputs)


_kept: collections.OrderedDict[tuple, tuple[Representation, Representation]] = (
    collections.OrderedDict()
)


def _first_side(network: Network, layer: int, images: int) -> tuple[Representation, Representation]:
    """The same, with all that was made of it: a sweep has one first side throughout."""
    name = (weights_digest(network), layer, images)
    if name not in _kept:
        _kept[name] = _seen(network, layer, images)
        while len(_kept) > 2:
            _kept.popitem(last=False)
    return _kept[name]


def stream(comparison: Comparison, networks: tuple[Network, Network]) -> Iterator[ComparisonResult]:
    """Compares two networks: pictures first, then measures, then baselines, then more images.

    **Arguments:**

    - `networks`: the trained networks of both sides, not rewritten.
    """
    return (found for found in in_turns(comparison, networks) if found is not None)


def in_turns(
    comparison: Comparison, networks: tuple[Network, Network]
) -> Iterator[ComparisonResult | None]:
    """What [`stream`][] has, and `None` after each single measure, when others may have their turn.

    What is published together can take most of a second.
    """
    first, second = (
        side.rewritten(network, comparison.key)
        for side, network in zip(comparison.sides, networks, strict=True)
    )
    few = min(comparison.images, FEW)
    layers, outputs = _pairs(comparison, (first, second), few)
    labels = mnist_test().labels[stratified_order()[:few]]
    one = layers.a.kept("picture", lambda side: picture(side, labels))
    other = picture(layers.b, labels, one.embedding)
    widths = layers.first.shape[1], layers.second.shape[1]
    found = ComparisonResult(pictures=(one, other), widths=widths)
    yield found
    measures, more = _measures(comparison.images)
    if few > COARSE:
        found = yield from _valued(found, measures, layers.upto(COARSE), outputs.upto(COARSE))
        yield found
    equals = comparison.thorough
    for group in _groups(measures):
        found = yield from _valued(found, group, layers, outputs, equals=equals)
        yield found
    if comparison.thorough:
        forms = compare_normal_forms(first, second)
        found = dataclasses.replace(found, normal_forms=forms)
        yield found
    for group in _groups(measures) if comparison.thorough else []:
        found = yield from _with_baselines(found, group, layers, outputs, comparison.key)
        yield found
    if more:
        layers, outputs = _pairs(comparison, (first, second), comparison.images)
        for group in _groups(more):
            found = yield from _valued(found, group, layers, outputs, equals=equals)
            yield found


def compare(
    comparison: Comparison, networks: tuple[Network, Network] | None = None
) -> ComparisonResult:
    """All that a comparison finds: every measure with its images, and how the two sides look.

    **Arguments:**

    - `comparison`: what to compare.
    - `networks`: the trained networks of both sides, not rewritten; trained first if not given.
    """
    if networks is None:
        first, second = comparison.sides
        one = trained(first.recipe, seed_key(first.seed))
        same = (first.recipe, first.seed) == (second.recipe, second.seed)
        networks = one, one if same else trained(second.recipe, seed_key(second.seed))
    return list(stream(comparison, networks))[-1]


def _pair_for(measure: Similarity, layers: Pair, outputs: Pair) -> Pair:
    return outputs if measure.compares == FUNCTION else layers


def _pairs(
    comparison: Comparison, networks: tuple[Network, Network], images: int
) -> tuple[Pair, Pair]:
    first, second = networks
    one = _first_side(first, comparison.layer, images)
    other = _seen(second, comparison.layer, images)
    return Pair(one[0], other[0]), Pair(one[1], other[1])


def _valued(
    found: ComparisonResult,
    measures: Sequence[Similarity],
    layers: Pair,
    outputs: Pair,
    *,
    equals: bool = False,
) -> Generator[None, None, ComparisonResult]:
    values, images, undefined = dict(found.values), dict(found.images), dict(found.undefined)
    of_equals = dict(found.equals)
    for measure in measures:
        name, pair = measure.name, _pair_for(measure, layers, outputs)
        values[name] = measure.of(pair)
        images[name] = min(len(pair), measure.largest)
        undefined.pop(name, None)
        if math.isnan(values[name]):
            undefined[name] = measure.why_undefined(pair)
        yield None
        if equals:
            of_equals[name] = measure.of_equals(pair)
            yield None
    return dataclasses.replace(
        found, values=values, images=images, equals=of_equals, undefined=undefined
    )


def _with_baselines(
    found: ComparisonResult, measures: Sequence[Similarity], layers: Pair, outputs: Pair, seed: int
) -> Generator[None, None, ComparisonResult]:
    baselines = dict(found.baselines)
    for measure in measures:
        scores = []
        for score in shuffled_scores(measure, _pair_for(measure, layers, outputs), seed=seed):
            scores.append(score)
            yield None
        baselines[measure.name] = Baseline.of(scores)
    return dataclasses.replace(found, baselines=baselines)
