"""Transfer: how well the rewritten hidden layer can be read for a new task."""

from dissociation.address.curve_pages import TRANSFER
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    TRANSFER,
    "swap_horiz",
    "Can the rewritten hidden layer still be read for a task it never saw?",
    __name__,
)
