"""Map: how far function and representation move, for every rewrite at once."""

from dissociation.dashboard.feature import Feature
from dissociation.features.map.address import MAP

FEATURE = Feature(
    MAP,
    "map",
    "Every rewrite a point: how far function and representation move.",
    __name__,
)
