"""The row of files under a chart."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from dissociation.address.links import Link, write_query
from dissociation.web.export.files import KINDS

#: Of one visitor alone, and no part of what was measured.
LEFT_OUT = ("tour", "guess", "room")


def export_path(link: Link, kind: str) -> str:
    """The address of a file, relative to the page, so that it works below any base path."""
    query = write_query(link.table, link.values, without=LEFT_OUT)
    return f"api/export/{kind}/{link.table.title}?{urlencode(query)}"


def export_links(link: Link, *, ready: bool) -> None:
    """Draws a link a kind of file, once the chart is complete.

    **Arguments:**

    - `link`: to the page that shows the chart.
    - `ready`: whether all of it is in the store.
    """
    if not ready:
        st.caption("Take it home: files are ready once the chart is complete.")
        return
    files = " ".join(
        f'<a class="lab-file" href="{escape(export_path(link, kind), quote=True)}" download>'
        f"{escape(declared.label)}</a>"
        for kind, declared in KINDS.items()
    )
    st.html(
        f'<p class="lab-files"><strong>Take it home:</strong> {files} '
        "<span>PNG and SVG: in the bar of the chart.</span></p>"
    )
