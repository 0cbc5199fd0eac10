"""The route of the exports: an address of a page with another beginning gives a file of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dissociation.address.links import read_address
from dissociation.dashboard.curve_figure import file_name
from dissociation.dashboard.take_home.page import as_page, as_report
from dissociation.dashboard.take_home.script import as_script
from dissociation.dashboard.take_home.stored import NotStored, Taken, take
from dissociation.dashboard.take_home.values import as_csv, as_json
from dissociation.engine.lab import lab
from dissociation.errors import DamagedData, InvalidValue

log = logging.getLogger(__name__)


class Kind(NamedTuple):
    """A kind of file: its words on the page, its type, its ending, and what makes it."""

    label: str
    media_type: str
    ending: str
    make: Callable[[Taken], str]


KINDS: dict[str, Kind] = {
    "csv": Kind("CSV", "text/csv", ".csv", as_csv),
    "json": Kind("JSON", "application/json", ".json", as_json),
    "page": Kind("Chart as a page", "text/html", ".html", as_page),
    "report": Kind("Report to print", "text/html", "-report.html", as_report),
    "script": Kind("Python script", "text/x-python", ".py", as_script),
}
#: The headers of every file: none of it may run in the lab's own name.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox allow-scripts allow-downloads",
}


async def export(request: Request) -> Response:
    """`/api/export/{kind}/{page}?…`: the file, 404 for no such kind, 409 if not yet computed."""
    kind = KINDS.get(request.path_params["kind"])
    if kind is None:
        known = ", ".join(KINDS)
        return PlainTextResponse(f"There is no such file; choose one of {known}.", 404)
    address = f"{request.path_params['page']}?{request.url.query}"
    try:
        text, name = await run_in_threadpool(_made, kind, address)
    except (InvalidValue, DamagedData) as problem:
        return PlainTextResponse(str(problem), 400, headers=HEADERS)
    except NotStored as problem:
        return PlainTextResponse(str(problem), 409, headers=HEADERS)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}{kind.ending}"'}
    return Response(text, media_type=f"{kind.media_type}; charset=utf-8", headers=headers)


def _made(kind: Kind, address: str) -> tuple[str, str]:
    link, _ = read_address(address)
    taken = take(lab().library, link)
    return kind.make(taken), file_name(taken.conditions[0].experiment.measure)
