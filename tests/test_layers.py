"""Arrows point one way: science ← experiment ← engine ← dashboard ← pages. And house rules."""

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
LONGEST = 600
CORE = (
    "_lazy",
    "comparing",
    "comparison",
    "datasets",
    "descent",
    "errors",
    "experiment",
    "fig4",
    "function_checks",
    "hypothesis",
    "json_forms",
    "linear",
    "manipulations",
    "measures",
    "memory_limit",
    "memory_need",
    "motifs",
    "network",
    "normal_form",
    "null_spaces",
    "pauses",
    "phantom_views",
    "phantoms",
    "pictures",
    "predictions",
    "probes",
    "runner",
    "statistics",
    "tasks",
    "theory",
    "training",
)
#: What each layer must not import, directly or anywhere inside a function.
FORBIDDEN = {
    "core": (
        "streamlit",
        "diskcache",
        "dask",
        "distributed",
        "plotly",
        "starlette",
        "dissociation.engine",
        "dissociation.dashboard",
    ),
    "engine": ("streamlit", "plotly", "starlette", "dissociation.dashboard"),
    # The rest (dashboard, command line) may use the engine, but only these draw pages.
    "other": ("streamlit",),
    "front": (),
}
#: Modules that can hold or run code from outside.
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "compile"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def layer_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] != "dissociation" or parts[1] == "dashboard":
        return "front"
    if parts[1] in CORE:
        return "core"
    return "engine" if parts[1] == "engine" else "other"


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> set[str]:
    """Dotted names of all modules a file imports, also inside functions."""
    found = set()
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            found.add(module)
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


def reaches(imported: str, module: str) -> bool:
    return imported == module or imported.startswith(module + ".")


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
class TestEveryModule:
    def test_imports_nothing_above_itself(self, path):
        forbidden = FORBIDDEN[layer_of(path)]
        wrong = {i for i in imports(path) if any(reaches(i, module) for module in forbidden)}
        assert not wrong

    def test_runs_no_code_from_outside(self, path):
        assert not {i for i in imports(path) if i.split(".")[0] in UNSAFE_MODULES}
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


def test_layers_are_where_they_are_expected():
    # Otherwise the tests above could pass by looking at nothing.
    layers = {name_of(path): layer_of(path) for path in SOURCES}
    assert layers["dissociation/measures/base.py"] == "core"
    assert layers["dissociation/engine/jobs.py"] == "engine"
    assert layers["dissociation/dashboard/panels.py"] == layers["app.py"] == "front"
    assert layers["dissociation/__init__.py"] == "other"
    modules = {path.stem if path.parent == PACKAGE else path.parent.name for path in SOURCES}
    assert set(CORE) <= modules


def test_imports_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "package").mkdir()
    path = tmp_path / "package" / "module.py"
    path.write_text("def f():\n    import a.b\n    from c import d\nfrom .e import g\n")
    assert imports(path) == {"a.b", "c", "c.d", "package.e", "package.e.g"}
    assert reaches("dissociation.engine.jobs", "dissociation.engine")
    assert not reaches("dissociation.engines", "dissociation.engine")


def test_modules_are_short():
    scripts = sorted(PACKAGE.rglob("*.js"))
    assert scripts
    lengths = {name_of(p): len(p.read_text().splitlines()) for p in [*SOURCES, *scripts]}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def modules_loaded_after(code: str) -> set[str]:
    """Names in `sys.modules` of a fresh interpreter that ran `code`."""
    script = f"import sys\n{code}\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


HEAVY = {"jax", "jaxlib", "equinox", "optax", "scipy"}


def test_science_and_engine_load_nothing_heavy():
    names = [f"dissociation.{name}" for name in CORE if name != "fig4"]
    names += [f"dissociation.engine.{path.stem}" for path in (PACKAGE / "engine").glob("[!_]*.py")]
    loaded = modules_loaded_after("import dissociation, " + ", ".join(names))
    assert set(names) <= loaded
    assert not loaded & (HEAVY | {"streamlit", "pandas", "plotly"})


def test_dashboard_loads_without_jax():
    modules = [p.relative_to(ROOT).with_suffix("") for p in (PACKAGE / "dashboard").rglob("*.py")]
    names = [".".join(path.parts).removesuffix(".__init__") for path in modules]
    assert "dissociation.dashboard.panels" in names
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
    assert declared == set(dissociation.__all__)
