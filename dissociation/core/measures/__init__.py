"""Ways to tell networks of equal function apart: each streams a curve, coarse to fine."""

from __future__ import annotations

import dataclasses
from typing import Any

from dissociation.core.measures.base import Axis, Curve, Measure, SeedCurve
from dissociation.core.measures.input_noise import InputNoise
from dissociation.core.measures.noise_measure import NoiseMeasure
from dissociation.core.measures.parameter_noise import ParameterNoise
from dissociation.core.measures.transfer import Transfer
from dissociation.core.validation import InvalidValue, check_choice

#: Every measure of the lab by name; of those of noise, the first is the usual one.
REGISTRY: dict[str, type[Measure]] = {
    cls.name: cls for cls in (ParameterNoise, InputNoise, Transfer)
}


def make(name: str, **settings: Any) -> Measure:
    """A measure by name. **Raises:** `InvalidValue` for an unknown name or a bad setting."""
    check_choice("measure", name, tuple(REGISTRY))
    cls = REGISTRY[name]
    allowed = [field.name for field in dataclasses.fields(cls)]
    unknown = set(settings) - set(allowed)
    if unknown:
        known = ", ".join(allowed)
        raise InvalidValue(f"setting of {name}", sorted(unknown)[0], f"choose one of {known}")
    return cls(**settings)


def noises() -> dict[str, type[NoiseMeasure]]:
    """The measures of noise by name."""
    return {name: cls for name, cls in REGISTRY.items() if issubclass(cls, NoiseMeasure)}
