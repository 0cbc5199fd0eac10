"""The parameters of every page that say how it is shown, not what is measured."""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.address.parameter import CHOICE, CHOICES, INTEGER, Parameter

NORMAL, LECTURE = "normal", "lecture"
ALL = "all"
TOUR_STEPS = 6
VIEW = Parameter(
    "view",
    "View",
    CHOICE,
    NORMAL,
    "Large type and thick lines, readable from the back row.",
    choices={NORMAL: "normal", LECTURE: "lecture"},
)
TOUR = Parameter("tour", "Step of the tour", INTEGER, 0, "0 is no tour.", 0, TOUR_STEPS)
#: What "Copy link" leaves out: it belongs to one visitor.
PRIVATE = ("tour", "guess", "revealed")


def teaching_parameters(controls: Sequence[Parameter]) -> list[Parameter]:
    """What a teacher's link may hide or lock: any of these controls, or all of them."""
    choices = {ALL: "all controls", **{control.name: control.label for control in controls}}
    return [
        Parameter("hide", "Hide controls", CHOICES, [], "They keep their values.", choices=choices),
        Parameter("lock", "Lock controls", CHOICES, [], "Seen, not moved.", choices=choices),
    ]
