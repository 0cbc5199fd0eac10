"""What is too large for the memory there is gets refused before it starts, with what would fit."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Manipulation
from dissociation.core.measures import Transfer
from dissociation.core.memory_need import GIB, Asked, Check, need_of
from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomStudy
from dissociation.core.similarity.comparison import Comparison
from dissociation.core.similarity.pictures import EMBEDDED
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.validation import InvalidValue

SMALLEST_WIDTH, SMALLEST_IMAGES = 16, 100
#: Strengths that are tried, from weak to as strong as asked for.
TRIED = 100


class Lever(NamedTuple):
    """One number of what was asked for that could be smaller.

    - `field`: its name; `value`: as asked for; `smaller`: other values, ascending.
    - `changed`: the same with another value.
    """

    field: str
    value: Any
    smaller: Sequence[float]
    changed: Callable[[Any], Asked]


def check_memory(asked: Asked, limit: float) -> None:
    """Refuses what would need more than there is.

    **Arguments:**

    - `limit`: bytes that the process may have.

    **Raises:** `InvalidValue` that names what is too large, and the largest of it that fits.
    """
    need = need_of(asked)
    if need <= limit:
        return
    sizes = f"it needs about {need / GIB:.1f} GiB of memory and the lab may use {limit / GIB:.3g}"
    first: Lever | None = None
    given_up: list[str] = []
    while levers := [lever for lever in _levers(asked) if lever.smaller]:
        for lever in levers:
            fits = _largest(lever, limit)
            if fits is not None:
                words = " and ".join([*given_up, f"{lever.field} of at most {fits:,g}"])
                # Of several, the first is what people will look for.
                named = first or lever
                raise InvalidValue(named.field, named.value, f"{sizes}; this fits: {words}")
        # None is enough by itself: the first as small as it can be, and on with the others.
        first = first or levers[0]
        least = levers[0].smaller[0]
        given_up.append(f"{levers[0].field} of {least:,g}")
        asked = levers[0].changed(least)
    raise InvalidValue("memory", f"{need / GIB:.1f} GiB", f"{sizes}; nothing like it fits")


def _largest(lever: Lever, limit: float) -> float | None:
    """The largest value that fits: need grows with each lever, so it is found by halving."""
    low, high = 0, len(lever.smaller)
    while low < high:
        middle = (low + high) // 2
        if need_of(lever.changed(lever.smaller[middle])) <= limit:
            low = middle + 1
        else:
            high = middle
    return lever.smaller[low - 1] if low else None


def _levers(asked: Asked) -> Iterator[Lever]:
    """What could be smaller, in the order in which people would rather give it up."""
    chains = _chains(asked)
    widening = [step for chain in chains for step in chain if step.widened(64) > 64]
    for name in dict.fromkeys(step.name for step in widening):
        strongest = max(step.strength for step in widening if step.name == name)
        step = next(s for s in widening if s.name == name and s.strength == strongest)
        if step.name != "phantom":
            yield Lever(f"strength of {name}", strongest, _weaker(step), _with_chains(asked, name))
    yield from _sizes(asked)
    recipe = _recipe(asked)
    widths = range(SMALLEST_WIDTH, recipe.width, SMALLEST_WIDTH)
    yield Lever("width", recipe.width, widths, lambda width: _narrower(asked, width))


def _sizes(asked: Asked) -> Iterator[Lever]:
    if isinstance(asked, Comparison):
        images = range(EMBEDDED, asked.images, SMALLEST_IMAGES)
        yield Lever("images", asked.images, images, lambda n: dataclasses.replace(asked, images=n))
    elif isinstance(asked, Recipe):
        batches = range(8, asked.batch, 8)
        yield Lever("batch", asked.batch, batches, lambda n: dataclasses.replace(asked, batch=n))
    elif not isinstance(asked, (Check, PhantomStudy, NoiseDecomposition)):
        measure, seeds = asked[0].measure, asked[0].seeds
        yield Lever("seeds", seeds, range(1, seeds), lambda n: _each(asked, seeds=n))
        if isinstance(measure, Transfer):
            least = SMALLEST_IMAGES * measure.points
            images = range(least, measure.images, SMALLEST_IMAGES)

            def fewer(n: int) -> Asked:
                return _each(asked, measure=dataclasses.replace(measure, images=n))

            yield Lever("images", measure.images, images, fewer)


def _each(experiments: Sequence[Experiment], **changes: Any) -> list[Experiment]:
    return [dataclasses.replace(experiment, **changes) for experiment in experiments]


def _chains(asked: Asked) -> list[tuple[Manipulation, ...]]:
    if isinstance(asked, Comparison):
        return [side.manipulations for side in asked.sides]
    if isinstance(asked, PhantomStudy):
        return [(asked.phantom,)]
    if isinstance(asked, NoiseDecomposition):
        return [asked.manipulations]
    if isinstance(asked, Recipe):
        return []
    return [e.manipulations for e in ([asked.experiment] if isinstance(asked, Check) else asked)]


def _weaker(step: Manipulation) -> list[float]:
    low, high = step.strength_range.low, step.strength
    if step.strength_range.integer:
        return [float(n) for n in range(int(low), int(high))]
    tried = (low + (high - low) * n / TRIED for n in range(TRIED))
    return sorted({math.floor(strength * 100) / 100 for strength in tried if strength < high})


def _with_chains(asked: Asked, name: str) -> Callable[[float], Asked]:
    """What is asked for, with no rewrite of that name stronger than a strength."""

    def capped(strength: float) -> Asked:
        def chain(steps: Sequence[Manipulation]) -> tuple[Manipulation, ...]:
            return tuple(
                dataclasses.replace(step, strength=min(step.strength, strength))
                if step.name == name
                else step
                for step in steps
            )

        if isinstance(asked, Comparison):
            sides = [
                dataclasses.replace(s, manipulations=chain(s.manipulations)) for s in asked.sides
            ]
            return dataclasses.replace(asked, first=sides[0], second=sides[1])
        if isinstance(asked, Check):
            one = asked.experiment
            return Check(dataclasses.replace(one, manipulations=chain(one.manipulations)))
        if isinstance(asked, NoiseDecomposition):
            return dataclasses.replace(asked, manipulations=chain(asked.manipulations))
        assert not isinstance(asked, (Recipe, PhantomStudy))
        return [dataclasses.replace(e, manipulations=chain(e.manipulations)) for e in asked]

    return capped


def _recipe(asked: Asked) -> Recipe:
    if isinstance(asked, Comparison):
        return max((side.recipe for side in asked.sides), key=lambda recipe: recipe.width)
    if isinstance(asked, (PhantomStudy, NoiseDecomposition)):
        return asked.recipe
    if isinstance(asked, Recipe):
        return asked
    return asked.experiment.recipe if isinstance(asked, Check) else asked[0].recipe


def _narrower(asked: Asked, width: int) -> Asked:
    def narrow(recipe: Recipe) -> Recipe:
        return dataclasses.replace(recipe, width=min(recipe.width, width))

    if isinstance(asked, Comparison):
        sides = [dataclasses.replace(s, recipe=narrow(s.recipe)) for s in asked.sides]
        return dataclasses.replace(asked, first=sides[0], second=sides[1])
    if isinstance(asked, (PhantomStudy, NoiseDecomposition)):
        return dataclasses.replace(asked, recipe=narrow(asked.recipe))
    if isinstance(asked, Recipe):
        return narrow(asked)
    if isinstance(asked, Check):
        one = asked.experiment
        return Check(dataclasses.replace(one, recipe=narrow(one.recipe)))
    return _each(asked, recipe=narrow(asked[0].recipe))
