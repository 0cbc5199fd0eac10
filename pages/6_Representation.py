"""How far a rewrite moves the hidden layer: see `dissociation.features.representation`."""

from dissociation.features.show import show

show("representation")
