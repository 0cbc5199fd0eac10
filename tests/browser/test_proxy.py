"""The nginx configuration of docs/, with a real nginx: TLS, a base path, sockets."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from .helpers import ROOT, set_frozen
from .tiny import address, drawn, no_exception, save_export, wait_for_end

CONFIGURATION = ROOT / "docs" / "nginx.conf"
PATIENCE = 15


class Proxy(NamedTuple):
    plain: int
    port: int

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        complaint = "NO NGINX on the PATH: the configuration in docs/nginx.conf was not tested"
        if os.environ.get("CI") == "true":
            pytest.fail(complaint)
        pytest.skip(complaint)
    return found


def _certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        + ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", str(folder / "lab.key"), "-out", str(folder / "lab.crt")],
        check=True,
        capture_output=True,
    )


def _configure(folder: Path, lab_port: str, proxy: Proxy, changes: dict[str, str]) -> None:
    """Writes the documented configuration, with nothing changed that its first lines do not say.

    - `changes`: what somebody has written instead, by mistake.
    """
    text = CONFIGURATION.read_text()
    for documented, here, times in (
        *((documented, here, 1) for documented, here in changes.items()),
        ("listen 80;", f"listen 127.0.0.1:{proxy.plain};", 1),
        ("listen 443 ssl;", f"listen 127.0.0.1:{proxy.port} ssl;", 1),
        ("/etc/ssl/", f"{folder}/", 2),
        ("lab.example.org;", "127.0.0.1;", 2),
        ("127.0.0.1:8501/;", f"127.0.0.1:{lab_port}/;", 1),
    ):
        assert text.count(documented) == times, documented
        text = text.replace(documented, here)
    (folder / "lab.conf").write_text(text)
    user = "user root;" if os.getuid() == 0 else ""
    parts = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{part}_temp_path {folder}/{part};" for part in parts)
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors;\n"
        f"events {{}} http {{ access_log off; {temporary} include {folder}/lab.conf; }}\n"
    )


@pytest.fixture(scope="module")
def proxy(lab, tmp_path_factory) -> Iterator[Proxy]:
    with _proxy(lab, tmp_path_factory.mktemp("nginx"), {}) as made:
        yield made


@contextmanager
def _proxy(lab, folder: Path, changes: dict[str, str]) -> Iterator[Proxy]:
    nginx = _nginx()
    _certificate(folder)
    made = Proxy(*_free_ports(2))
    _configure(folder, lab.url.rpartition(":")[2], made, changes)
    command = [nginx, "-p", str(folder), "-e", str(folder / "errors"), "-c"]
    process = subprocess.Popen([*command, str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", made.port), timeout=1).close()
                break
            except OSError:
                running = process.poll() is None and time.monotonic() < deadline
                assert running, (folder / "errors").read_text()
                time.sleep(0.05)
        yield made
    finally:
        process.terminate()
        process.wait(PATIENCE)


def ask(proxy: Proxy, path: str, port: int | None = None, **headers: str):
    """Answer and body, certificate unchecked: it is the test's own."""
    if port is None:
        unchecked = ssl._create_unverified_context()
        line = http.client.HTTPSConnection("127.0.0.1", proxy.port, context=unchecked)
    else:
        line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer, body


def test_a_curve_streams_through_tls_and_a_base_path(proxy, new_page, tmp_path):
    page = new_page(ignore_https_errors=True)
    sockets: list[str] = []
    page.on("websocket", lambda opened: sockets.append(opened.url))
    where = address("/lab/Robustness", show="scale", images="200", key="77")
    page.goto(proxy.url + where)
    wait_for_end(page)
    drawn(page)
    no_exception(page)
    assert all(name.startswith(f"wss://127.0.0.1:{proxy.port}/lab/") for name in sockets), sockets
    assert any("/lab/api/jobs/" in name for name in sockets)
    save_export(page, "CSV", tmp_path / "curve.csv")
    assert "trained" in (tmp_path / "curve.csv").read_text().lower()
    page.get_by_role("link", name="Inputs").first.click()
    expect(page.get_by_role("heading", name="Inputs").first).to_be_visible()
    set_frozen(page)
    assert page.url.startswith(f"{proxy.url}/lab/Inputs")
    # A page whose sockets get through has looked by now, and says nothing.
    page.wait_for_function("() => performance.now() > 5000")
    expect(page.get_by_text("cannot open a WebSocket")).to_have_count(0)


def test_redirects_and_headers(proxy):
    answer, _ = ask(proxy, "/lab/Map?v=1", port=proxy.plain)
    assert answer.status == 301
    assert answer.headers["location"] == "https://127.0.0.1/lab/Map?v=1"
    answer, _ = ask(proxy, "/lab?tour=1")
    assert answer.headers["location"] == f"{proxy.url}/lab/?tour=1"
    answer, body = ask(proxy, "/lab/")
    assert answer.status == 200 and b"Streamlit" in body
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


def test_health_is_told_and_metrics_are_not(proxy):
    answer, body = ask(proxy, "/lab/api/health")
    assert answer.status == 200 and b'"status":"ok"' in body
    assert ask(proxy, "/lab/api/metrics")[0].status == 403


@pytest.mark.parametrize("path", ["/lab/api/jobs/x", "/lab/_stcore/stream"])
def test_a_foreign_page_gets_no_socket(proxy, path):
    unchecked = ssl._create_unverified_context()
    where = f"wss://127.0.0.1:{proxy.port}{path}"
    with pytest.raises(InvalidStatus) as refused:
        connect(where, ssl=unchecked, origin="https://evil.example").__enter__()
    assert refused.value.response.status_code == 403


HOST, UPGRADE = "$http_host;\n        proxy_set_header X-Fo", "Upgrade    $http_upgrade;"
MISTAKES = {
    "another host": ({HOST: HOST.replace("$http_host", "$proxy_host")}, "DISSOCIATION_ORIGINS="),
    "no upgrade": ({UPGRADE: 'Upgrade    "";'}, "the headers Upgrade and Connection"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_page_says_why_its_sockets_do_not_get_through(
    lab, tmp_path, new_page, console_errors, mistake
):
    changes, words = MISTAKES[mistake]
    with _proxy(lab, tmp_path, changes) as wrong:
        page = new_page(ignore_https_errors=True)
        page.goto(f"{wrong.url}/lab/Robustness")
        said = page.get_by_role("alert").filter(has_text="cannot open a WebSocket")
        expect(said).to_contain_text(words, timeout=20_000)
        if mistake == "another host":
            expect(said).to_contain_text(f"DISSOCIATION_ORIGINS={wrong.url}")
        page.close()
    assert all("WebSocket" in error for error in console_errors)
    console_errors.clear()
