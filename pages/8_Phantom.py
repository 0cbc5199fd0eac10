"""A picture in a representation: see `dissociation.features.phantom`."""

from dissociation.features.show import show

show("phantom")
