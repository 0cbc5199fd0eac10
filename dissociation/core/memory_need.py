"""How much memory something takes at most, told from its sizes before it starts.

A study says so itself; here is what is not one: a training, and the process around everything.
"""

from __future__ import annotations

from typing import TypeAlias

from dissociation.core.data.datasets import PIXELS
from dissociation.core.networks.training import ROTATION, Recipe
from dissociation.core.sizes import BASE, FLOAT, PASSING, SLACK, network_bytes
from dissociation.core.study import Study

TRAIN_IMAGES, BATCHES_HELD = 60_000, 2

#: Studies whose arrays are there at one time; or a training.
Asked: TypeAlias = tuple[Study, ...] | Recipe


def need_of(asked: Asked) -> float:
    """Memory in bytes that a process needs at most for this alone, everything included."""
    held = held_by(asked)
    if isinstance(asked, Recipe):
        # Nothing else is drawn or compiled while a network is trained.
        return BASE + max(PASSING, held)
    return BASE + PASSING + held


def held_by(asked: Asked) -> float:
    """Memory in bytes of its arrays alone: a second thing beside it needs no more than that."""
    if isinstance(asked, Recipe):
        return SLACK * _training(asked)
    return type(asked[0]).memory_together(asked)


def _training(recipe: Recipe) -> float:
    batch = FLOAT * recipe.batch * float(PIXELS + 4 * recipe.width)
    turned = 3.0 * TRAIN_IMAGES * PIXELS if recipe.task == ROTATION else 0.0
    return 4 * network_bytes(recipe.width, recipe.width) + BATCHES_HELD * batch + turned
