"""What a method of prediction declares; see `prediction.py` for how its curve comes about."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Real

from dissociation.core.measures.noise_measure import NoiseMeasure
from dissociation.core.networks.network import Network
from dissociation.core.validation import check_finite


def check_squares(*values: np.ndarray) -> None:
    """**Raises:** `NotFinite` unless all numbers are finite: theory squares, and squares again."""
    check_finite(
        "The theory squares activations and weights, which are too large for float32 (3.4e38) "
        "then; try weaker rewrites, or fewer of them.",
        *values,
    )


class Prepared(abc.ABC):
    """A network laid out for prediction."""

    @abc.abstractmethod
    def chunk(self, images: Any, labels: Any) -> Any:
        """What all noise scales need of some images `(n, 784)` with labels `(n,)`."""

    @abc.abstractmethod
    def errors(self, chunk: Any, sigma: float) -> Real[np.ndarray, " n"]:
        """`(n,)` expected error of each image at one noise scale, in [0, 1]."""

    def anew(self) -> Prepared:
        """The same network, with nothing kept of the images that were seen."""
        return self


@dataclass(frozen=True)
class Method(abc.ABC):
    """How the expected error over all draws of a measure's noise is told without drawing any.

    - `preview`: images of a first look at few noise scales, where more would take long; 0 for none.
    """

    measure: NoiseMeasure
    preview: ClassVar[int] = 0

    @abc.abstractmethod
    def prepare(self, network: Network) -> Prepared:
        """Lays a network out."""
