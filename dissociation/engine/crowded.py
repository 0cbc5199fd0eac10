"""What a visitor is told when the lab has as much to do as it may."""

from __future__ import annotations

from dissociation.core.validation import InvalidValue
from dissociation.engine.settings import MAX_QUEUE


class Crowded(InvalidValue):
    """The queue is full."""

    def __init__(self) -> None:
        super().__init__("jobs", MAX_QUEUE.value, "wait a minute")
        self.args = ("The lab has too much to do right now. Please try again in a minute.",)
