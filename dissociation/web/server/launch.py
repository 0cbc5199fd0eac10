"""What is looked at before the server starts, and what is begun and ended with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dissociation.core.validation import InvalidValue
from dissociation.engine import tidying
from dissociation.engine.lab import lab
from dissociation.engine.log_lines import log_to_stderr
from dissociation.engine.settings import LOG, cache_folder, check_settings
from dissociation.web.server.no_delay import send_without_delay
from dissociation.web.shell.serving import SERVING
from dissociation.web.shell.warm_up import warm_up


def leave_unless_settings_are_sound() -> None:
    """Ends the process with one line that names the variable and its range, if one is bad.

    **Raises:** `SystemExit`.
    """
    try:
        check_settings()
        cache_folder()
    except InvalidValue as problem:
        raise SystemExit(f"dissociation: {problem}") from None


async def _tidy_up() -> None:
    while True:
        await asyncio.sleep(tidying.ROUND)
        await asyncio.to_thread(lambda: tidying.tidy(lab()))


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Around the server's life: warms up shortly after the start, tidies up, stops computing."""
    SERVING.set()
    send_without_delay()
    log_to_stderr(LOG.value)
    later = asyncio.get_running_loop().call_later(2.0, warm_up)
    rounds = asyncio.create_task(_tidy_up())
    try:
        yield {}
    finally:
        later.cancel()
        rounds.cancel()
        SERVING.clear()
        await asyncio.to_thread(lab().stop)
