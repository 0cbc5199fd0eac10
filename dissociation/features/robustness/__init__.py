"""Robustness: the error of networks of equal function under noise on inputs or parameters."""

from dissociation.address.curve_pages import ROBUSTNESS
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    ROBUSTNESS,
    "shield",
    "Choose the rewrite, its strength and the noise, and watch the curves follow.",
    __name__,
)
