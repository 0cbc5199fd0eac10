"""What the command line refuses that is neither a value nor a file: usage, and what is missing."""

from __future__ import annotations


class BadUsage(ValueError):
    """Arguments that make no command; the text says why."""
