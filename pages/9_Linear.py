"""Linear networks, where theory is exact: see `dissociation.features.linear`."""

from dissociation.features.show import show

show("linear")
