"""Which measures can be predicted, and by which method."""

from __future__ import annotations

from dissociation.errors import check_choice
from dissociation.measures.base import Measure
from dissociation.theory.base import Method
from dissociation.theory.input_noise import PredictedInputNoise
from dissociation.theory.parameter_noise import PredictedParameterNoise

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
