"""See `dissociation.features.hypothesis`."""

from dissociation.features.show import show

show("hypothesis")
