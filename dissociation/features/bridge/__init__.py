"""Bridge: measured robustness of many networks against the norms that theory looks at."""

from dissociation.dashboard.feature import Feature
from dissociation.features.bridge.address import BRIDGE

FEATURE = Feature(
    BRIDGE,
    "straighten",
    "Measured robustness against the norms of theory: how far a linear law carries.",
    __name__,
)
