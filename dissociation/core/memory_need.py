"""How much memory something takes at most, told from its sizes before it starts.

A study says so itself; here is what is not one: experiments that are measured together, and
trainings. See [`sizes`][dissociation.core.sizes].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dissociation.core.data.datasets import PIXELS
from dissociation.core.experiment import Experiment
from dissociation.core.measures import ParameterNoise, Transfer
from dissociation.core.measures.base import CHUNK
from dissociation.core.networks.training import ROTATION, Recipe
from dissociation.core.sizes import (
    BASE,
    CHILD,
    FLOAT,
    PASSING,
    SLACK,
    network_bytes,
    rewriting_bytes,
    widths_after,
)
from dissociation.core.study import Study

#: Rows are kept and made anew in turns, which leaves more of the heap unused.
NOISE_SLACK = 1.45
#: Draws of noise whose rows are kept from chunk to chunk, as in `measures/noise_measure.py`.
KEPT = 8
TRAIN_IMAGES, BATCHES_HELD = 60_000, 2


@dataclass(frozen=True)
class Check:
    """The comparison of what networks compute before and after an experiment's rewrites."""

    experiment: Experiment


#: A study; experiments that are measured together; a training; a check.
Asked: TypeAlias = Study | Sequence[Experiment] | Recipe | Check


def need_of(asked: Asked) -> float:
    """Memory in bytes that a process needs at most for this alone, everything included."""
    held = held_by(asked)
    if isinstance(asked, Recipe):
        # Nothing else is drawn or compiled while a network is trained.
        return BASE + max(PASSING, held)
    return BASE + PASSING + held


def held_by(asked: Asked) -> float:
    """Memory in bytes of its arrays alone: a second thing beside it needs no more than that."""
    if isinstance(asked, Study):
        return asked.memory()
    if isinstance(asked, Recipe):
        return SLACK * _training(asked)
    experiments = [asked.experiment] if isinstance(asked, Check) else asked
    rewriting = max(rewriting_bytes(one.recipe, one.manipulations) for one in experiments)
    if isinstance(asked, Check):
        return SLACK * _check(asked.experiment) + rewriting
    if isinstance(experiments[0].measure, Transfer):
        return SLACK * _transfer(experiments) + rewriting
    # What is measured of exact rewrites may be the trained networks.
    return NOISE_SLACK * _noise([one.canonical() for one in experiments]) + rewriting


# ---- what is there at the worst moment


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


def _training(recipe: Recipe) -> float:
    batch = FLOAT * recipe.batch * float(PIXELS + 4 * recipe.width)
    turned = 3.0 * TRAIN_IMAGES * PIXELS if recipe.task == ROTATION else 0.0
    return 4 * network_bytes(recipe.width, recipe.width) + BATCHES_HELD * batch + turned


def _check(experiment: Experiment) -> float:
    first, second = widths_after(experiment.recipe, experiment.manipulations)
    trained = network_bytes(experiment.recipe.width, experiment.recipe.width)
    return experiment.seeds * trained + 4 * network_bytes(first, second)
