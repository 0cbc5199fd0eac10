"""Hypothesis: does B differ from A, by how much, and how sure can one be?"""

from dissociation.features.hypothesis.address import HYPOTHESIS
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    HYPOTHESIS,
    "balance",
    "Does B differ from A? An answer with its interval, network by network.",
    __name__,
)
