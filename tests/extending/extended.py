"""A lab with what this folder adds, in a process of its own: `python -m tests.extending.extended`.

The tables of addresses are made from the registries when they are imported, so what is added comes
first. Each line that adds something is the one line that adding it takes.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from dissociation.core import measures
from dissociation.core.manipulations import REGISTRY
from dissociation.core.similarity import SIMILARITIES

from .toy_manipulation import Reverse
from .toy_measure import Flicker
from .toy_similarity import LOUDNESS

REGISTRY[Reverse.name] = Reverse
measures.REGISTRY[Flicker.name] = Flicker
SIMILARITIES[LOUDNESS.name] = LOUDNESS

import dissociation.features  # noqa: E402, F401 (in the order of the navigation, ours comes last)
from dissociation.web.shell.feature import register  # noqa: E402

from .toy_feature import FEATURE  # noqa: E402

register(FEATURE)

from streamlit.testing.v1 import AppTest  # noqa: E402

from dissociation.address.links import read_address  # noqa: E402
from dissociation.cli.main import main  # noqa: E402
from dissociation.engine import lab as lab_module  # noqa: E402
from dissociation.engine.lab import Lab  # noqa: E402
from dissociation.web.export.route import MAKE, export_of  # noqa: E402
from dissociation.web.shell import warm_up  # noqa: E402

ROOT = Path(__file__).parents[2]
TINY = "recipe=custom&width=16&epochs=0&batch=2048"
ADDRESSES = {
    "manipulation": f"Robustness?{TINY}&seeds=1&images=200&points=2&show=reverse&reverse.layer=1",
    "measure": f"Robustness?measure=flicker&flicker_range=0.5~2&together=3&images=200&points=2"
    f"&show=reverse&{TINY}&seeds=1",
    "similarity": f"Representation?{TINY}&rewrite=reverse",
    "feature": f"Reach?{TINY}&layer=1",
}
CONTROLS = ("slider", "select_slider", "selectbox", "button_group", "number_input")
#: What the page or its report says of it.
SHOWN = {
    "manipulation": "Reversed",
    "measure": "brighter or darker",
    "similarity": "Equal loudness",
    "feature": "The longest weights have norm",
}


def visited(folder: Path, address: str, lab: Lab) -> Any:
    """The page of an address, complete, as a visitor sees it."""
    shutil.copytree(ROOT / "pages", folder / "pages")
    # The page's own file, as Streamlit wants one.
    (folder / FEATURE.table.script).write_text(
        'from dissociation.features.show import show\n\nshow("reach")\n'
    )
    (folder / "app.py").write_text((ROOT / "app.py").read_text())
    link, notices = read_address(address)
    assert notices == [], notices
    test = AppTest.from_file(str(folder / "app.py"), default_timeout=60)
    for name, value in link.query.items():
        test.query_params[name] = value
    test.switch_page(link.table.script)
    for _ in range(2):
        test.run()
        assert not test.exception, test.exception[0].stack_trace
        lab.jobs.drain()
    return test


def written(address: str, folder: Path, cache: str) -> tuple[str, str]:
    """What the command line writes for an address: CSV, and what it prints."""
    out = folder / "out.csv"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["run", address, "--out", str(out), "--cache", cache]) == 0
        assert main(["run", address, "--cache", cache]) == 0
    return out.read_text(), printed.getvalue()


def check(kind: str, folder: Path) -> None:
    """Sees what was added in control, page, files, script and on the command line."""
    address, cache = ADDRESSES[kind], folder / "cache"
    os.environ["DISSOCIATION_CACHE"] = str(cache)
    table, printed = written(address, folder, str(cache))
    warm_up._begun.set()
    lab = lab_module._lab = Lab(cache, start=False)
    page = visited(folder, address, lab)
    link, _ = read_address(address)
    export = export_of(lab.library, link)
    assert MAKE["csv"](export) == table
    values = json.loads(MAKE["json"](export))
    report, script = MAKE["report"](export), MAKE["script"](export)
    (folder / "script.py").write_text(script)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    added = "import tests.extending.extended, runpy\nrunpy.run_path('script.py')"
    command = [sys.executable, "-c", added]
    run = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
    rows = list(csv.DictReader(io.StringIO(table)))
    text = "\n".join(part.value for part in (*page.markdown, *page.caption))
    controls = (widget for name in CONTROLS for widget in page.get(name))
    keys = {widget.key for widget in controls}
    assert SHOWN[kind] in report
    if kind == "manipulation":
        assert "robustness-reverse" in keys
        assert any(row["condition"].startswith("Reversed (n = 1)") for row in rows)
        names = [curve["experiment"]["manipulations"] for curve in values["curves"]]
        assert names[-1][0] == {"name": "reverse", "strength": 1.0, "layer": 1}
        assert "Reversed (n = 1)" in run.stdout and "Reversed (n = 1)" in printed
    elif kind == "measure":
        assert {"robustness-flicker_range", "robustness-together"} <= keys
        assert "the **brightness** of every image" in text
        assert [row["Flicker σ (brightness)"] for row in rows[:2]] == ["0.5", "2.0"]
        wanted = {"name": "flicker", "noise_low": 0.5, "noise_high": 2.0, "together": 3}
        found = values["curves"][0]["experiment"]["measure"]
        assert wanted.items() <= found.items()
        # The order of the neurons changes nothing.
        assert len({row["error"] for row in rows if row["Flicker σ (brightness)"] == "2.0"}) == 1
        assert "Trained" in run.stdout and "Flicker σ (brightness)" in printed
    elif kind == "similarity":
        (row,) = (row for row in rows if row["measure"] == "loudness")
        # The order of the neurons changes nothing.
        assert float(row["value"]) == values["values"]["loudness"] == 1
        assert SHOWN[kind] in printed and "loudness" in run.stdout
    else:
        assert "reach-layer" in keys and SHOWN[kind] in text
        assert [int(row["rank"]) for row in rows] == list(range(1, 17))
        assert values["norms"]["norm"] == [float(row["norm"]) for row in rows]
        assert values["study"]["layer"] == 1 and run.stdout == table
        assert printed.split()[:2] == ["rank", "norm"]
    print("seen")


if __name__ == "__main__":
    check(sys.argv[1], Path(sys.argv[2]))
