"""Where browsers get Plotly from, and that they may begin before the first chart asks for it.

A browser that has not seen it before works for most of a second on the whole library, which also
draws globes and surfaces. The lab serves the bundle with the kinds of traces it draws, a third of
that, if the set-up could get it (`tools/plotly_bundle.py`).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

#: Of plotly.js, in the release of plotly.py that is required.
JS_VERSION = "4.1.1"
#: The bundle of traces on two axes, and the library that plotly.py brings.
SMALLER = Path(__file__).parents[1] / "built" / f"plotly-cartesian-{JS_VERSION}.min.js"
WHOLE = Path(find_spec("plotly").origin).parent / "package_data" / "plotly.min.js"  # type: ignore
#: What is served, and is part of every page that is exported.
PLOTLY_JS = SMALLER if SMALLER.is_file() else WHOLE
#: The version makes it safe to let browsers keep the file for ever.
LIBRARY = f"/api/plotly.min.js?v={JS_VERSION}{'-cartesian' if PLOTLY_JS == SMALLER else ''}"
#: A header of pages (RFC 8288): charts ask for the library only when Streamlit has drawn the page.
PRELOAD = f"<{LIBRARY.removeprefix('/')}>; rel=preload; as=script"
