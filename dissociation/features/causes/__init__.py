"""Causes: why a network breaks under parameter noise, by layers, neurons and margins."""

from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.features.causes.address import CAUSES
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    CAUSES,
    "account_tree",
    "Why a network breaks: its noise by layers, by neurons, and against its margins.",
    __name__,
    NoiseDecomposition,
)
