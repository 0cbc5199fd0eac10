"""Linear: two-layer linear networks, where every solution of a task is known exactly."""

from dissociation.core.linear.study import LinearStudy
from dissociation.features.linear.address import LINEAR
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    LINEAR,
    "timeline",
    "Linear networks, where theory is exact: walk among solutions, the output stands.",
    __name__,
    LinearStudy,
)
