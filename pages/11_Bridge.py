"""Measured robustness against norms: see `dissociation.features.bridge`."""

from dissociation.features.show import show

show("bridge")
