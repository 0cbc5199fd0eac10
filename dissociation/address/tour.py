"""The guided tour: six steps, each a page in a certain state with what to look at there."""

from __future__ import annotations

from typing import Any, NamedTuple

from dissociation.address.links import Link
from dissociation.address.pins import Pin
from dissociation.core.manipulations import Scale


class Step(NamedTuple):
    """One step of the tour: its title, what to do and see, and its page with what is set there."""

    title: str
    words: str
    page: str
    values: dict[str, Any]

    @property
    def link(self) -> Link:
        """To its page."""
        return Link.of(self.page, **self.values)


STEPS: tuple[Step, ...] = (
    Step(
        "The same answers",
        "Two networks were trained on digits and rewritten. Under each chart, *Same function?* "
        "counts the answers that changed: none, or hardly any. Yet the curves part. Which noise "
        "tells which rewrite apart?",
        "start",
        {"tour": 1},
    ),
    Step(
        "Draw what you expect",
        "Here the layer is scaled by 50 instead of 20, and its curve is covered. Draw across the "
        "chart where you expect it, then press *Show the measured curve*. How close were you?",
        "robustness",
        {"show": ["scale"], "scale": 50.0, "predict": "scale", "tour": 2},
    ),
    Step(
        "Move a strength",
        "Pull α of *Scaled* (in the sidebar on the left) up and down and watch the curve follow. "
        "Can you find an α at which the network is **more** robust than the trained one?",
        "robustness",
        {"show": ["scale"], "tour": 3},
    ),
    Step(
        "Compare two strengths",
        "Scaling by 3 is pinned as **A**, scaling by 20 is **B**. The lower chart is B − A: above "
        "0, B makes more errors. Pin any curve of your own with *Pin a curve as A*.",
        "robustness",
        {"show": ["scale"], "pin": Pin((Scale(3.0),)), "tour": 4},
    ),
    Step(
        "The other noise",
        "Noise on the pixels, not the weights: the scaled network's curve now lies on the trained "
        "one's, to the last image. Only the input-null rewrite parts from them.",
        "robustness",
        {"measure": "input_noise", "show": ["scale", "input_null"], "tour": 5},
    ),
    Step(
        "A new reader",
        "A probe reads the hidden layer for a new task. Stopped after 200 steps, it is fooled by "
        "scale. Choose the converged probe in the sidebar: the difference is gone.",
        "transfer",
        {"show": ["scale"], "probe": "notebook", "tour": 6},
    ),
)
