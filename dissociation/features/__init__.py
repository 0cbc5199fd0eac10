"""Every feature of the lab, in the order of the navigation. To add one, see `docs/extending.md`."""

from __future__ import annotations

from dissociation.features import (
    bridge,
    causes,
    hypothesis,
    inputs,
    linear,
    map,
    phantom,
    representation,
    robustness,
    start,
    sweep,
    transfer,
)
from dissociation.web.shell.feature import DRAWN_BY, register

for folder in (
    start,
    robustness,
    transfer,
    inputs,
    hypothesis,
    sweep,
    representation,
    map,
    phantom,
    linear,
    causes,
    bridge,
):
    register(folder.FEATURE)
for name in ("curves", "map", "bridge"):
    DRAWN_BY[name] = f"{__name__}.{name}.figures"

from dissociation.features import presets  # noqa: E402, F401 (links need the pages)
