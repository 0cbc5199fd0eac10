"""The routes for machines that watch the lab: is it well, and what has it done?"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dissociation.engine.lab import lab
from dissociation.engine.metrics import MEDIA_TYPE, health, metrics_text

_FRESH = {"Cache-Control": "no-store"}


async def health_route(request: Request) -> Response:
    """`/api/health`: 200, or 503 if nothing is computed any more; see [`health`][]."""
    found = await run_in_threadpool(lambda: health(lab()))
    return JSONResponse(found, 503 if found["status"] == "down" else 200, headers=_FRESH)


async def metrics_route(request: Request) -> Response:
    """`/api/metrics`: see [`metrics_text`][]."""
    text = await run_in_threadpool(metrics_text)
    return Response(text, headers={**_FRESH, "Content-Type": MEDIA_TYPE})
