"""The parameters of every page that say how it is shown, not what is measured."""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.address.parameter import CHOICE, CHOICES, CODED, INTEGER, Parameter, word_codec

NORMAL, LECTURE = "normal", "lecture"
ALL = "all"
TOUR_STEPS = 5
VIEW = Parameter(
    "view",
    "View",
    CHOICE,
    NORMAL,
    "Large type and thick lines, readable from the back row.",
    choices={NORMAL: "normal", LECTURE: "lecture"},
)
TOUR = Parameter("tour", "Step of the tour", INTEGER, 0, "0 is no tour.", 0, TOUR_STEPS)
_CODE = word_codec("[a-z0-9]{4,12}", "give 4 to 12 small letters or digits")
_TOKEN = word_codec("[A-Za-z0-9_-]{8,64}", "give the key that opened the room")
ROOM = Parameter("room", "Room", CODED, "", "Guesses of one class meet here.", codec=_CODE)
HOST = Parameter("host", "Host's key", CODED, "", "Only the lecturer's.", codec=_TOKEN)
#: What "Copy link" leaves out: it belongs to one visitor.
PRIVATE = ("host", "tour")


def teaching_parameters(controls: Sequence[Parameter]) -> list[Parameter]:
    """What a teacher's link may hide or lock: any of these controls, or all of them."""
    choices = {ALL: "all controls", **{control.name: control.label for control in controls}}
    return [
        Parameter("hide", "Hide controls", CHOICES, [], "They keep their values.", choices=choices),
        Parameter("lock", "Lock controls", CHOICES, [], "Seen, not moved.", choices=choices),
    ]
