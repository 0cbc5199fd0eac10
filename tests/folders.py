"""How tests are shared out between processes: by the folder that they are in."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from xdist.scheduler import LoadScopeScheduling

#: Folders with too many tests for one process.
BY_FILE = ("tests", "core")


class ByFolder(LoadScopeScheduling):
    """Tests of one folder go to one process, in the order in which they are collected.

    Those of a file of `core`, or of no folder, by the file: with these, all end together.
    """

    def __init__(self, config: pytest.Config, log=None):
        # Otherwise the folder with the most tests comes first, not the one that takes longest.
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        return str(file if file.parent.name in BY_FILE else file.parent)
