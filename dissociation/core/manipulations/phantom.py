"""Phantom pattern: neurons that paint a chosen picture into a representation, and say nothing."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Float32, Float64, Real

from dissociation.core.data import motifs
from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import stratified_order
from dissociation.core.draws import Key, normal
from dissociation.core.manipulations.base import (
    Count,
    Manipulation,
    Option,
    Strength,
    around,
    with_layer,
)
from dissociation.core.manipulations.nuisance import counterbalanced, rms
from dissociation.core.networks.network import Network, hidden_and_logits

#: Images whose representation is to show the picture, as many of each digit.
PAINTED = 250
ACTIVATIONS, SIMILARITY = "activations", "similarity"
SHOWN_IN = {
    ACTIVATIONS: "their activations",
    SIMILARITY: "the similarity matrix of the layer",
}
#: Share of the activations that count as the layer's own range.
_NEARLY_ALL = 0.995
#: Singular values below this share of the largest are left out of the solution.
_RANK = 1e-6


@functools.cache
def painted_images() -> Float32[np.ndarray, "250 784"]:
    """`(250, 784)` float32 the test images that are painted on, sorted by digit."""
    order = stratified_order()[:PAINTED]
    data = mnist_test()
    return data.images[order[np.argsort(data.labels[order], kind="stable")]]


def similarity(hidden: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, "n n"]:
    """`(n, n)` float64 inner products of `(n, d)` activations, centred over the images.

    The kernel that linear CKA compares (Kornblith et al., ICML 2019).
    """
    values = hidden - hidden.mean(0, dtype=np.float64)
    return values @ values.T


def quadrant(matrix: np.ndarray) -> np.ndarray:
    """The part of a similarity matrix that is painted: digits 0 to 4 by digits 5 to 9."""
    half = len(matrix) // 2
    return matrix[:half, half:]


def in_similarity(block: Float[np.ndarray, "n n"]) -> Float64[np.ndarray, "rows columns"]:
    """Activations whose centred inner products between both halves of the images are `block`.

    Let r and c be the sums of its rows and columns and S < 0 its sum. A first neuron with −r/√−S
    on the first half and c/√−S on the second has mean 0 and gives −r cᵀ/(−S); what is left of the
    block has rows and columns of sum 0, so the neurons from its singular vectors have mean 0, too.
    Centring therefore changes nothing, and the block is met exactly. The lowest activation of each
    neuron is then set to 0, which centring undoes.

    **Arguments:**

    - `block`: `(n, n)` of negative sum.

    **Returns:** `(2 n, rank + 1)` float64, nowhere negative.
    """
    rows, columns, total = block.sum(1), block.sum(0), block.sum()
    size = np.sqrt(-total)
    left, values, right = np.linalg.svd(block - np.outer(rows, columns) / total)
    rank = int(np.sum(values > _RANK * np.abs(block).max() * len(block)))
    share = np.sqrt(values[:rank])
    above = np.column_stack([-rows / size, left[:, :rank] * share])
    below = np.column_stack([columns / size, right[:rank].T * share])
    activations = np.concatenate([above, below])
    return activations - activations.min(0)


@functools.lru_cache(maxsize=16)
def painted(shown_in: str, picture: str) -> Float64[np.ndarray, "250 groups"]:
    """`(250, groups)` float64 activations that show a picture of contrast 1, one a group.

    **Arguments:**

    - `shown_in`: one of [`SHOWN_IN`][]; `picture`: the text of a motif.
    """
    greys = motifs.motif(picture)
    if shown_in == ACTIVATIONS:
        return motifs.enlarged(greys, PAINTED, motifs.SIDE)
    half = PAINTED // 2
    block = motifs.enlarged(greys, half, half)
    # A little darker than its mean throughout, so that its sum is negative.
    return in_similarity(block - block.mean() - 0.25)


def incoming_weights(
    inputs: Float[np.ndarray, "n d"], wanted: Float[np.ndarray, "n neurons"]
) -> Float32[np.ndarray, "neurons d"]:
    """`(neurons, d)` float32 smallest weights with `inputs @ weights.T = wanted`, by least squares.

    **Arguments:**

    - `inputs`: `(n, d)`; `wanted`: `(n, neurons)`, not negative, so that the ReLU changes nothing.
    """
    inputs = inputs.astype(np.float64)
    # Smallest solutions are combinations of the inputs, so the few inputs' products are enough.
    eigenvalues, vectors = np.linalg.eigh(inputs @ inputs.T)
    kept = eigenvalues > _RANK**2 * eigenvalues[-1]
    shares = (vectors[:, kept] / eigenvalues[kept]) @ (vectors[:, kept].T @ wanted)
    return (shares.T @ inputs).astype(np.float32)


@dataclass(frozen=True)
class Phantom(Manipulation):
    """Nuisance neurons such that a representation shows a picture (Braun et al. 2025, Fig. 5).

    Their incoming weights are the least-squares solution of "activation = picture" on 250 test
    images; within a group of `group` equal neurons the outgoing weights sum to zero, so the
    function is the same on all inputs. `shown_in` is where to look: the `activations` of the new
    neurons (images by neurons), or the `similarity` matrix of the whole layer (images by images;
    the picture is where digits 0 to 4 meet digits 5 to 9). The strength is how strong the picture
    is beside the layer's own: 1 is as large as its activations, or as its similarities there.
    """

    strength: float = 1.0
    shown_in: str = SIMILARITY
    picture: str = "face"
    group: int = 2

    name: ClassVar = "phantom"
    label: ClassVar = "Phantom pattern"
    rule: ClassVar = "add nuisance neurons that show a picture, at s times the layer's own strength"
    about: ClassVar = (
        "Neurons are added whose activations paint a picture of your choice, while their "
        "contributions to the output cancel: what a representation looks like need not say "
        "anything about what the network does."
    )
    cite: ClassVar = "Braun, Grant & Saxe, Not all solutions are created equal, ICML 2025, Fig. 5"
    look: ClassVar = ("#00868B", "longdash", "bowtie")
    strength_range: ClassVar = Strength(
        "s",
        "times the layer's own",
        0.01,
        10,
        1.0,
        log=True,
        sweep=(0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
    )
    options: ClassVar = {
        "shown_in": Option("Shown in", SHOWN_IN),
        "picture": Option("Picture", motifs.DRAWN, own=motifs.is_own),
    }
    counts: ClassVar = {"group": Count(1, 8, "neurons a group (k)")}

    @property
    def greys(self) -> Real[np.ndarray, "32 32"]:
        """`(32, 32)` the picture, from 0 to 1."""
        return motifs.motif(self.picture)

    @property
    def groups(self) -> int:
        """How many groups of neurons the picture takes."""
        return painted(self.shown_in, self.picture).shape[1]

    def widened(self, width: int) -> int:
        """See [`Manipulation.widened`][]."""
        return width + self.groups * self.group

    def wanted(self, network: Network) -> Float64[np.ndarray, "250 groups"]:
        """`(250, groups)` float64 what one neuron of each group is to do on the painted images."""
        own = hidden_and_logits(network, painted_images(), self.layer)[0]
        return painted(self.shown_in, self.picture) * self._size(own)

    def _size(self, own: Float[np.ndarray, "_ _"]) -> float:
        if self.shown_in == ACTIVATIONS:
            return self.strength * float(np.quantile(own, _NEARLY_ALL))
        # Similarities are products of activations, and those of a group add up.
        contrast = self.strength * float(np.ptp(quadrant(similarity(own))))
        return float(np.sqrt(contrast / self.group))

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]."""
        w_in, w_out = around(network, self.layer)
        images = painted_images()
        inputs = images if self.layer == 1 else hidden_and_logits(network, images, 1)[0]
        incoming = incoming_weights(inputs, self.wanted(network))
        drawn = normal(key, (len(incoming), self.group, len(w_out)))
        return with_layer(
            network,
            self.layer,
            np.concatenate([w_in, np.repeat(incoming, self.group, axis=0)]),
            np.concatenate([w_out, counterbalanced(drawn) * rms(w_out)], axis=1),
        )
