"""The package installed by itself, used from another folder: nothing of the checkout is in reach.

What it needs of others is that of the tests' own environment.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from browser.helpers import ROOT, Server, free_port, wait_until_healthy

from benchmarks.visitor import Chart, Visitor
from dissociation import __version__
from dissociation.address.links import read_address
from dissociation.engine.settings import CACHE_VARIABLE
from dissociation.web.export.links import export_path

NETWORKS = "recipe=custom&width=16&epochs=1&batch=2048"
CURVES = "seeds=1&images=200&points=3&draws=1"
#: A page for each kind of script: of curves, comparisons, networks, and of one study.
ADDRESSES = {
    "curves": f"Robustness?{NETWORKS}&{CURVES}&show=scale",
    "map": f"Map?{NETWORKS}&show=&landmarks=1&rotation=0",
    "bridge": f"Bridge?{NETWORKS}&show=scale&network=1&{CURVES}",
    "study": f"Causes?{NETWORKS}&images=100&draws=1",
}
Run = Callable[..., str]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The programs of an environment with a wheel of this checkout."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    programs = folder / "bin"
    own = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    others = [path for path in sys.path if Path(path).name == "site-packages"]
    (own / "others.pth").write_text("\n".join(others))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--no-index"]
    python = ["--python", str(programs / "python")]
    subprocess.run([*pip, *python, "install", *options, str(ROOT)], check=True)
    return programs


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def environment(elsewhere) -> dict[str, str]:
    """Of somebody whose home and caches are in that folder."""
    places = {"HOME": str(elsewhere), "XDG_CACHE_HOME": str(elsewhere / "caches")}
    # What JAX is told in the tests: they share the programs that it compiles.
    jax = {name: value for name, value in os.environ.items() if name.startswith("JAX_")}
    return {"PATH": os.environ["PATH"], **jax, **places}


@pytest.fixture(scope="module")
def run(installed, elsewhere, environment) -> Run:
    """Runs a program of it. **Returns:** what it prints."""

    def run(program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(installed / program), *arguments],
            cwd=elsewhere,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def server(installed, elsewhere, environment) -> Iterator[Server]:
    """`dissociation serve`, which would ask for an e-mail address if it had no configuration."""
    port, log = free_port(), elsewhere / "log"
    with log.open("wb") as output:
        started = subprocess.Popen(
            [str(installed / "dissociation"), "serve", "--port", str(port)],
            cwd=elsewhere,
            env=environment,
            stdout=output,
            stderr=output,
        )
    served = Server(f"http://127.0.0.1:{port}", log, started)
    try:
        wait_until_healthy(served)
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="module")
def stored(run, elsewhere) -> Path:
    """The folder of the store, in which all of that is."""
    run("dissociation", "warm", *ADDRESSES.values())
    return elsewhere / "caches" / "dissociation"


@pytest.fixture(scope="module")
def expected(tmp_path_factory, elsewhere) -> dict[str, str]:
    """What the command line of the checkout writes for each address."""
    folder = tmp_path_factory.mktemp("checkout")
    environment = {**os.environ, CACHE_VARIABLE: str(folder / "store")}
    command = [sys.executable, "-m", "dissociation"]

    def told(*arguments: str) -> None:
        subprocess.run([*command, *arguments], cwd=ROOT, env=environment, check=True)

    told("warm", *ADDRESSES.values())
    for kind, address in ADDRESSES.items():
        told("export", address, "--out", str(folder / f"{kind}.csv"))
    return {kind: (folder / f"{kind}.csv").read_text() for kind in ADDRESSES}


def test_everything_is_in_it(installed, run):
    code = "import dissociation, sys; print(dissociation.__file__); print(*sys.modules)"
    place, loaded = run("python", "-c", code).splitlines()
    package = Path(place).parent
    assert installed.parent in package.parents
    assert not {"jax", "numpy", "streamlit", "tomllib"} & set(loaded.split())
    tracked = subprocess.run(
        ["git", "ls-files", "dissociation"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    missing = [name for name in tracked if not (package.parent / name).is_file()]
    assert len(tracked) > 300 and not missing
    site = package / "web" / "site"
    for path in (ROOT / "app.py", *ROOT.glob("pages/*.py"), ROOT / ".streamlit" / "config.toml"):
        assert (site / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


def test_what_it_says_of_itself(run):
    code = "import dissociation; print(dissociation.__version__)"
    assert run("python", "-c", code).strip() == __version__
    listed = json.loads(run("dissociation", "list", "--json"))
    assert {"presets", "manipulations", "measures"} < set(listed)
    help_ = run("dissociation", "--help")
    assert help_.startswith("usage: dissociation [-h]")
    assert all(f"\n    {name}" in help_ for name in ("serve", "run", "warm", "export", "list"))
    assert "No broken requirements" in run("python", "-m", "pip", "check")


def test_it_serves_and_streams(server, stored, elsewhere):
    health = requests.get(f"{server.url}/api/health", timeout=30)
    assert health.status_code == 200 and health.json()["status"] == "ok"

    async def visit() -> Chart:
        async with Visitor(server.url) as visitor:
            visitor.raw_query = ADDRESSES["curves"].partition("?")[2].replace("2048", "1024")
            await visitor.open("Robustness")
            (chart,) = visitor.charts.values()
            await visitor.complete()
            assert not visitor.errors
            return chart

    chart = asyncio.run(visit())
    # What was stored already would have no address to hear it from.
    assert chart.address is not None and len(chart.messages) > 1
    assert chart.state == "done" and chart.first is not None
    assert "Traceback" not in server.log.read_text()
    # Where results are without a word.
    assert stored.is_dir()


@pytest.mark.parametrize("kind", ADDRESSES)
def test_files_are_those_of_the_checkout(kind, server, stored, expected):
    link = read_address(ADDRESSES[kind])[0]
    found = requests.get(f"{server.url}/{export_path(link, 'csv')}", timeout=60)
    assert found.text == expected[kind]


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


@pytest.mark.parametrize("kind", ADDRESSES)
def test_scripts_give_the_same_numbers(kind, run, server, stored, expected, elsewhere):
    link = read_address(ADDRESSES[kind])[0]
    text = requests.get(f"{server.url}/{export_path(link, 'script')}", timeout=60).text
    assert f"Needs the package dissociation {__version__};" in text
    (elsewhere / f"{kind}.py").write_text(text)
    printed, known = run("python", f"{kind}.py"), rows(expected[kind])
    if kind == "study":
        assert printed == expected[kind]
        return
    found = rows(printed, "\t")
    if kind == "curves":
        axis = list(known[0])[2]
        wanted = [(row["condition"], six(row[axis]), f"{float(row['error']):.6f}") for row in known]
    elif kind == "bridge":
        wanted = [(row["name"], six(row["sigma50"]), six(row["gain"])) for row in known]
    else:
        measures = list(known[0])[5:]
        wanted = [(row["name"], key, six(row[key]), "") for row in known for key in measures]
    assert [tuple(row.values()) for row in found] == wanted


def six(text: str) -> str:
    """A number of a file as scripts print it; what is not defined stands empty there."""
    return f"{float(text or 'nan'):.6g}"
