"""Whether this process serves the app's own routes."""

from __future__ import annotations

import threading

#: Set while it does.
SERVING = threading.Event()


def routes_are_served() -> bool:
    """Whether this process serves the routes: it does if it was started through `app.py`."""
    return SERVING.is_set()
