"""What is too large for the memory there is gets refused before it starts, with what would fit."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from dissociation.core.manipulations import Manipulation
from dissociation.core.measures import Measure
from dissociation.core.memory_need import Asked, need_of
from dissociation.core.networks.training import Recipe
from dissociation.core.sizes import GIB
from dissociation.core.study import Study, Trained
from dissociation.core.validation import InvalidValue

SMALLEST_WIDTH = 16
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
    widening = [step for step in _parts(asked, Manipulation) if step.widened(64) > 64]
    for name in dict.fromkeys(step.name for step in widening):
        strongest = max(step.strength for step in widening if step.name == name)
        step = next(s for s in widening if s.name == name and s.strength == strongest)
        if step.name != "phantom":
            weaker = functools.partial(_weakened, asked, name)
            yield Lever(f"strength of {name}", strongest, _weaker(step), weaker)
    yield from _sizes(asked)
    width = max(recipe.width for recipe in _parts(asked, Recipe))
    widths = range(SMALLEST_WIDTH, width, SMALLEST_WIDTH)
    yield Lever("width", width, widths, functools.partial(_narrower, asked))


def _sizes(asked: Asked) -> Iterator[Lever]:
    if isinstance(asked, Recipe):
        batches = range(8, asked.batch, 8)
        yield Lever("batch", asked.batch, batches, lambda n: dataclasses.replace(asked, batch=n))
        return
    networks = list(dict.fromkeys(plan for study in asked for plan in study.needs()))
    if len(asked) > 1:
        count = len(networks)
        yield Lever("seeds", count, range(1, count), lambda n: _of(asked, networks[:n]))
    for field, smaller in asked[0].smaller().items():
        value = getattr(_owner(asked[0], field), field)
        yield Lever(field, value, smaller, functools.partial(_replaced, asked, field))


def _of(studies: tuple[Study, ...], networks: Sequence[Trained]) -> tuple[Study, ...]:
    return tuple(study for study in studies if set(study.needs()) <= set(networks))


def _owner(study: Study, field: str) -> Any:
    """The study, or the measure of it, whichever has the field."""
    return study if hasattr(study, field) else _parts(study, Measure)[0]


def _replaced(studies: tuple[Study, ...], field: str, value: Any) -> Asked:
    owner = _owner(studies[0], field)
    return _with(studies, type(owner), lambda part: dataclasses.replace(part, **{field: value}))


def _weaker(step: Manipulation) -> list[float]:
    low, high = step.strength_range.low, step.strength
    if step.strength_range.integer:
        return [float(n) for n in range(int(low), int(high))]
    tried = (low + (high - low) * n / TRIED for n in range(TRIED))
    return sorted({math.floor(strength * 100) / 100 for strength in tried if strength < high})


def _weakened(asked: Asked, name: str, strength: float) -> Asked:
    """What is asked for, with no rewrite of that name stronger than a strength."""

    def capped(step: Manipulation) -> Manipulation:
        if step.name != name:
            return step
        return dataclasses.replace(step, strength=min(step.strength, strength))

    return _with(asked, Manipulation, capped)


def _narrower(asked: Asked, width: int) -> Asked:
    return _with(
        asked, Recipe, lambda recipe: dataclasses.replace(recipe, width=min(recipe.width, width))
    )


def _parts(value: Any, kind: Any) -> list[Any]:
    """All values of a kind that what is asked for is made of."""
    found = []

    def noted(part: Any) -> Any:
        found.append(part)
        return part

    _with(value, kind, noted)
    return found


def _with(value: Any, kind: Any, change: Callable[[Any], Any]) -> Any:
    """The same with every value of a kind changed."""
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, (list, tuple)):
        return type(value)([_with(part, kind, change) for part in value])
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        changes = {
            name: new for name, old in fields if (new := _with(old, kind, change)) is not old
        }
        return dataclasses.replace(value, **changes) if changes else value
    return value
