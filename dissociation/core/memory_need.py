"""How much memory something takes at most, told from its sizes before it starts.

Each sum names the arrays that are there at the moment that takes most: what is kept, and what is
made of it. `BASE` is there whatever is asked for; what allocators add is in `SLACK`. They were
fitted to the peaks of some cases, and tried on others, by `python -m benchmarks.memory`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dissociation.core.data.datasets import CLASSES, PIXELS
from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Manipulation
from dissociation.core.measures import ParameterNoise, Transfer
from dissociation.core.measures.base import CHUNK
from dissociation.core.networks.training import ROTATION, Recipe
from dissociation.core.phantom.study import ANSWERED, PhantomStudy
from dissociation.core.similarity.comparison import FEW, Comparison, NetworkSpec
from dissociation.core.similarity.pair import FOLDS
from dissociation.core.similarity.representation import FEW as FEW_OF_SIDE
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.noise_sources import PIECE

MB, GIB = 2.0**20, 2.0**30
FLOAT, DOUBLE = 4, 8
#: Python, JAX, its programs, and MNIST.
BASE = 430 * MB
#: Noise for all images while it is drawn, and programs while they are compiled.
PASSING = 310 * MB
SLACK = 1.2
#: Rows are kept and made anew in turns, which leaves more of the heap unused.
NOISE_SLACK = 1.45
#: Draws of noise whose rows are kept from chunk to chunk, as in `measures/noise_measure.py`.
KEPT = 8
TRAIN_IMAGES, BATCHES_HELD = 60_000, 2
#: A process of its own, and how many matrices it takes, here and there, to decompose one.
CHILD, SQUARES = 60 * MB, 7


@dataclass(frozen=True)
class Check:
    """The comparison of what networks compute before and after an experiment's rewrites."""

    experiment: Experiment


#: Experiments that are measured together; two networks; a phantom; causes; a training; a check.
Asked: TypeAlias = (
    Sequence[Experiment] | Comparison | PhantomStudy | NoiseDecomposition | Recipe | Check
)


def widths_after(recipe: Recipe, steps: Sequence[Manipulation]) -> tuple[int, int]:
    """Neurons of both hidden layers of a rewritten network."""
    widths = {1: recipe.width, 2: recipe.width}
    for step in steps:
        widths[step.layer] = step.widened(widths[step.layer])
    return widths[1], widths[2]


def network_bytes(first: int, second: int) -> float:
    """Weights of one network with these hidden widths."""
    return FLOAT * float(PIXELS * first + first * second + second * CLASSES)


def need_of(asked: Asked) -> float:
    """Memory in bytes that a process needs at most for this alone, everything included."""
    held = held_by(asked)
    if isinstance(asked, Recipe):
        # Nothing else is drawn or compiled while a network is trained.
        return BASE + max(PASSING, held)
    return BASE + PASSING + held


def held_by(asked: Asked) -> float:
    """Memory in bytes of its arrays alone: a second thing beside it needs no more than that."""
    return _arrays(asked) + max((_null_space(*side) for side in _sides(asked)), default=0.0)


def _sides(asked: Asked) -> list[tuple[Recipe, Sequence[Manipulation]]]:
    """Of all that is asked for, which networks are rewritten, and how."""
    if isinstance(asked, Recipe):
        return []
    if isinstance(asked, Comparison):
        return [(side.recipe, side.manipulations) for side in asked.sides]
    if isinstance(asked, PhantomStudy):
        return [(asked.recipe, (asked.phantom,))]
    if isinstance(asked, Check):
        return _sides([asked.experiment])
    if isinstance(asked, NoiseDecomposition):
        return [(asked.recipe, asked.manipulations)]
    return [(experiment.recipe, experiment.manipulations) for experiment in asked]


def _arrays(asked: Asked) -> float:
    if isinstance(asked, Comparison):
        return SLACK * _comparison(asked)
    if isinstance(asked, PhantomStudy):
        return SLACK * _phantom(asked)
    if isinstance(asked, NoiseDecomposition):
        return SLACK * _causes(asked)
    if isinstance(asked, Recipe):
        return SLACK * _training(asked)
    if isinstance(asked, Check):
        return SLACK * _check(asked.experiment)
    if isinstance(asked[0].measure, Transfer):
        return SLACK * _transfer(asked)
    # What is measured of exact rewrites may be the trained networks.
    return NOISE_SLACK * _noise([experiment.canonical() for experiment in asked])


# ---- what is there at the worst moment


def _null_space(recipe: Recipe, steps: Sequence[Manipulation]) -> float:
    """The Gram matrix of a layer, and what a process of its own makes of it."""
    widths, most = {1: recipe.width, 2: recipe.width}, 0
    for step in steps:
        if step.name == "hidden_null":
            most = max(most, widths[step.layer])
        if not step.multiplies_rows:
            widths[step.layer] = step.widened(widths[step.layer])
    if not most:
        return 0.0
    return CHILD + DOUBLE * SQUARES * float(most) ** 2


def _apart(experiment: Experiment) -> bool:
    """Whether the first layer is not the trained network's."""
    return any(step.layer == 1 or step.name == "input_null" for step in experiment.manipulations)


def _networks(experiments: Sequence[Experiment], widths: Sequence[tuple[int, int]]) -> float:
    """Trained and rewritten networks, which share the first layers that are equal."""
    first = experiments[0]
    size = network_bytes(first.recipe.width, first.recipe.width)
    for experiment, (one, two) in zip(experiments, widths, strict=True):
        if experiment.manipulations:
            shared = 0.0 if _apart(experiment) else float(FLOAT * PIXELS * one)
            size += network_bytes(one, two) - shared
    return first.seeds * size


def _distinct(experiments: Sequence[Experiment], widths: Sequence[tuple[int, int]]) -> float:
    """Rows of second layers that are not multiples of one another, times their length."""
    size = 0.0
    together = False
    for experiment, (first, second) in zip(experiments, widths, strict=True):
        own = [step for step in experiment.manipulations if not step.multiplies_rows]
        if _apart(experiment) or any(step.name == "hidden_null" for step in own):
            size += float(first * second)
        elif own:
            size += float(first * (second - experiment.recipe.width))
            together = True
        else:
            together = True
    width = experiments[0].recipe.width
    return size + together * float(width * width)


def _noise(experiments: Sequence[Experiment]) -> float:
    widths = [widths_after(e.recipe, e.manipulations) for e in experiments]
    measure, seeds = experiments[0].measure, experiments[0].seeds
    runs = seeds * getattr(measure, "draws", 1)
    signals = _distinct(experiments, widths)
    stacked = sum(float(first * second) for first, second in widths)
    groups = 1 + sum(map(_apart, experiments))
    noises, first_layers = 0.0, float(groups * PIXELS * max(first for first, _ in widths))
    if isinstance(measure, ParameterNoise):
        noises = groups * max(float(first * second) for first, second in widths)
        if measure.mode == "relative":
            noises = stacked
        first_layers *= 2
    rows = signals + noises
    kept = min(KEPT, runs) * (rows + first_layers)
    transient = stacked + rows
    longest = max(first for first, _ in widths)
    products = CHUNK * (rows / longest + 6 * longest)
    return _networks(experiments, widths) + FLOAT * (kept + transient + products)


def _transfer(experiments: Sequence[Experiment]) -> float:
    widths = [widths_after(e.recipe, e.manipulations) for e in experiments]
    held = _networks(experiments, widths)
    measure, seeds = experiments[0].measure, experiments[0].seeds
    longest = max(first for first, _ in widths)
    rows = _distinct(experiments, widths)
    images = float(measure.total[-1])
    shared = seeds * (rows + PIXELS * longest) + 2 * sum(float(f * s) for f, s in widths)
    features = images * rows / longest
    widest = max(second for _, second in widths)
    if getattr(measure, "probe", "") == "notebook":
        return held + FLOAT * (shared + 5 * features)
    axes = min(images, float(widest))
    # Features and their axes are there twice, in a process of its own as well.
    probe = images * (3 * widest + 4 * axes) + 5 * axes * axes
    return held + CHILD + FLOAT * (shared + 2 * features + probe)


def _side(side: NetworkSpec) -> tuple[int, int]:
    return widths_after(side.recipe, side.manipulations)


def _comparison(comparison: Comparison) -> float:
    """The first images with what unrelated networks would score, then all of them; not both."""
    sides = [_side(side) for side in comparison.sides]
    networks = sum(network_bytes(*widths) for widths in sides)
    one, other = (float(widths[comparison.layer - 1]) for widths in sides)
    few = min(comparison.images, FEW)
    # Distances of several kinds, of both sides, and reordered for what unrelated ones would score.
    kernels = DOUBLE * (75.0 if comparison.thorough else 12.0) * few * few
    squares = DOUBLE * 3.0 * (min(few, one) ** 2 + min(few, other) ** 2)
    # The patterns of one side at a time, and the differences of close ones.
    patterns = DOUBLE * 3.0 * few * max(one, other)
    first_images = _seen(few, one + other) + kernels + squares + patterns
    forms = 3.0 * networks if comparison.thorough else 0.0
    return 5 * networks + max(first_images, forms, _all_images(comparison.images, one, other))


def _seen(images: int, neurons: float) -> float:
    return FLOAT * 3.0 * images * neurons


def _all_images(images: int, one: float, other: float) -> float:
    if images <= FEW_OF_SIDE:
        kernels = DOUBLE * 12.0 * images * images
        return _seen(images, one + other) + kernels
    # Gram matrices of every fold, of all, and of those to train on; ridge regression works on some
    # of them in float64.
    grams = FLOAT * (FOLDS + 2) * (one * one + other * other + one * other)
    ridge = DOUBLE * (7 * max(one, other) ** 2 + 3 * one * other)
    # Once more in a process of its own.
    ridge += CHILD + DOUBLE * 2 * (max(one, other) ** 2 + one * other)
    return _seen(images, one + other) + grams + ridge


def _phantom(study: PhantomStudy) -> float:
    widths = widths_after(study.recipe, (study.phantom,))
    hidden = FLOAT * float(ANSWERED * sum(widths))
    return 6 * network_bytes(*widths) + 4 * hidden


def _causes(study: NoiseDecomposition) -> float:
    """Three networks, here and on the device, while gradients of ten logits are held.

    And the rewritten one once more, laid out for prediction.
    """
    first, second = widths_after(study.recipe, study.manipulations)
    networks = 9 * network_bytes(first, second) + 4 * network_bytes(*[study.recipe.width] * 2)
    networks += 2 * (FLOAT + DOUBLE) * float(CLASSES**2 * second)
    gradients = FLOAT * float(PIECE * CLASSES * 3 * (first + second))
    # Neurons are compared with one another in float64.
    compared = DOUBLE * float(max(PIXELS * first, first * second))
    return networks + max(gradients, compared) + FLOAT * float(study.images * PIXELS)


def _training(recipe: Recipe) -> float:
    batch = FLOAT * recipe.batch * float(PIXELS + 4 * recipe.width)
    turned = 3.0 * TRAIN_IMAGES * PIXELS if recipe.task == ROTATION else 0.0
    return 4 * network_bytes(recipe.width, recipe.width) + BATCHES_HELD * batch + turned


def _check(experiment: Experiment) -> float:
    first, second = widths_after(experiment.recipe, experiment.manipulations)
    trained = network_bytes(experiment.recipe.width, experiment.recipe.width)
    return experiment.seeds * trained + 4 * network_bytes(first, second)
