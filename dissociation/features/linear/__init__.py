"""Linear: two-layer linear networks, where every solution of a task is known exactly."""

from dissociation.core.linear.study import LinearStudy
from dissociation.dashboard.feature import Feature
from dissociation.features.linear.address import LINEAR

FEATURE = Feature(
    LINEAR,
    "timeline",
    "Linear networks, where theory is exact: walk among solutions, the output stands.",
    __name__,
    LinearStudy,
)
