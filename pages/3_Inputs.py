"""See `dissociation.features.inputs`."""

from dissociation.features.show import show

show("inputs")
