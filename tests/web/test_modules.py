"""ES modules joined into one script: the same program, in one file that asks for no other."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dissociation.web import chart as live_chart
from dissociation.web.chart.modules import joined
from dissociation.web.shell import share

WEB = Path(live_chart.__file__).parents[1]
FOLDERS = [Path(module.__file__).parent for module in (live_chart, share)]
#: What Streamlit loads, a page of its own and the lab, each with what they call.
ENTRIES = {
    "chart/element.js": "default function (",
    "chart/live_chart.js": "default function (",
    "chart/page.js": "function showCharts(",
    "shell/share/copy_link.js": "default function (",
}
MODULES = {
    "main": """\
import { twice } from "./a.js";
import { BASE } from "./b.js";
import "./c.js";

const own = 1;
console.log(twice(own), BASE, globalThis.seen);
""",
    "a": """\
// A comment.
import {
  BASE,
  Far,
} from "./b.js";

/** Doubles.
 * Twice. */
const own = 100;
export function twice(x) {
  // Another one.
  return new Far().of(2 * x * BASE + own); // "kept"
}
""",
    "b": """\
export const BASE = 10;
export class Far {
  of(x) {
    return x;
  }
}
""",
    "c": 'globalThis.seen = "c";\n',
}


def run(script: str, folder: Path) -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node here")
    path = folder / "joined.mjs"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run([node, path], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


@pytest.fixture
def folder(tmp_path):
    for name, text in MODULES.items():
        (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
    return tmp_path


def test_it_is_the_same_program(folder):
    script = joined(folder / "main.js")
    assert run(script, folder) == "120 10 c\n"
    assert "import" not in script and "export" not in script
    # Each module once, although two ask for it.
    assert script.count("BASE = 10") == 1


def test_only_comments_are_left_out(folder):
    script = joined(folder / "main.js")
    assert not re.search("comment|Another|Doubles|Twice", script)
    assert '// "kept"' in script


def test_a_circle_is_refused(folder):
    (folder / "b.js").write_text('import { twice } from "./a.js";\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"main imports a imports b imports a"):
        joined(folder / "main.js")


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_lab_s_scripts_ask_for_nothing_else(entry, tmp_path):
    script = joined(WEB / entry)
    assert not re.search(r"^\s*import\b", script, re.MULTILINE)
    assert re.findall(r"^export (.*?[(;])", script, re.MULTILINE) == [ENTRIES[entry]]


def test_every_module_is_part_of_a_script():
    for folder in FOLDERS:
        names = {path.stem for path in folder.glob("*.js")}
        text = "".join(joined(WEB / e) for e in ENTRIES if (WEB / e).parent == folder)
        entries = {Path(entry).stem for entry in ENTRIES}
        assert names - entries == set(re.findall(r"^const \$(\w+) =", text, re.MULTILINE))
