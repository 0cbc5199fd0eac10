"""Inputs: the images, the directions that none of them uses, and the new tasks."""

from dissociation.features.inputs.address import INPUTS
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    INPUTS,
    "image",
    "The images, the directions none of them uses, and the new tasks.",
    __name__,
)
