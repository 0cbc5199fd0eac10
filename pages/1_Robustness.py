"""See `dissociation.features.robustness`."""

from dissociation.features.show import show

show("robustness")
