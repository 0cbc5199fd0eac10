"""What the page says."""

from __future__ import annotations

from dissociation.address.links import Link
from dissociation.web.export.html import paragraph, settings
from dissociation.web.shell.answers import Report

from .address import ReachResult


def verdict(found: ReachResult) -> str:
    """How far the furthest neuron reaches."""
    return f"The longest weights have norm {found.norms[0]:.3g}."


def report(link: Link, found: ReachResult) -> Report:
    """See `dissociation.web.shell.feature`."""
    sections = {"Complete study": settings(link.path, "studies", [found.study.to_json()])}
    return Report(paragraph(verdict(found)), "", sections)
