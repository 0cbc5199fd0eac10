"""The table of the Inputs page."""

from __future__ import annotations

import dataclasses

from dissociation.address import parameters as p
from dissociation.address.parameter import CHOICE, INTEGER, NUMBER, Parameter
from dissociation.address.table import PageTable, page_table
from dissociation.core.data.tasks import SPLITS
from dissociation.core.experiment import MAX_KEY

DIGITS = {"all": "all ten", **{str(digit): str(digit) for digit in range(10)}}
SOURCES = {"test": "10,000 test images", "train": "60,000 training images"}
BLIND = "The notebook takes the test images. The training images are blind to the test set."
POINT, OTHER = "Point at an image to read its number.", "Another seed gives others."
INPUTS: PageTable = page_table(
    "inputs",
    "Inputs",
    "pages/3_Inputs.py",
    (
        Parameter("digit", "Digits", CHOICE, "all", choices=DIGITS),
        Parameter("image", "Test image x", INTEGER, 0, POINT, 0, 9_999),
        Parameter("source", "Null space of", CHOICE, "test", BLIND, choices=SOURCES),
        Parameter("step", "Length of the step s", NUMBER, 5.0, "", 0.0, 50.0),
        dataclasses.replace(p.SPLIT, choices={word: word for word in SPLITS}),
        Parameter("images", "Images a row", INTEGER, 10, "", 1, 40),
        Parameter("seed", "Seed of the choice of images", INTEGER, 0, OTHER, 0, MAX_KEY),
        Parameter("direction", "Seed of the direction v", INTEGER, 0, OTHER, 0, MAX_KEY),
        Parameter("vectors", "Null directions shown", INTEGER, 9, "", 1, 36),
    ),
)
