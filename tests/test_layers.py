"""House rules on modules: what they run and load. `lint-imports` checks which way arrows point."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dissociation"
SOURCES = sorted([*PACKAGE.rglob("*.py"), ROOT / "app.py", *(ROOT / "pages").rglob("*.py")])
#: Modules that can hold or run code from outside.
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "compile"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imported(path: Path) -> set[str]:
    """Names of all modules that a file imports whole or from, also inside functions."""
    nodes = list(ast.walk(tree_of(path)))
    whole = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    return whole | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_runs_no_code_from_outside(path):
    assert not {name.split(".")[0] for name in imported(path)} & UNSAFE_MODULES
    calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    assert not {f.id for f in calls if isinstance(f, ast.Name)} & UNSAFE_CALLS
    pickles = [
        keyword.value
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "allow_pickle"
    ]
    assert all(isinstance(value, ast.Constant) and value.value is False for value in pickles)


def modules_loaded_after(code: str) -> set[str]:
    """Names in `sys.modules` of a fresh interpreter that ran `code`."""
    script = f"import sys\n{code}\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


HEAVY = {"jax", "jaxlib", "equinox", "optax", "scipy"}


def test_science_and_engine_load_nothing_heavy():
    files = [file for name in ("core", "address") for file in (PACKAGE / name).rglob("*.py")]
    files += (PACKAGE / "engine").glob("[!_]*.py")
    modules = [file.relative_to(ROOT).with_suffix("") for file in files]
    names = [".".join(path.parts).removesuffix(".__init__") for path in modules]
    assert {"dissociation.core.measures", "dissociation.engine.jobs"} <= set(names)
    loaded = modules_loaded_after("import dissociation, " + ", ".join(names))
    assert set(names) <= loaded
    assert not loaded & (HEAVY | {"streamlit", "pandas", "plotly"})


def test_pages_load_without_jax():
    files = [file for name in ("features", "web") for file in (PACKAGE / name).rglob("*.py")]
    modules = [file.relative_to(ROOT).with_suffix("") for file in files]
    names = [".".join(path.parts).removesuffix(".__init__") for path in modules]
    assert "dissociation.features.curves.panel" in names
    assert not modules_loaded_after("import " + ", ".join(sorted(names))) & HEAVY


def test_no_public_name_is_also_a_module():
    # Otherwise importing the module anywhere would put it in the place of the name.
    import dissociation

    assert not {path.stem for path in PACKAGE.iterdir()} & set(dissociation.__all__)


def test_public_names_are_all_there():
    import dissociation

    assert dissociation.__all__ == dir(dissociation)
    for name in dissociation.__all__:
        value = getattr(dissociation, name)
        home = getattr(value, "__module__", "dissociation")
        assert home.startswith("dissociation"), name
    with pytest.raises(AttributeError, match="no_such_name"):
        dissociation.no_such_name  # noqa: B018
    # What is declared for type checkers is what is given at run time.
    declared = {
        alias.name
        for node in ast.walk(tree_of(PACKAGE / "__init__.py"))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dissociation.")
        for alias in node.names
    }
    assert declared == {*dissociation.__all__, "__version__"}
