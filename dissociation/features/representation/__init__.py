"""Representation: a trained network beside a rewritten one, or any two of the lab's."""

from dissociation.core.similarity.comparison import Comparison
from dissociation.features.representation.address import REPRESENTATION
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    REPRESENTATION,
    "blur_on",
    "Two hidden layers side by side, and every measure of how alike they are.",
    __name__,
    Comparison,
)
