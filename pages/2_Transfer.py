"""See `dissociation.features.transfer`."""

from dissociation.features.show import show

show("transfer")
