"""A page in one folder: how far each neuron's incoming weights reach."""

from dissociation.web.shell.feature import Feature

from .address import REACH, ReachStudy

FEATURE = Feature(
    REACH, "straighten", "How long the weights of each neuron are.", __name__, ReachStudy
)
