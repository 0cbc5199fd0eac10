"""Streamlit's scripts and styles, packed once and kept: a class fetches all of them at once.

Streamlit sends them as they are, 3 MB to each new browser, and opens a hundred files for it. Their
names change with their content, so what was packed stays right as long as the server runs.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

STATIC = Path(streamlit.__file__).with_name("static") / "static"
#: Below any base path; a name has no slash, so nothing outside of the folder can be asked for.
_ASKED = re.compile(r"/static/(js|css)/([\w.-]+\.(?:js|css))$", re.ASCII)
_TYPES = {"js": "text/javascript", "css": "text/css"}
#: Headers of a file whose name, or query, changes with its content.
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
_kept: dict[Path, bytes] = {}


async def packed_file(path: Path, media_type: str) -> Response | None:
    """A file, packed when it is first asked for; `None` if there is none."""
    packed = _kept.get(path)
    if packed is None:
        packed = await asyncio.to_thread(_pack, path)
        # Names that are no file's are not kept: there is no end of them.
        if packed is None:
            return None
        _kept[path] = packed
    return Response(packed, media_type=media_type, headers={**FOREVER, "Content-Encoding": "gzip"})


def _pack(path: Path) -> bytes | None:
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0) if path.is_file() else None


class PackedFiles:
    """Answers for those files, to browsers that can unpack; leaves all else to the app."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        asked = _ASKED.search(scope["path"]) if scope["type"] == "http" else None
        if asked and scope["method"] == "GET":
            headers = Headers(scope=scope)
            if "gzip" in headers.get("accept-encoding", "") and "range" not in headers:
                folder, name = asked[1], asked[2]
                answer = await packed_file(STATIC / folder / name, _TYPES[folder])
                if answer is not None:
                    await answer(scope, receive, send)
                    return
        await self.app(scope, receive, send)
