"""The manual is served once it is built, and only then do pages lead to it."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from streamlit.testing.v1 import AppTest

from dissociation.web.server import manual
from dissociation.web.shell import frame, serving


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A folder that is served as the manual."""
    monkeypatch.setattr(serving, "MANUAL", tmp_path)
    monkeypatch.setattr(manual.MANUAL_ROUTES[0].app, "all_directories", [tmp_path])
    return tmp_path


def ask(address: str, path: str):
    request = urllib.request.Request(f"http://{address}{path}", headers={"Accept": "text/html"})
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode(), answer.headers


@pytest.mark.parametrize("missing", [False, True])
def test_before_it_is_built(address, built, missing):
    if missing:
        built.rmdir()
    for path in ("/docs/", "/docs/../LICENSE", "/docs/%2e%2e/LICENSE"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            ask(address, path)
        refused.value.close()
        assert refused.value.code == 404


def test_once_it_is_built(address, built):
    (built / "tour").mkdir()
    for folder in (built, built / "tour"):
        (folder / "index.html").write_text(f"<html>{folder.name}</html>")
    for path, folder in (("/docs/", built), ("/docs/tour/", built / "tour")):
        text, headers = ask(address, path)
        # Nothing is added to it that pages of Streamlit need.
        assert text == f"<html>{folder.name}</html>"
        assert "script-src 'self' 'unsafe-inline';" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
        assert "preload" not in headers["Link"]


def _page():
    from dissociation.web.shell.frame import frame

    frame("Start")


@pytest.mark.parametrize("there", [False, True])
def test_pages_lead_to_it(built, monkeypatch, there):
    monkeypatch.setattr(serving, "routes_are_served", lambda: True)
    # Streamlit links to pages only from a script that has some.
    monkeypatch.setattr(frame, "FEATURES", {})
    if there:
        (built / "index.html").write_text("")
    test = AppTest.from_function(_page).run()
    assert not test.exception
    links = [element.proto.body for element in test.sidebar.get("html")]
    assert links == ['<a class="lab-file" href="docs/">Manual</a>'] * there
