"""The command line: the results of the pages without a browser, from and into the same store."""

from dissociation import features as features
