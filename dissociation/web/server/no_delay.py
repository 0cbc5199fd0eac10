"""Answers leave at once, instead of waiting for the browser to confirm the one before.

TCP holds back a small packet while an earlier one is unconfirmed (Nagle's algorithm, RFC 896), and
browsers confirm up to 40 ms late. asyncio turns that off, but only on sockets that were made with
the protocol's number, and Streamlit makes its own without. A page is a hundred small files and a
dozen small messages: those waits were most of the time in which a new browser got them.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path

#: Names of all open files of this process, on Linux and macOS.
_OPEN = Path("/dev/fd")


def send_without_delay() -> int:
    """Has what this process listens on, and with it each connection from now on, send at once.

    **Returns:** on how many sockets. None where there is no list of open files, such as on Windows.
    """
    if not _OPEN.is_dir():
        return 0
    return sum(_undelayed(int(entry.name)) for entry in list(_OPEN.iterdir()))


def _undelayed(number: int) -> bool:
    # Files come and go meanwhile, the list of them among others.
    with contextlib.suppress(OSError):
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            # A second handle on the same socket, so that closing it leaves the first open.
            with socket.socket(fileno=os.dup(number)) as listening:
                if _listens(listening):
                    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return True
    return False


def _listens(one: socket.socket) -> bool:
    internet = one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM
    return internet and bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
