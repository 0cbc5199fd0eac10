"""A comparison: two networks, side by side on the same images, in what they do and represent."""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import TEST_IMAGES, stratified_order
from dissociation.core.experiment import MAX_KEY, MAX_SEEDS, check_widths, rewritten
from dissociation.core.json_forms import check_flag
from dissociation.core.manipulations import Manipulation, describe_all
from dissociation.core.networks.network import (
    NOTEBOOK_KEY,
    Network,
    hidden_and_logits,
    seed_key,
    weights_digest,
)
from dissociation.core.networks.normal_form import NormalForms, compare_normal_forms
from dissociation.core.networks.training import QUICK, Recipe, trained
from dissociation.core.similarity import (
    FUNCTION,
    SIMILARITIES,
    Baseline,
    Pair,
    Similarity,
    shuffled_scores,
)
from dissociation.core.similarity.pair import FOLDS
from dissociation.core.similarity.pictures import EMBEDDED, Picture, picture
from dissociation.core.similarity.representation import FEW as FEW_OF_SIDE
from dissociation.core.similarity.representation import Representation
from dissociation.core.sizes import (
    CHILD,
    DOUBLE,
    FLOAT,
    SLACK,
    network_bytes,
    rewriting_bytes,
    widths_after,
)
from dissociation.core.study import Result, Study, Trained
from dissociation.core.tables import Column, Table
from dissociation.core.validation import check_integer, set_frozen

#: Images of the first measures and of all baselines.
FEW = 1_000


@dataclass(frozen=True)
class NetworkSpec:
    """One network of a comparison.

    - `recipe`, `seed`: network `seed` of that recipe.
    - `manipulations`: applied in order; none leaves it as it was trained.

    **Raises:** `InvalidValue` for another seed, or if a layer would be too wide.
    """

    recipe: Recipe = QUICK
    seed: int = 0
    manipulations: tuple[Manipulation, ...] = ()

    def __post_init__(self) -> None:
        set_frozen(self, seed=check_integer("seed", self.seed, 0, MAX_SEEDS - 1))
        check_widths(self.recipe, self.manipulations)

    def rewritten(self, trained: Network, key: int) -> Network:
        """This side's network from the trained one, with an experiment's key."""
        return rewritten(trained, self.manipulations, self.seed, key)


#: The name that scripts which were exported import.
Side = NetworkSpec


@dataclass(frozen=True)
class Comparison(Study):
    """Two networks on the same images, compared at a hidden layer and at the outputs.

    - `first`, `second`: the networks.
    - `layer`: hidden layer 1 or 2, after the ReLU.
    - `images`: how many test images, as many of each digit; baselines rest on at most 1,000.
    - `key`: of random manipulations and of the baselines' shuffles.
    - `thorough`: whether to say what unrelated networks would score, which takes most of the time,
      and to compare normal forms.

    **Raises:** `InvalidValue` if a field lies outside its range.
    """

    name = "contrast"
    version = 5
    doing = ("Comparing: the first images", "Comparing")

    first: NetworkSpec
    second: NetworkSpec
    layer: int = 2
    images: int = FEW
    key: int = NOTEBOOK_KEY
    thorough: bool = True

    def __post_init__(self) -> None:
        set_frozen(
            self,
            layer=check_integer("layer", self.layer, 1, 2),
            images=check_integer("images", self.images, EMBEDDED, TEST_IMAGES),
            key=check_integer("key", self.key, 0, MAX_KEY),
            thorough=check_flag("thorough", self.thorough),
        )

    @property
    def sides(self) -> tuple[NetworkSpec, NetworkSpec]:
        """Both networks."""
        return self.first, self.second

    @property
    def title(self) -> str:
        """See [`Study.title`][]."""
        return f"{describe_all(self.second.manipulations)}, network {self.second.seed + 1}"

    def needs(self) -> tuple[Trained, ...]:
        """See [`Study.needs`][]: one network if both sides are rewrites of the same."""
        return tuple(dict.fromkeys((side.recipe, side.seed) for side in self.sides))

    def depends_on(self) -> list[str]:
        """See [`Study.depends_on`][]: the measures that there are."""
        return list(SIMILARITIES)

    def memory(self) -> float:
        """See [`Study.memory`][].

        The first images with what unrelated networks would score, then all of them; not both.
        """
        sides = [widths_after(side.recipe, side.manipulations) for side in self.sides]
        networks = sum(network_bytes(*widths) for widths in sides)
        one, other = (float(widths[self.layer - 1]) for widths in sides)
        few = min(self.images, FEW)
        # Distances of several kinds, of both sides, and reordered for what unrelated ones score.
        kernels = DOUBLE * (75.0 if self.thorough else 12.0) * few * few
        squares = DOUBLE * 3.0 * (min(few, one) ** 2 + min(few, other) ** 2)
        # The patterns of one side at a time, and the differences of close ones.
        patterns = DOUBLE * 3.0 * few * max(one, other)
        first_images = _seen_bytes(few, one + other) + kernels + squares + patterns
        forms = 3.0 * networks if self.thorough else 0.0
        largest = max(first_images, forms, _all_images_bytes(self.images, one, other))
        rewriting = (rewriting_bytes(side.recipe, side.manipulations) for side in self.sides)
        return SLACK * (5 * networks + largest) + max(rewriting)

    def smaller(self) -> dict[str, Sequence[int]]:
        """See [`Study.smaller`][]."""
        return {"images": range(EMBEDDED, self.images, 100)}

    def stream(self, *networks: Network) -> Iterator[ComparisonResult | None]:
        """See [`Study.stream`][]: pictures first, then measures, baselines, and more images.

        What is published together can take most of a second: `None` after each single measure.
        """
        return _stream(self, *networks)


#: The name that scripts which were exported import.
contrast_from_json = Comparison.from_json


def _seen_bytes(images: int, neurons: float) -> float:
    return FLOAT * 3.0 * images * neurons


def _all_images_bytes(images: int, one: float, other: float) -> float:
    if images <= FEW_OF_SIDE:
        kernels = DOUBLE * 12.0 * images * images
        return _seen_bytes(images, one + other) + kernels
    # Gram matrices of every fold, of all, and of those to train on; ridge regression works on some
    # of them in float64.
    grams = FLOAT * (FOLDS + 2) * (one * one + other * other + one * other)
    ridge = DOUBLE * (7 * max(one, other) ** 2 + 3 * one * other)
    # Once more in a process of its own.
    ridge += CHILD + DOUBLE * 2 * (max(one, other) ** 2 + one * other)
    return _seen_bytes(images, one + other) + grams + ridge


#: The first measures of the registry: of functions, and CKA.
QUICK_ONES = 5
#: Images of the very first values, which are there with the pictures.
COARSE = 250


@dataclass(frozen=True)
class ComparisonResult(Result[Comparison]):
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

    may_be_undefined = ("values", "baselines", "equals", "normal_forms")

    def __post_init__(self) -> None:
        if {name for name, value in self.values.items() if math.isnan(value)} != set(
            self.undefined
        ):
            raise ValueError("a value that is not defined says why")

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]: of pictures, values on all their images, and baselines."""
        study = self.study
        whole = {m.name: min(study.images, m.largest) for m in SIMILARITIES.values()}
        done = float(self.pictures is not None) + sum(
            self.images.get(name, 0) / images for name, images in whole.items()
        )
        total = 1.0 + len(whole)
        if study.thorough:
            done += len(self.equals) + len(self.baselines) + (self.normal_forms is not None)
            total += 2 * len(whole) + 1
        return done / total

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        return f"{min(self.images.values()):,} images" if self.images else ""

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][]: a row a measure."""
        measures = list(SIMILARITIES.values())
        columns: dict[str, list[Any]] = {
            "measure": [measure.name for measure in measures],
            "label": [measure.label for measure in measures],
            "compares": [measure.compares for measure in measures],
            "value": [self.values[measure.name] for measure in measures],
            "unit": [measure.unit for measure in measures],
            "if_equal": [self.equals.get(measure.name, math.nan) for measure in measures],
        }
        nothing = Baseline(math.nan, math.nan, math.nan)
        chances = [self.baselines.get(measure.name, nothing) for measure in measures]
        for part in Baseline._fields:
            columns[f"unrelated_{part}"] = [getattr(chance, part) for chance in chances]
        columns["images"] = [self.images[measure.name] for measure in measures]
        columns["does_not_see"] = [" ".join(measure.invariant_to) for measure in measures]
        columns["undefined"] = [self.undefined.get(measure.name, "") for measure in measures]
        made = tuple(Column(name, values) for name, values in columns.items())
        return {"measures": Table("Measures of similarity", made)}

    def as_text(self) -> str:
        """See [`Result.as_text`][]: a row a measure, and why some are undefined."""
        names = {"label": "Measure", "value": "Value", "if_equal": "If equal"}
        names |= {"unrelated_mean": "Unrelated", "images": "Images"}
        columns = {column.name: column.values for column in self.tables()["measures"].columns}
        forms = {"images": ",d"}
        shown = [
            Column(new, columns[old], form=forms.get(old, ".4g")) for old, new in names.items()
        ]
        undefined = [
            f"{SIMILARITIES[name].label} is undefined: {why}.\n"
            for name, why in self.undefined.items()
        ]
        return Table("", tuple(shown)).as_text() + "".join(undefined)

    def numbers(self) -> dict[str, Any]:
        """See [`Result.numbers`][]: all that was found but the pictures."""
        forms = self.normal_forms
        return {
            "values": {name: _finite(value) for name, value in self.values.items()},
            "undefined": self.undefined,
            "images": self.images,
            "equals": {name: _finite(value) for name, value in self.equals.items()},
            "unrelated": {
                name: {part: _finite(value) for part, value in chance._asdict().items()}
                for name, chance in self.baselines.items()
            },
            "widths": list(self.widths),
            "normal_forms": forms
            and {
                "first": list(forms.first),
                "second": list(forms.second),
                "residual": _finite(forms.residual),
            },
        }


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


Comparison.result = ComparisonResult


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


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


def _stream(comparison: Comparison, *trained: Network) -> Iterator[ComparisonResult | None]:
    by_plan = dict(zip(comparison.needs(), trained, strict=True))
    networks = [by_plan[side.recipe, side.seed] for side in comparison.sides]
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
    found = ComparisonResult(comparison, pictures=(one, other), widths=widths)
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
    needs = comparison.needs()
    if networks is None:
        return comparison.compute(*(trained(recipe, seed_key(seed)) for recipe, seed in needs))
    return comparison.compute(*networks[: len(needs)])


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
