"""The table of the Phantom page: a picture, where it is to be seen, and the noise upon it."""

from __future__ import annotations

from dissociation.address import parameters as p
from dissociation.address.one_network import NETWORK, TRAINING
from dissociation.address.parameter import CHOICE, INTEGER, Parameter
from dissociation.address.table import PageTable, Values, page_table
from dissociation.core.manipulations import Phantom
from dissociation.core.phantom.study import NOISES, PhantomStudy

NOISE = Parameter("noise", "Noise on", CHOICE, "input_noise", choices=NOISES)
DRAWS = Parameter("draws", "Noise draws", INTEGER, 8, "More draws, steadier.", 1, 64)
_PHANTOM = p.strength_parameters([Phantom.name])


def study_of(values: Values) -> PhantomStudy:
    """The study that a page's values ask for. **Raises:** `InvalidValue`."""
    phantom = p.manipulation_of(Phantom.name, values)
    assert isinstance(phantom, Phantom)
    return PhantomStudy(
        phantom,
        p.recipe_of(values),
        values["network"] - 1,
        values["noise"],
        values["draws"],
        values["key"],
    )


PHANTOM: PageTable = page_table(
    "phantom",
    "Phantom",
    "pages/8_Phantom.py",
    (*_PHANTOM, NOISE, DRAWS, NETWORK, *TRAINING),
    study=study_of,
)
