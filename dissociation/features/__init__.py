"""Every feature of the lab, in the order of the navigation. To add one, see `docs/extending.md`."""

from __future__ import annotations

from dissociation.address.curve_pages import ROBUSTNESS, TRANSFER
from dissociation.address.hypothesis_page import HYPOTHESIS
from dissociation.address.inputs_page import INPUTS
from dissociation.address.predicting import ROOM
from dissociation.address.sweep_page import SWEEP
from dissociation.address.table import page_table
from dissociation.dashboard.feature import Feature, register
from dissociation.features import bridge, causes, linear, map, phantom, representation

START = page_table("start", "Start", "app.py", states=(ROOM,))

for feature in (
    Feature(START, "home", "", ""),
    Feature(
        ROBUSTNESS,
        "shield",
        "Choose the rewrite, its strength and the noise, and watch the curves follow.",
        "",
    ),
    Feature(
        TRANSFER,
        "swap_horiz",
        "Can the rewritten hidden layer still be read for a task it never saw?",
        "",
    ),
    Feature(
        INPUTS, "image", "The images, the directions none of them uses, and the new tasks.", ""
    ),
    Feature(
        HYPOTHESIS,
        "balance",
        "Does B differ from A? An answer with its interval, network by network.",
        "",
    ),
    Feature(SWEEP, "grid_view", "One rewrite from weak to strong, at one glance.", ""),
    representation.FEATURE,
    map.FEATURE,
    phantom.FEATURE,
    linear.FEATURE,
    causes.FEATURE,
    bridge.FEATURE,
):
    register(feature)

from dissociation.features import presets  # noqa: E402, F401 (links need the pages)
