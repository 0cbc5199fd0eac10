"""ES modules joined into one script, which a browser fetches at once and a page can hold.

They are files of their own for the type checker, Node and whoever reads them. A browser would ask
the server for each of them, and a page that somebody has exported has no server to ask.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import (?:(\{[^}]*\}) from )?"\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
# Only what fills its lines: that alone can be told without reading JavaScript.
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*.*?\*/)\n", re.MULTILINE | re.DOTALL)


def joined(entry: Path) -> str:
    """A module and all that it imports from its folder, as one module without comments.

    Each imported module becomes a function that runs once and returns what it exports, so its other
    names remain its own. The entry keeps its exports.

    **Raises:** `ValueError` for modules that import one another in a circle.
    """
    parts: dict[str, str] = {}
    _add(entry, parts, ())
    return "".join(parts.values())


def _add(path: Path, parts: dict[str, str], above: tuple[str, ...]) -> None:
    if path.stem in above:
        raise ValueError(f"{' imports '.join((*above, path.stem))}")
    if path.stem in parts:
        return
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    for _, name in _IMPORT.findall(text):
        _add(path.with_name(f"{name}.js"), parts, (*above, path.stem))
    body = _IMPORT.sub(lambda found: f"const {found[1]} = ${found[2]};\n" if found[1] else "", text)
    if above:
        names = ", ".join(_EXPORT.findall(body))
        body = f"{_EXPORT.sub('', body)}return {{ {names} }};\n"
        body = f"const ${path.stem} = (() => {{\n{body}}})();\n"
    parts[path.stem] = body
