"""Measured comparisons on this machine; run with `make bench`, never by the tests."""

from dissociation import features as features
