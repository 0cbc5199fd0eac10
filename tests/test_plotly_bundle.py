"""The bundle of plotly.js: the pinned one or none, and without it the lab serves the whole."""

from __future__ import annotations

import io
import re
import sys
import tarfile
from pathlib import Path

import pytest

from dissociation.web.chart import PAGE_SCRIPT
from dissociation.web.chart.plotting_library import JS_VERSION, LIBRARY, PLOTLY_JS, SMALLER, WHOLE

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import plotly_bundle as tool  # noqa: E402

SCRIPT = b"/* drawn */"


def package(member: str = tool.MEMBER) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        info = tarfile.TarInfo(member)
        info.size = len(SCRIPT)
        archive.addfile(info, io.BytesIO(SCRIPT))
    return made.getvalue()


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "share" / "bundle.min.js"
    monkeypatch.setattr(tool, "SMALLER", path)
    return path


def answer_with(monkeypatch, given: bytes) -> None:
    monkeypatch.setattr(tool.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(given))


def test_it_is_of_the_version_that_plotly_py_brings():
    assert f"plotly.js v{JS_VERSION}\n" in WHOLE.read_text(encoding="utf-8")[:100]
    assert PLOTLY_JS in (SMALLER, WHOLE)
    assert LIBRARY.endswith("-cartesian") is (PLOTLY_JS == SMALLER)


def test_it_draws_every_kind_of_trace_in_the_lab():
    if PLOTLY_JS == WHOLE:
        pytest.skip("the set-up could not get the bundle")
    sources = (ROOT / "dissociation").rglob("*.py")
    built = "".join(path.read_text(encoding="utf-8") for path in sources)
    named = r'"?type"?: "(scatter\w*|heatmap\w*|bar|image|surface|splom)"'
    kinds = set(re.findall(named, PAGE_SCRIPT + built))
    assert {"bar", "scatter", "image"} <= kinds
    library = SMALLER.read_text(encoding="utf-8")
    assert kinds and all(f'moduleType:"trace",name:"{kind}"' in library for kind in kinds)


def test_only_the_pinned_package_is_kept(place, monkeypatch):
    answer_with(monkeypatch, package())
    assert "not the one that was pinned" in tool.main() and not place.exists()
    given = package()
    digest = tool.hashlib.sha512(given).digest()
    monkeypatch.setattr(tool, "INTEGRITY", tool.base64.b64encode(digest).decode())
    answer_with(monkeypatch, given)
    assert tool.main() == "" and place.read_bytes() == SCRIPT
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_no_network_is_no_failure(place, monkeypatch):
    def unreachable(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(tool.urllib.request, "urlopen", unreachable)
    assert "no route to host" in tool.main() and not place.exists()


def test_what_is_there_is_not_asked_for_again(place, monkeypatch):
    place.parent.mkdir()
    place.write_bytes(SCRIPT)
    monkeypatch.setattr(tool.urllib.request, "urlopen", None)
    assert tool.main() == ""
