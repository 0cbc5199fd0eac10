"""Start: the front door, with the notebook's noise figure, live."""

from dissociation.address.predicting import ROOM
from dissociation.address.table import page_table
from dissociation.web.shell.feature import Feature

FEATURE = Feature(page_table("start", "Start", "app.py", states=(ROOM,)), "home", "", __name__)
