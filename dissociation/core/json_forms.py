"""Plain values that experiments and comparisons share, written and read back, validated."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import numpy as np

from dissociation.core import manipulations as manipulate
from dissociation.core.manipulations import Manipulation
from dissociation.core.networks.training import Recipe
from dissociation.core.validation import InvalidValue

T = TypeVar("T")


def check_object(kind: str, values: Any, allowed: Collection[str]) -> dict[str, Any]:
    """Returns `values`, or raises `InvalidValue` unless it is an object of these fields."""
    if not isinstance(values, dict):
        raise InvalidValue(kind, values, "give a JSON object")
    for name in values:
        if name not in allowed:
            raise InvalidValue(f"{kind} field", name, "choose one of " + ", ".join(sorted(allowed)))
    return values


def check_schema(values: dict[str, Any], schema: int) -> None:
    """**Raises:** `InvalidValue` if a description is of another schema than this one."""
    if values.get("schema", schema) != schema:
        raise InvalidValue("schema", values["schema"], f"this lab reads schema {schema}")


def check_flag(field: str, value: Any) -> bool:
    """Returns `value` as a bool, or raises `InvalidValue` unless it is true or false."""
    if not isinstance(value, (bool, np.bool_)):
        raise InvalidValue(field, value, "give true or false")
    return bool(value)


def read_named(field: str, values: Any, make: Callable[..., T]) -> T:
    """What `make` makes of a name and settings. **Raises:** `InvalidValue`."""
    if not isinstance(values, dict) or not isinstance(values.get("name"), str):
        raise InvalidValue(field, values, "give an object with a name")
    settings = {str(name): value for name, value in values.items() if name != "name"}
    return make(values["name"], **settings)


def write_steps(steps: Sequence[Manipulation]) -> list[dict[str, Any]]:
    """Manipulations as [`read_steps`][] reads them."""
    return [step.canonical() for step in steps]


def read_steps(values: Any) -> tuple[Manipulation, ...]:
    """Manipulations in order. **Raises:** `InvalidValue`."""
    if not isinstance(values, list):
        raise InvalidValue("manipulations", values, "give a list")
    return tuple(read_named("manipulation", step, manipulate.make) for step in values)


def write_recipe(recipe: Recipe) -> dict[str, Any]:
    """A recipe as [`read_recipe`][] reads it."""
    return recipe.settings()


def read_recipe(values: Any) -> Recipe:
    """A recipe; what is left out has its default. **Raises:** `InvalidValue`."""
    known = {field.name for field in dataclasses.fields(Recipe)}
    if not isinstance(values, dict) or not set(values) <= known:
        raise InvalidValue("recipe", values, "give an object of " + ", ".join(sorted(known)))
    return Recipe(**values)
