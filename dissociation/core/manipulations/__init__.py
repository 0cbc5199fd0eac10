"""Rewrites of a network's weights that leave what it computes untouched, or nearly so."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from dissociation.core._lazy import jax
from dissociation.core.draws import Key
from dissociation.core.manipulations.balance import Balance
from dissociation.core.manipulations.base import (
    ALL_INPUTS,
    MAX_WIDTH,
    Manipulation,
    Option,
    Strength,
)
from dissociation.core.manipulations.duplicate import Duplicate
from dissociation.core.manipulations.hidden_null import HiddenNull
from dissociation.core.manipulations.input_null import InputNull
from dissociation.core.manipulations.nuisance import Nuisance
from dissociation.core.manipulations.permute import Permute
from dissociation.core.manipulations.phantom import Phantom
from dissociation.core.manipulations.rescale import Rescale
from dissociation.core.manipulations.scale import Scale
from dissociation.core.networks.network import Network, check_network
from dissociation.core.pauses import pause
from dissociation.core.validation import InvalidValue, check_choice, check_finite

#: Every manipulation of the lab by name, in the order in which controls list them.
REGISTRY: dict[str, type[Manipulation]] = {
    cls.name: cls
    for cls in (
        Scale,
        Duplicate,
        Nuisance,
        InputNull,
        Rescale,
        Permute,
        Balance,
        HiddenNull,
        Phantom,
    )
}
#: Keeps the draws of manipulations apart from the noise of the measures, which share a key.
MANIPULATION_SALT = 101


def make(name: str, **fields: Any) -> Manipulation:
    """A manipulation by name. **Raises:** `InvalidValue` for an unknown name or a bad field."""
    check_choice("manipulation", name, tuple(REGISTRY))
    cls = REGISTRY[name]
    allowed = [field.name for field in dataclasses.fields(cls)]
    unknown = set(fields) - set(allowed)
    if unknown:
        known = ", ".join(allowed)
        raise InvalidValue(f"field of {name}", sorted(unknown)[0], f"choose one of {known}")
    return cls(**fields)


def apply_all(network: Network, manipulations: Sequence[Manipulation], *, key: Key) -> Network:
    """Applies manipulations in order, each with a key of its own.

    **Arguments:**

    - `network`: the trained network.
    - `manipulations`: any number of them; none gives the network back.
    - `key`: the key of the seed; manipulation `i` gets `fold_in(fold_in(key, salt), i)`.

    **Raises:** `InvalidValue` if a hidden layer would become wider than `MAX_WIDTH`, or the weights
    do not belong together or are not finite; `NotFinite` if rewritten ones are not.
    """
    network = check_network(network)
    for position, manipulation in enumerate(manipulations):
        width = manipulation.widened(network.widths[manipulation.layer - 1])
        if width > MAX_WIDTH:
            raise InvalidValue(
                f"width after {manipulation.name}", width, f"keep it to {MAX_WIDTH:,} neurons"
            )
        own = jax.random.fold_in(jax.random.fold_in(key, MANIPULATION_SALT), position)
        pause()
        # Said below, once and in words.
        with np.errstate(over="ignore", invalid="ignore"):
            network = manipulation.apply(network, key=own)
        check_finite(
            f"{manipulation.describe()} makes weights that are too large for float32 (3.4e38); try "
            "a weaker one, or fewer rewrites.",
            *network,
        )
    return network


def describe_all(manipulations: Sequence[Manipulation]) -> str:
    """A sequence of manipulations in words."""
    return ", then ".join(step.describe() for step in manipulations) or "Trained"


def exact_everywhere(manipulations: Sequence[Manipulation]) -> bool:
    """Whether all of them leave the function the same on every input."""
    return all(manipulation.exact_everywhere for manipulation in manipulations)
