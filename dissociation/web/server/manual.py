"""The manual below `/docs/`, once `make docs` has built it."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from dissociation.web.server.headers import POLICY
from dissociation.web.shell.serving import MANUAL

#: Its pages have scripts of their generator in them.
_POLICY = "; ".join(
    f"{name} {value}" for name, value in {**POLICY, "script-src": "'self' 'unsafe-inline'"}.items()
)


class ManualFiles(StaticFiles):
    """The files of a folder that need not be there yet, with headers for pages of another make."""

    def __init__(self, folder: Path):
        super().__init__(directory=folder, html=True, check_dir=False)

    async def check_config(self) -> None:
        """Misses nothing: until the folder is there, nothing is found in it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See Starlette's."""
        answer = await super().get_response(path, scope)
        answer.headers["Content-Security-Policy"] = _POLICY
        # Otherwise its pages would be told to preload what charts need.
        answer.headers["Link"] = '<./>; rel="self"'
        return answer


MANUAL_ROUTES: list[BaseRoute] = [] if MANUAL is None else [Mount("/docs", ManualFiles(MANUAL))]
