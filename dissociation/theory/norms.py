"""From the linear law to ReLU networks: do norms alone tell how much noise a network stands?

For linear networks the expected loss under parameter noise is governed by norms of activations and
of weights (Braun, Grant & Saxe, ICML 2025). If the noise of the logits is all that matters, an
answer falls where σ √gain reaches its margin: σ50 ∝ gain^(-1/2), for all networks of one function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dissociation.contrasts import Side
from dissociation.datasets import mnist_test
from dissociation.experiment import digest
from dissociation.measures.base import visiting_order
from dissociation.network import Network
from dissociation.theory.noise_sources import noise_sources

#: Raise it when a change to the code changes numbers.
VERSION = 1
#: Images that norms are averaged over, the first of the lab's shuffled order.
IMAGES = 500
#: Slope of σ50 over the noise gain, both in logarithms, if the linear law holds.
LINEAR_SLOPE = -0.5


class Norms(NamedTuple):
    """What the linear theory says matters, averaged over images.

    - `terms`: E‖Δlogits‖² / σ² from small noise in W1, W2, W3.
    - `activations`: ‖h1‖², ‖h2‖²; `weights`: ‖W1‖², ‖W2‖², ‖W3‖².
    """

    terms: tuple[float, float, float]
    activations: tuple[float, float]
    weights: tuple[float, float, float]


@dataclass(frozen=True)
class Predictor:
    """A number that may tell how robust a network is: its words, its formula, and how it is made.

    - `lawful`: whether the linear law ties σ50 to it.
    """

    label: str
    formula: str
    value: Callable[[Norms], float]
    lawful: bool = False


PREDICTORS: dict[str, Predictor] = {
    "gain": Predictor(
        "Noise gain",
        "E‖Δlogits‖² / σ² = ‖x‖²‖W3 D2 W2 D1‖² + ‖h1‖² Σ‖W3[:, j]‖² + n_out ‖h2‖²",
        lambda norms: sum(norms.terms),
        lawful=True,
    ),
    "activations": Predictor(
        "Norm of the representation", "‖h1‖² + ‖h2‖²", lambda norms: sum(norms.activations)
    ),
    "weights": Predictor(
        "Norm of the weights", "‖W1‖² + ‖W2‖² + ‖W3‖²", lambda norms: sum(norms.weights)
    ),
}


def network_norms(network: Network) -> Norms:
    """The norms of a network, on the first test images."""
    images = mnist_test().images[visiting_order()[:IMAGES]]
    sources = noise_sources(network, images)
    first, second = sources.sizes[1:]
    squares = (float(np.sum(np.square(weight, dtype=np.float64))) for weight in network)
    w1, w2, w3 = squares
    t1, t2, t3 = map(float, sources.terms)
    return Norms((t1, t2, t3), (float(first), float(second)), (w1, w2, w3))


def norms_digest(side: Side, key: int, weights: str | None = None) -> str:
    """Identifies the norms of a rewritten network.

    **Arguments:**

    - `key`: of random rewrites; `weights`: digest of the trained network, if it is there.
    """
    return digest(["norms", VERSION, IMAGES, *side.canonical(), key, weights])


class PowerLaw(NamedTuple):
    """`y = exp(intercept) · x^slope`.

    - `r2`: share of the variance of log y that it explains; `points`: how many it rests on.
    """

    slope: float
    intercept: float
    r2: float
    points: int

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """`(n,)` values at `(n,)` x."""
        return np.exp(self.intercept + self.slope * np.log(x))


def fit_power_law(x: np.ndarray, y: np.ndarray, slope: float | None = None) -> PowerLaw | None:
    """The least-squares line through the logarithms of `(n,)` positive numbers.

    **Arguments:**

    - `slope`: held at this value; fitted if left out.

    **Returns:** `None` with fewer than three points, or if all `x` or all `y` are the same.
    """
    known = np.isfinite(x) & np.isfinite(y) & (np.asarray(x) > 0) & (np.asarray(y) > 0)
    across, up = np.log(np.asarray(x)[known]), np.log(np.asarray(y)[known])
    if len(across) < 3 or np.ptp(across) < 1e-6 or np.ptp(up) < 1e-6:
        return None
    if slope is None:
        slope = float(np.cov(across, up, bias=True)[0, 1] / across.var())
    intercept = float(up.mean() - slope * across.mean())
    left = up - intercept - slope * across
    return PowerLaw(slope, intercept, 1 - float(np.mean(left**2) / up.var()), len(across))
