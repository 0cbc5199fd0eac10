"""Where browsers get Plotly from, and that they may begin before the first chart asks for it."""

from __future__ import annotations

from importlib.metadata import version

#: The version makes it safe to let browsers keep the file for ever.
LIBRARY = f"/api/plotly.min.js?v={version('plotly')}"
#: A header of pages (RFC 8288): charts ask for the library only when Streamlit has drawn the page.
PRELOAD = f"<{LIBRARY.removeprefix('/')}>; rel=preload; as=script"
