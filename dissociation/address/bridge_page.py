"""The table of the Bridge page: which networks, and which norms they are held against."""

from __future__ import annotations

from dissociation.address import parameters as p
from dissociation.address.one_network import NETWORK, TRAINING
from dissociation.address.parameter import CHOICE, Parameter
from dissociation.address.table import PageTable, page_table
from dissociation.core.manipulations import REGISTRY, Permute
from dissociation.core.theory.norms import PREDICTORS

STORED, ALL = "stored", "all"
ACROSS = Parameter(
    "across",
    "Across",
    CHOICE,
    "gain",
    "What is to tell how robust a network is.",
    choices={name: predictor.label for name, predictor in PREDICTORS.items()},
)
COMPUTE = Parameter(
    "compute",
    "Networks",
    CHOICE,
    STORED,
    "Those whose robustness is stored, from other pages; or every rewrite at its usual strengths, "
    "measured if it was not.",
    choices={STORED: "those stored", ALL: "all of them"},
)

BRIDGE: PageTable = page_table(
    "bridge",
    "Bridge",
    "pages/11_Bridge.py",
    (
        COMPUTE,
        ACROSS,
        # A permutation changes nothing but which weight gets which noise.
        p.show_parameter(REGISTRY, (name for name in REGISTRY if name != Permute.name)),
        NETWORK,
        *TRAINING,
    ),
    bridge=True,
)
