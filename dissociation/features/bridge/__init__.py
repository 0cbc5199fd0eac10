"""Bridge: measured robustness of many networks against the norms that theory looks at."""

from dissociation.features.bridge.address import BRIDGE
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    BRIDGE,
    "straighten",
    "Measured robustness against the norms of theory: how far a linear law carries.",
    __name__,
)
