"""The route of the exports: an address of a page with another beginning gives a file of it."""

from __future__ import annotations

from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dissociation import __version__
from dissociation.address.links import Link, read_address
from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.engine.lab import lab
from dissociation.engine.library import Library
from dissociation.web.export.base import Export
from dissociation.web.export.files import KINDS
from dissociation.web.export.page import as_page, as_report
from dissociation.web.shell.answers import NotStored
from dissociation.web.shell.questions import question_of

#: What makes a kind of file of them.
MAKE: dict[str, Callable[[Export], str]] = {
    "csv": lambda made: made.answer.csv(),
    "json": lambda made: made.answer.json(dissociation=__version__, address=made.link.path),
    "page": as_page,
    "report": as_report,
    "script": lambda made: made.answer.script(made.link.path),
}
#: For visitors.
INCOMPLETE = "This is not complete yet. Open the page, wait for the chart, and try again."
#: So many files are made at once, the others wait: threads serve the pages, too.
_AT_ONCE = CapacityLimiter(2)
#: The headers of every file: none of it may run in the lab's own name.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox allow-scripts allow-downloads",
}


def export_of(library: Library, link: Link) -> Export:
    """What an address asks for, from the store; an export computes nothing.

    **Raises:** `InvalidValue` if the page has nothing to export or its values contradict each
    other; `NotStored` if something is not complete.
    """
    question, _ = question_of(link)
    found = question.stored(library)
    if any(one is None for one in found):
        raise NotStored(INCOMPLETE)
    return Export(link, question.answer(found))


async def export(request: Request) -> Response:
    """`/api/export/{kind}/{page}?…`: the file, 404 for no such kind, 409 if not yet computed."""
    name = request.path_params["kind"]
    if name not in KINDS:
        known = ", ".join(KINDS)
        return PlainTextResponse(f"There is no such file; choose one of {known}.", 404)
    address = f"{request.path_params['page']}?{request.url.query}"
    try:
        text, file = await to_thread.run_sync(_made, name, address, limiter=_AT_ONCE)
    except (InvalidValue, DamagedData) as problem:
        return PlainTextResponse(str(problem), 400, headers=HEADERS)
    except NotStored as problem:
        return PlainTextResponse(str(problem), 409, headers=HEADERS)
    kind = KINDS[name]
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{file}{kind.ending}"'}
    return Response(text, media_type=f"{kind.media_type}; charset=utf-8", headers=headers)


def _made(kind: str, address: str) -> tuple[str, str]:
    made = export_of(lab().library, read_address(address)[0])
    return MAKE[kind](made), made.answer.file_name
