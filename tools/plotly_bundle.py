"""Gets the bundle of plotly.js that has the kinds of traces the lab draws: `make run` calls it.

It comes from npm's registry, of the version that plotly.py brings, and is kept only if it is, byte
for byte, the one that was pinned here. Where the registry cannot be reached the lab serves the
whole library from plotly.py instead: a browser that opens it for the first time then waits longer.
"""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from dissociation.web.chart.plotting_library import JS_VERSION, SMALLER

NAME = "plotly.js-cartesian-dist-min"
ADDRESS = f"https://registry.npmjs.org/{NAME}/-/{NAME}-{JS_VERSION}.tgz"
MEMBER = "package/plotly-cartesian.min.js"
#: SHA-512 of the package, as npm's registry tells it.
INTEGRITY = (
    "o8GrFeusncwBIxbBynRJpY4pkgVB6caM+JLpwrLYbbsO7dZ8FJ+SVN2Fr+L7kiG/Z6w4P5O0Jus/Qr5EefHVeg=="
)
PATIENCE = 60
LARGEST = 20 * 2**20


def bundle(package: bytes) -> bytes:
    """The script in a package. **Raises:** `ValueError` if the package is not the pinned one."""
    if base64.b64encode(hashlib.sha512(package).digest()).decode() != INTEGRITY:
        raise ValueError("the package is not the one that was pinned")
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        return member.read()


def main() -> str:
    """Gets the bundle unless it is there. **Returns:** what is to be said; empty if nothing."""
    if SMALLER.is_file():
        return ""
    try:
        with urllib.request.urlopen(ADDRESS, timeout=PATIENCE) as answer:
            script = bundle(answer.read(LARGEST))
        SMALLER.parent.mkdir(parents=True, exist_ok=True)
        part = SMALLER.with_suffix(".part")
        part.write_bytes(script)
        part.replace(SMALLER)
    except (OSError, ValueError) as problem:
        return f"plotly.js: the whole library will be served instead of the bundle ({problem})"
    return ""


if __name__ == "__main__":
    if words := main():
        print(words)
