"""A page and the answer to what it asks: what every file is made of."""

from __future__ import annotations

from typing import NamedTuple

from dissociation.address.links import Link
from dissociation.web.shell.answers import Answer


class Export(NamedTuple):
    """Complete results of an address, from the store."""

    link: Link
    answer: Answer
