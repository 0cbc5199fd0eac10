"""What every answer of the server tells the browser about how far to trust it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dissociation.engine.settings import FRAMES, HOSTS, ORIGINS
from dissociation.web.chart import SCRIPT_PATH
from dissociation.web.chart.plotting_library import PRELOAD
from dissociation.web.server.origin import SameOrigin
from dissociation.web.server.packed_files import PackedFiles
from dissociation.web.server.reach import CheckedReach
from dissociation.web.shell.visitor import NamedBrowsers


def _own_inline_scripts() -> str:
    """The hashes of what Streamlit's own page has as inline scripts."""
    page = Path(streamlit.__file__).with_name("static") / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    hashes = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(found).decode()}'" for found in hashes)


#: Nothing from elsewhere, and no script that stands in an attribute or in the page, but Streamlit's
#: own: text that became HTML by mistake could not run. Elements' scripts are loaded as blobs, and
#: Plotly's WebGL makes its programs at run time, hence `unsafe-eval`.
POLICY = {
    "default-src": "'self'",
    "script-src": f"'self' 'unsafe-eval' blob: {_own_inline_scripts()}",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: What charts need, fetched while the page itself is still loading.
_PRELOADS = f"{PRELOAD}, <{SCRIPT_PATH.removeprefix('/')}>; rel=modulepreload"
#: Always this server: health checks ask by these names.
_LOCAL = ("127.0.0.1", "localhost", "[::1]")


class SafeHeaders:
    """Adds headers to every answer without its own, and to pages what they will need.

    **Arguments:**

    - `framed_by`: sites whose pages may show the lab's in a frame, besides its own.
    """

    def __init__(self, app: ASGIApp, framed_by: Sequence[str] = ()):
        self.app = app
        policy = {**POLICY, "frame-ancestors": " ".join(("'self'", *framed_by))}
        told = "; ".join(f"{name} {value}" for name, value in policy.items())
        self.headers = {**HEADERS, "Content-Security-Policy": told}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Link", _PRELOADS)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def middleware() -> list[Middleware]:
    """What stands between the network and the app. **Raises:** `InvalidValue` for bad settings."""
    hosts = [*HOSTS.values, *_LOCAL]
    return [
        Middleware(SafeHeaders, framed_by=FRAMES.values),
        Middleware(NamedBrowsers),
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(SameOrigin, allowed=ORIGINS.values),
        Middleware(CheckedReach),
        Middleware(PackedFiles),
    ]
