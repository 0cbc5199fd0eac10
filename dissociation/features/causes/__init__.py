"""Causes: why a network breaks under parameter noise, by layers, neurons and margins."""

from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.dashboard.feature import Feature
from dissociation.features.causes.address import CAUSES

FEATURE = Feature(
    CAUSES,
    "account_tree",
    "Why a network breaks: its noise by layers, by neurons, and against its margins.",
    __name__,
    NoiseDecomposition,
)
