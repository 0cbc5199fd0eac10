"""How tests are shared out between processes: by the folder that they are in."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from xdist.scheduler import LoadScopeScheduling


class ByFolder(LoadScopeScheduling):
    """Tests of one folder go to one process, in the order in which they are collected.

    Those of a file that is in no folder of its own, by the file: with these, all end together.
    """

    def __init__(self, config: pytest.Config, log=None):
        # Otherwise the folder with the most tests comes first, not the one that takes longest.
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        return str(file if len(file.parts) <= 2 else file.parent)
