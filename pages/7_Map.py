"""How far function and representation move: see `dissociation.features.map`."""

from dissociation.features.show import show

show("map")
