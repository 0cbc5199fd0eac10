"""Where the package lies, in a checkout of the project or installed by itself, and its version."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).parents[2]
#: The folder of the project, or `None` where only the package is installed.
CHECKOUT = _ROOT if (_ROOT / "pyproject.toml").is_file() and (_ROOT / "app.py").is_file() else None


def _version() -> str:
    if CHECKOUT is None:
        return metadata.version("dissociation")
    import tomllib

    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


__version__ = _version()
