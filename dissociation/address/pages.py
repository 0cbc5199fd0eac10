"""Every page of the lab by name, with its table: as many as there are features."""

from __future__ import annotations

from dissociation.address.table import PageTable

#: Filled by `dissociation.features`, in the order of the navigation; the first is the front door.
PAGES: dict[str, PageTable] = {}


def front_door() -> PageTable:
    """The page at the root of the app."""
    return next(iter(PAGES.values()))
