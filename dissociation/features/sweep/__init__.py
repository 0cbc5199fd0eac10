"""Sweep: one rewrite at many strengths, as small multiples and as a heat map."""

from dissociation.address.sweep_page import SWEEP
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    SWEEP,
    "grid_view",
    "One rewrite from weak to strong, at one glance.",
    __name__,
)
