"""What whoever runs the lab reads and builds from: settings, image, and what the two need."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from browser.helpers import ROOT, Server, free_port, wait_until_healthy
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dissociation.engine.settings import settings_table

DOCKERFILE = (ROOT / "Dockerfile").read_text()
MARK = re.compile(r"(<!-- settings: .*? -->\n)(.*?)(<!-- /settings -->)", re.DOTALL)


def test_every_setting_is_in_the_table():
    text = (ROOT / "docs" / "operating.md").read_text()
    found = MARK.search(text)
    assert found is not None
    expected = settings_table() + "\n"
    if os.environ.get("UPDATE") == "1":
        (ROOT / "docs" / "operating.md").write_text(MARK.sub(rf"\g<1>{expected}\g<3>", text))
        return
    assert found[2] == expected, "run UPDATE=1 pytest tests/test_operating.py and look at it"


def needed(pinned: dict[str, Requirement]) -> set[str]:
    """What the packages in a file of requirements ask for on a machine like this one."""
    asked = (Requirement(line) for name in pinned for line in metadata.requires(name) or ())
    environment = {"extra": ""}
    found = [one for one in asked if one.marker is None or one.marker.evaluate(environment)]
    return {canonicalize_name(one.name) for one in found}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-cluster.txt"])
def test_everything_that_is_installed_is_pinned(name):
    text = (ROOT / name).read_text()
    if name != "requirements.txt":
        text += (ROOT / "requirements.txt").read_text()
    lines = [line for line in text.splitlines() if line and line[0] not in "#-"]
    pinned = {canonicalize_name(one.name): one for one in map(Requirement, lines)}
    assert len(pinned) > 40
    assert all(str(one.specifier).startswith("==") for one in pinned.values())
    assert needed(pinned) <= set(pinned), "pip would choose these versions by itself"


def test_what_the_package_asks_for_is_what_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    itself, *dev = extras["dev"]
    assert itself == f"{project['name']}[cluster]"
    for name, asked in (
        ("requirements.txt", project["dependencies"]),
        ("requirements-cluster.txt", extras["cluster"]),
        ("requirements-dev.txt", dev),
    ):
        lines = (ROOT / name).read_text().splitlines()
        pinned = dict(line.split("==") for line in lines if "==" in line and ";" not in line)
        versions = {canonicalize_name(key): version for key, version in pinned.items()}
        for one in map(Requirement, asked):
            assert versions.pop(canonicalize_name(one.name)) in one.specifier, one
        # What others bring is pinned, too; what only developers need is not.
        assert name != "requirements-dev.txt" or not versions


def copied() -> list[tuple[list[str], str]]:
    lines = [line.split()[1:] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    return [(sources, target) for *sources, target in lines]


def command(instruction: str) -> list[str]:
    """The words of `CMD`, or of `HEALTHCHECK … CMD`."""
    joined = DOCKERFILE.replace("\\\n", " ")
    (line,) = (line for line in joined.splitlines() if line.startswith(instruction))
    return json.loads(line[line.index("[") :])


def test_the_command_is_that_of_make_run():
    *words, _, _, _, _ = command("CMD")
    makefile = (ROOT / "Makefile").read_text()
    assert "$(BIN)/" + " ".join(words) + " --server.address $(ADDRESS)" in makefile
    assert "USER lab" in DOCKERFILE and "VOLUME /cache" in DOCKERFILE


def test_what_is_copied_is_there_and_not_ignored():
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignore[1] == "*"
    for sources, _ in copied():
        for source in sources:
            assert (ROOT / source).exists() and f"!{source}" in ignore, source


@pytest.fixture
def image(tmp_path) -> Path:
    """The folder that the Dockerfile makes, without what pip installs."""
    folder = tmp_path / "lab"
    folder.mkdir()
    for sources, target in copied():
        for source in sources:
            place = folder / target / ("" if source.endswith("/") else Path(source).name)
            if (ROOT / source).is_dir():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, place, dirs_exist_ok=True, ignore=ignore)
            else:
                place.parent.mkdir(exist_ok=True)
                shutil.copy(ROOT / source, place)
    return folder


def test_the_image_runs_and_is_healthy(image, tmp_path):
    port = str(free_port())
    here = {"python": sys.executable, "0.0.0.0": "127.0.0.1", "8501": port}
    run = [here.get(word, word) for word in command("CMD")]
    check = [here.get(word, word).replace(":8501/", f":{port}/") for word in command("HEALTHCHECK")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["DISSOCIATION_CACHE"] = str(tmp_path / "cache")
    log = tmp_path / "log"
    assert subprocess.run(check, capture_output=True).returncode != 0
    with log.open("wb") as output:
        started = subprocess.Popen(run, cwd=image, env=environment, stdout=output, stderr=output)
    server = Server(f"http://127.0.0.1:{port}", log, started)
    try:
        wait_until_healthy(server)
        assert subprocess.run(check, capture_output=True).returncode == 0
        assert (tmp_path / "cache").is_dir() and not (image / "cache").exists()
    finally:
        server.stop()
