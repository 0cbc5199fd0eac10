"""The command that runs the lab: Streamlit in the place of this process."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

from dissociation.core.installation import CHECKOUT
from dissociation.core.validation import InvalidValue, check_integer
from dissociation.python import Failed

#: Where app, pages and configuration are; `pyproject.toml` says so when the package is built.
SITE = CHECKOUT or Path(__file__).parents[1] / "web" / "site"


def serve(address: str, port: int) -> NoReturn:
    """Becomes the lab's server; Streamlit reads its settings from the folder of the app.

    **Arguments:**

    - `address`: of this machine; `port`: both to listen on.

    **Raises:** `InvalidValue` if they are none; `Failed` if they are not to be had.
    """
    check_integer("--port", port, 1, 65_535)
    if not address:
        raise InvalidValue("--address", address, "give one, or 0.0.0.0 for all of this machine")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        # Streamlit would say it with a traceback.
        socket.create_server((address, port), family=family).close()
    except (OSError, UnicodeError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise Failed(f"cannot listen on {address}, port {port}: {reason}") from None
    # -P: a folder from which it is started is none to import from.
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(SITE / "app.py")]
    options = ["--server.address", address, "--server.port", str(port)]
    os.execv(sys.executable, [*command, *options])
