"""Parameters of pages that look at one network, or at two: which it is, and how it is rewritten."""

from __future__ import annotations

from dissociation.address import parameters as p
from dissociation.address.chains import chain_parameter
from dissociation.address.parameter import CHOICE, INTEGER, Parameter
from dissociation.core.experiment import MAX_SEEDS
from dissociation.core.manipulations import REGISTRY
from dissociation.core.similarity.comparison import FEW

NONE = "none"
REWRITE = Parameter(
    "rewrite",
    "Rewrite",
    CHOICE,
    "scale",
    "Of the same trained networks, at several strengths.",
    choices={name: cls.label for name, cls in REGISTRY.items()},
)
THEN = chain_parameter("then", "Then, in sequence", words="Further rewrites of B.")
LAYER = Parameter(
    "layer",
    "Hidden layer",
    CHOICE,
    "2",
    "Whose activations, after the ReLU, are compared.",
    choices={"1": "1", "2": "2"},
)
IMAGES = Parameter(
    "images",
    "Test images",
    CHOICE,
    str(FEW),
    "As many of each digit. All 10,000 take some seconds.",
    choices={str(FEW): f"{FEW:,}", "10000": "10,000"},
)
NETWORK = Parameter("network", "Network", INTEGER, 1, "By its seed.", 1, float(MAX_SEEDS))
#: How the network was trained.
TRAINING = tuple(q for q in p.network_parameters() if q.name != "seeds")
