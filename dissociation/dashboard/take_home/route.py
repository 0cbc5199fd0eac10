"""The route of the exports: an address of a page with another beginning gives a file of it."""

from __future__ import annotations

from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dissociation.address.bridge_page import BRIDGE
from dissociation.address.causes_page import CAUSES
from dissociation.address.linear_page import LINEAR
from dissociation.address.links import Link, read_address
from dissociation.address.map_page import MAP
from dissociation.address.phantom_page import PHANTOM
from dissociation.address.representation_page import REPRESENTATION
from dissociation.dashboard.take_home.bridge import take_bridge
from dissociation.dashboard.take_home.causes import take_causes
from dissociation.dashboard.take_home.contrasts import take_map, take_pair
from dissociation.dashboard.take_home.curves import take_curves
from dissociation.dashboard.take_home.files import KINDS
from dissociation.dashboard.take_home.linear import take_linear
from dissociation.dashboard.take_home.page import as_page, as_report
from dissociation.dashboard.take_home.phantoms import take_phantom
from dissociation.dashboard.take_home.taken import NotStored, Taken
from dissociation.engine.lab import lab
from dissociation.engine.library import Library
from dissociation.errors import DamagedData, InvalidValue

#: What takes the results of a page home; of all others curves.
TAKE: dict[str, Callable[[Library, Link], Taken]] = {
    REPRESENTATION.name: take_pair,
    MAP.name: take_map,
    PHANTOM.name: take_phantom,
    LINEAR.name: take_linear,
    CAUSES.name: take_causes,
    BRIDGE.name: take_bridge,
}
#: What makes a kind of file of them.
MAKE: dict[str, Callable[[Taken], str]] = {
    "csv": lambda taken: taken.csv(),
    "json": lambda taken: taken.json(),
    "page": as_page,
    "report": as_report,
    "script": lambda taken: taken.script(),
}
#: So many files are made at once, the others wait: threads serve the pages, too.
_AT_ONCE = CapacityLimiter(2)
#: The headers of every file: none of it may run in the lab's own name.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox allow-scripts allow-downloads",
}


def take(library: Library, link: Link) -> Taken:
    """What an address asks for, from the store; an export computes nothing.

    **Raises:** `InvalidValue` if the page has nothing to take or its values contradict each other;
    `NotStored` if something is not complete.
    """
    return TAKE.get(link.table.name, take_curves)(library, link)


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
    taken = take(lab().library, read_address(address)[0])
    return MAKE[kind](taken), taken.file_name
