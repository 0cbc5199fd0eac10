"""See `dissociation.features.sweep`."""

from dissociation.features.show import show

show("sweep")
