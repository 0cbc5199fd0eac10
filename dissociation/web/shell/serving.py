"""Whether this process serves the app's own routes, and the manual on one of them."""

from __future__ import annotations

import threading

from dissociation.core.installation import CHECKOUT

#: Set while it does.
SERVING = threading.Event()
#: Where `make docs` builds the manual; nowhere without a checkout.
MANUAL = None if CHECKOUT is None else CHECKOUT / "site"


def routes_are_served() -> bool:
    """Whether this process serves the routes: it does if it was started through `app.py`."""
    return SERVING.is_set()


def manual_is_served() -> bool:
    """Whether there is a manual to lead to."""
    return routes_are_served() and MANUAL is not None and (MANUAL / "index.html").is_file()
