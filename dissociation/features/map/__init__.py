"""Map: how far function and representation move, for every rewrite at once."""

from dissociation.features.map.address import MAP
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    MAP,
    "map",
    "Every rewrite a point: how far function and representation move.",
    __name__,
)
