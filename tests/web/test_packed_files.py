"""Streamlit's own files arrive packed, byte for byte the same, and nothing else does."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from dissociation.web.server import packed_files as module

SCRIPT = max((module.STATIC / "js").glob("index.*.js"), key=lambda path: path.stat().st_size)
STYLE = next((module.STATIC / "css").glob("*.css"))
PACKS = (b"accept-encoding", b"gzip, deflate, br")


def asked(path: str, *headers: tuple[bytes, bytes], method: str = "GET"):
    """What comes back: status, headers and body, or `None` if it was left to the app."""
    sent: list[dict] = []

    async def app(scope, receive, send):
        sent.append({"type": "left"})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers)}
    asyncio.run(module.PackedFiles(app)(scope, None, send))
    if sent[0]["type"] == "left":
        return None
    start, *bodies = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], found, b"".join(body["body"] for body in bodies)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(module, "_kept", {})


@pytest.mark.parametrize("base", ["", "/lab/at/school"])
@pytest.mark.parametrize(("file", "kind"), [(SCRIPT, "text/javascript"), (STYLE, "text/css")])
def test_it_is_the_file_and_smaller(base, file, kind):
    for _ in range(2):
        status, headers, body = asked(f"{base}/static/{file.parent.name}/{file.name}", PACKS)
        assert status == 200 and headers["content-type"].startswith(kind)
        assert headers["content-encoding"] == "gzip" and "immutable" in headers["cache-control"]
        assert headers["vary"] == "Accept-Encoding" and int(headers["content-length"]) == len(body)
        assert gzip.decompress(body) == file.read_bytes()
        assert len(body) < 0.6 * file.stat().st_size


def test_it_is_packed_once(monkeypatch):
    packed = []
    compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *a, **k: packed.append(1) or compress(*a, **k))
    for _ in range(3):
        asked(f"/static/js/{SCRIPT.name}", PACKS)
    assert packed == [1]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/Robustness",
        "/static/js/no-such-file.js",
        "/static/js/../../index.html",
        "/static/js/../index.js",
        "/static/js/..%2f..%2fapp.py",
        f"/static/css/{SCRIPT.name}",
        f"/static/js/{SCRIPT.name}/",
        "/static/js/.js",
        "/api/plotly.min.js",
    ],
)
def test_all_else_is_left_to_the_app(path):
    assert asked(path, PACKS) is None
    assert module._kept == {}


@pytest.mark.parametrize(
    ("headers", "method"),
    [([], "GET"), ([PACKS], "HEAD"), ([PACKS], "POST"), ([PACKS, (b"range", b"bytes=0-9")], "GET")],
)
def test_who_cannot_unpack_gets_the_file_as_it_is(headers, method):
    assert asked(f"/static/js/{SCRIPT.name}", *headers, method=method) is None
