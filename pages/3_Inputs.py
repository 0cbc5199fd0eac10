"""Inputs (being built)."""

from dissociation.dashboard.frame import frame

frame("Inputs")
