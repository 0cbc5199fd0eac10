"""Every page of the lab by name, with its table."""

from __future__ import annotations

from dissociation.address.bridge_page import BRIDGE
from dissociation.address.causes_page import CAUSES
from dissociation.address.curve_pages import ROBUSTNESS, TRANSFER
from dissociation.address.hypothesis_page import HYPOTHESIS
from dissociation.address.inputs_page import INPUTS
from dissociation.address.linear_page import LINEAR
from dissociation.address.map_page import MAP
from dissociation.address.phantom_page import PHANTOM
from dissociation.address.predicting import ROOM
from dissociation.address.representation_page import REPRESENTATION
from dissociation.address.sweep_page import SWEEP
from dissociation.address.table import PageTable, page_table

START = page_table("start", "Start", "app.py", states=(ROOM,))
PAGES: dict[str, PageTable] = {
    table.name: table
    for table in (
        START,
        ROBUSTNESS,
        TRANSFER,
        INPUTS,
        HYPOTHESIS,
        SWEEP,
        REPRESENTATION,
        MAP,
        PHANTOM,
        LINEAR,
        CAUSES,
        BRIDGE,
    )
}
