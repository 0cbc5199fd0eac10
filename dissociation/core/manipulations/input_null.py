"""Input-null noise: change the first layer only where no image of a data set ever looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dissociation.core.draws import Key, normal
from dissociation.core.manipulations.base import Manipulation, Option, Strength
from dissociation.core.networks.network import Network
from dissociation.core.networks.null_spaces import SOURCES, input_null_space


@dataclass(frozen=True)
class InputNull(Manipulation):
    """`W1 ← W1 + s · N(0, 1) · P`, P on the null space of the inputs (Braun et al. 2025).

    The paper draws normal coefficients along a basis of that space; normal noise over all pixels,
    projected, has the same distribution and does not depend on which of its bases was found.

    Exact on the images the basis comes from, up to the rank threshold (singular values below it
    are small, not zero): `images="test"` as in the notebook, or `"train"`, which is chosen without
    looking at a test image and preserves the test function only nearly.
    """

    strength: float = 0.1
    layer: int = 1
    images: str = "test"

    name: ClassVar = "input_null"
    label: ClassVar = "Input-null noise"
    rule: ClassVar = "W1 ← W1 + s · N(0, 1) · null projector of the images"
    about: ClassVar = (
        "The first layer is perturbed along directions in which the images have no component. On "
        "those images nothing changes; off them everything may."
    )
    cite: ClassVar = "Braun, Grant & Saxe, Not all solutions are created equal, ICML 2025"
    look: ClassVar = ("#B58900", "longdash", "triangle-down")
    strength_range: ClassVar = Strength(
        "s", "standard deviation", 0.0, 10.0, 0.1, sweep=(0.0, 0.02, 0.05, 0.1, 0.2, 0.5)
    )
    layers: ClassVar = (1,)
    version: ClassVar = 2
    options: ClassVar = {"images": Option("Null space of", SOURCES)}

    @property
    def exact_on(self) -> str:
        """See [`Manipulation.exact_on`][]."""
        return f"the {self.images} images, up to the rank threshold"

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]. **Raises:** `DamagedData` if MNIST cannot be read."""
        basis = input_null_space(self.images).basis
        drawn = normal(key, network.w1.shape)
        return network._replace(w1=network.w1 + self.strength * (drawn @ basis.T) @ basis)
