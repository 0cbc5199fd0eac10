"""Which measures can be predicted, and by which method."""

from __future__ import annotations

from dissociation.core.measures.base import Measure
from dissociation.core.theory.base import Method
from dissociation.core.theory.input_noise import PredictedInputNoise
from dissociation.core.theory.parameter_noise import PredictedParameterNoise
from dissociation.core.validation import check_choice

#: Methods by the name of their measure.
METHODS: dict[str, type[Method]] = {
    "input_noise": PredictedInputNoise,
    "parameter_noise": PredictedParameterNoise,
}


def predictable(measure: Measure) -> bool:
    """Whether there is a theory of this measure."""
    return measure.name in METHODS


def method_of(measure: Measure) -> Method:
    """The method for a measure. **Raises:** `InvalidValue` if there is none."""
    check_choice("measure", measure.name, tuple(METHODS))
    return METHODS[measure.name](measure)  # type: ignore[arg-type]
