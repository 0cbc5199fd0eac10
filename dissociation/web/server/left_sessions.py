"""What Streamlit keeps of tabs that were closed, should they come back within two minutes."""

from __future__ import annotations

from streamlit.runtime import Runtime


def forget_left_sessions() -> None:
    """Lets go of those that cannot come back any more.

    Streamlit would when the next visitor comes: after a class nobody may, for days. On the event
    loop's thread, where Streamlit looks after its sessions itself.
    """
    runtime = Runtime.instance() if Runtime.exists() else None
    storage = getattr(getattr(runtime, "_session_mgr", None), "_session_storage", None)
    kept = getattr(storage, "_cache", None)
    if kept is not None:
        # Counting them drops what has expired; looking at them does not.
        len(kept)
