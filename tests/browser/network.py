"""A network between a browser and a server that can be cut, as Wi-Fi is when a laptop sleeps."""

from __future__ import annotations

import contextlib
import socket
import threading
import time


class Network:
    """Forwards TCP connections to a port; `cut` drops them all and refuses new ones.

    `barred`: a path below which nothing is served, as of an HTTP request that opens a connection.
    """

    def __init__(self, port: int):
        self.port = port
        self.up, self.barred = True, ""
        self.attempts: list[float] = []
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if not self.up:
                self.attempts.append(time.monotonic())
                near.close()
                continue
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            asked = near.recv(4096, socket.MSG_PEEK)
            if not self.up or (self.barred and asked.startswith(f"GET {self.barred}".encode())):
                near.close()
                return
        far = socket.create_connection(("127.0.0.1", self.port))
        with self._lock:
            self._open += [near, far]
        threading.Thread(target=_forward, args=(near, far), daemon=True).start()
        _forward(far, near)

    def cut(self) -> None:
        """Nothing gets through any more."""
        self.up, self.attempts = False, []
        with self._lock:
            for end in self._open:
                _drop(end)
            self._open = []

    def restore(self, *, barred: str = "") -> None:
        """Everything gets through again, but for what is barred."""
        self.up, self.barred = True, barred

    def close(self) -> None:
        """Ends it."""
        self.cut()
        _drop(self._listening)


def _drop(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _forward(near: socket.socket, far: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := near.recv(65536):
            far.sendall(data)
    _drop(far)
