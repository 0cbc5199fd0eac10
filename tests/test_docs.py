"""What people read is whole: links lead somewhere, pictures and lists are those of the code."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

import dissociation
from tools import layers

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TEXTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    ROOT / "benchmarks" / "README.md",
    *sorted(DOCS.rglob("*.md")),
]
MODULES = sorted((ROOT / "dissociation").rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    """A text without its blocks of code."""
    return re.sub(r"^```.*?^```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """What may stand after `#`, as GitHub and the manual make it of headings."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_relative_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)\s]+)\)", prose(path))
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        # The manual is built of `docs/` alone.
        assert DOCS not in path.parents or DOCS in target.parents, link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_no_text_waits_for_its_figures(path):
    assert not re.search(r"@@|\bTODO\b|\bTBD\b", path.read_text())
    # A place that was marked but never written.
    assert not re.search(r"written by \S+ -->\s*<!-- /", path.read_text())


def test_the_readme_is_a_page():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_every_page_is_in_the_navigation():
    settings = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]
    listed = re.findall(r"[\w/-]+\.md", str(settings["nav"]))
    assert sorted(listed) == sorted(str(file.relative_to(DOCS)) for file in DOCS.rglob("*.md"))


def test_included_files_are_there():
    included = re.findall(r'^--8<-- "(.+)"$', (DOCS / "extending.md").read_text(), re.MULTILINE)
    files = {file for file in (ROOT / "tests" / "extending").rglob("*.py") if file.stat().st_size}
    assert {ROOT / name for name in included} == files - {
        ROOT / "tests" / "extending" / "test_extending.py"
    }


def test_the_reference_has_every_module():
    text = "\n".join(file.read_text() for file in (DOCS / "api").glob("*.md"))
    shown = re.findall(r"^::: ([\w.]+)$", text, re.MULTILINE)
    names = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in MODULES}
    names = {name.removesuffix(".__init__") for name in names}
    assert set(shown) <= names and len(shown) == len(set(shown))
    for name in names - {"dissociation", "dissociation.core"}:
        private = name.rpartition(".")[2].startswith("_")
        assert private or any(f"{name}.".startswith(f"{one}.") for one in shown), name


def test_the_reference_names_what_is_public():
    text = (DOCS / "api" / "index.md").read_text()
    listed = dict(re.findall(r"^\| \[`(\w+)`\]\[([\w.]+)\]", text, re.MULTILINE))
    assert sorted(listed) == dissociation.__all__
    for name, path in listed.items():
        module, _, own = path.rpartition(".")
        assert own == name
        value = getattr(dissociation, name)
        assert getattr(sys.modules[module], name) is value


def test_the_picture_of_the_layers_is_that_of_the_imports():
    assert layers.PICTURE.read_text() == layers.drawn(), "run `python tools/layers.py`"


def test_every_arrow_of_the_picture_points_down():
    ends = re.findall(r"<path d=\"M\d+ (\d+)C\d+ \d+ \d+ \d+ \d+ (\d+)\"", layers.drawn())
    assert len(ends) > 40 and all(int(start) < int(end) for start, end in ends)


def test_changelog_and_citation_tell_of_one_version():
    told = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert told is not None
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"version: {told[1]}\ndate-released: {told[2]}\n" in citation
    assert told[1] == dissociation.__version__
