"""Representation: a trained network beside a rewritten one, or any two of the lab's."""

from dissociation.core.similarity.comparison import Comparison
from dissociation.dashboard.feature import Feature
from dissociation.features.representation.address import REPRESENTATION

FEATURE = Feature(
    REPRESENTATION,
    "blur_on",
    "Two hidden layers side by side, and every measure of how alike they are.",
    __name__,
    Comparison,
)
