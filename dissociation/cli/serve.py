"""The command that runs the lab: Streamlit in the place of this process."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from dissociation.core.installation import APP
from dissociation.core.validation import check_integer


def serve(address: str, port: int) -> NoReturn:
    """Becomes the lab's server, whose settings Streamlit reads beside the app.

    **Arguments:**

    - `address`: of this machine; `port`: both to listen on.

    **Raises:** `InvalidValue` for a port that none can be.
    """
    check_integer("--port", port, 1, 65_535)
    # -P: a folder from which it is started is none to import from.
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(APP)]
    options = ["--server.address", address, "--server.port", str(port)]
    os.execv(sys.executable, [*command, *options])
