"""Requests and sockets that nobody should open, to the real server in a process of its own."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator

import pytest
from browser.helpers import Server, start_server
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from dissociation.web.server.headers import HEADERS
from dissociation.web.server.routes import UNKNOWN

from .catalogue import ORIGINS, RAW_REQUESTS, REQUESTS, SOCKET_NAMES

PATIENCE = 10
#: Of this machine alone: nothing of it may be in an answer.
SECRETS = (b"root:", b"Traceback", b"site-packages", b"/tmp/", b"import streamlit", b"[server]")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    settings = {
        "DISSOCIATION_CACHE": str(folder / "cache"),
        "DISSOCIATION_HOSTS": "lab.example.org",
        "DISSOCIATION_ORIGINS": "https://lab.example.org",
        "DISSOCIATION_FRAMES": "https://moodle.example.org, https://*.slides.example",
        "DISSOCIATION_MAX_SOCKETS": "3",
        "DISSOCIATION_LOG": "json",
    }
    started = start_server("app.py", folder / "log.txt", settings, {})
    yield started
    alive(started)
    log = started.log.read_text()
    started.stop()
    assert "hacked" not in log and "evil" not in log


def host(server: Server) -> str:
    return server.url.removeprefix("http://")


def ask(server: Server, target: str, method: str = "GET", headers=(), body: bytes = b""):
    line = http.client.HTTPConnection(host(server), timeout=PATIENCE)
    try:
        names = [name.lower() for name, _ in headers]
        line.putrequest(method, target, skip_host="host" in names, skip_accept_encoding=True)
        for name, value in headers:
            line.putheader(name, value)
        line.putheader("Content-Length", str(len(body)))
        line.endheaders(body)
        answer = line.getresponse()
        return answer, answer.read()
    finally:
        line.close()


def alive(server: Server) -> None:
    assert server.process.poll() is None
    answer, body = ask(server, "/api/health")
    assert answer.status == 200 and json.loads(body)["status"] == "ok"


def secrets_of(target: str) -> tuple[bytes, ...]:
    # Plotly's code has words for many things.
    return () if target.startswith("/api/plotly") else SECRETS


def test_requests(server):
    wrong = []
    for request in REQUESTS:
        answer, body = ask(server, *request)
        told = f"{request!r:.90}: {answer.status} {body[:60]!r}"
        html = answer.headers.get_content_type() == "text/html"
        if answer.status >= 500 or any(secret in body for secret in secrets_of(request.target)):
            wrong.append(told)
        # HTML is the page of the app alone, as for any address of a page.
        if html and b"<title>Streamlit</title>" not in body:
            wrong.append(told)
        if any(answer.headers.get(name) is None for name in HEADERS):
            wrong.append(f"{told}: headers")
    assert not wrong, "\n".join(wrong)
    alive(server)


def test_what_is_no_http(server):
    address, port = host(server).split(":")
    for raw in RAW_REQUESTS:
        with socket.create_connection((address, int(port)), timeout=PATIENCE) as line:
            try:
                line.sendall(raw)
                line.shutdown(socket.SHUT_WR)
                while line.recv(65_536):
                    pass
            except OSError:
                # Hung up on in the middle of it.
                pass
    alive(server)


@pytest.mark.parametrize(
    "name", ["evil.example", "127.0.0.1@evil.example", "127.0.0.1.evil.example"]
)
def test_only_under_its_own_names(server, name):
    answer, _ = ask(server, "/api/health", headers=[("Host", name)])
    assert answer.status == 400
    for good in ("lab.example.org", "localhost:1", "127.0.0.1"):
        assert ask(server, "/api/health", headers=[("Host", good)])[0].status == 200


def opened(server: Server, path: str, **options) -> connect:
    return connect(f"ws://{host(server)}{path}", open_timeout=PATIENCE, **options)


@pytest.mark.parametrize("path", ["/api/jobs/x", "/api/rooms/BC23/x", "/_stcore/stream"])
def test_foreign_pages_get_no_socket(server, path):
    for origin in ORIGINS:
        with pytest.raises(InvalidStatus) as refused:
            opened(server, path, origin=origin.format(host=host(server))).__enter__()
        assert refused.value.response.status_code == 403, origin


def test_the_lab_behind_a_proxy_that_asks_by_another_name(server):
    with opened(server, "/api/reach", origin="https://lab.example.org"):
        pass
    streamlit = {"subprotocols": ["streamlit"], "origin": "https://lab.example.org"}
    with opened(server, "/_stcore/stream", **streamlit):
        pass


def test_who_may_show_it_in_a_frame(server):
    answer, _ = ask(server, "/Map", headers=[("Accept", "text/html")])
    allowed = "'self' https://moodle.example.org https://*.slides.example"
    assert answer.headers["content-security-policy"].endswith(f"frame-ancestors {allowed}")


@pytest.mark.parametrize("kind", ["jobs/{}", "rooms/{}/x", "rooms/BC23/{}"])
def test_names_that_nobody_was_given(server, kind):
    for name in SOCKET_NAMES:
        try:
            with opened(server, f"/api/{kind.format(name.replace(' ', '%20'))}") as line:
                with pytest.raises(ConnectionClosed) as closed:
                    line.recv(timeout=PATIENCE)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == UNKNOWN
        except InvalidStatus as refused:
            # Paths that are none are refused before.
            assert refused.response.status_code in (400, 403, 404), name
    alive(server)


def test_garbage_on_the_socket_of_the_pages(server):
    # From here on Streamlit itself notes what it could not read as a message of its own.
    assert "Traceback" not in server.log.read_text()
    for message in (b"\x00" * 50, b"\xff" * 50, "text", b"", b"\x0a\xff\xff\xff\xff\x0f"):
        with opened(server, "/_stcore/stream", subprotocols=["streamlit"]) as line:
            try:
                line.send(message)
                line.recv(timeout=0.3)
            except (ConnectionClosed, TimeoutError):
                pass
    alive(server)
