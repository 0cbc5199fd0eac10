"""Phantom: a picture of one's choice in a representation, without any change of the function."""

from dissociation.core.phantom.study import PhantomStudy
from dissociation.features.phantom.address import PHANTOM
from dissociation.web.shell.feature import Feature

FEATURE = Feature(
    PHANTOM,
    "face",
    "A picture of your choice in a representation, and not one answer changed.",
    __name__,
    PhantomStudy,
)
