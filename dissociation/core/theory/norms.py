"""From the linear law to ReLU networks: do norms alone tell how much noise a network stands?

For linear networks the expected loss under parameter noise is governed by norms of activations and
of weights (Braun, Grant & Saxe, ICML 2025). If the noise of the logits is all that matters, an
answer falls where σ √gain reaches its margin: σ50 ∝ gain^(-1/2), for all networks of one function.
With the products of the layers' noises the law has no simple power, but says σ50 itself: where the
noise of a margin, 2/n_out of E‖Δlogits‖² if it is the same on all outputs, is as wide as margins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Real

from dissociation.core.data.datasets import CLASSES, mnist_test
from dissociation.core.data.sample import visiting_order
from dissociation.core.networks.network import Network, check_network, logits
from dissociation.core.one_network import OneNetwork
from dissociation.core.study import Result
from dissociation.core.tables import Column, Table
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.margins import clean_margins
from dissociation.core.theory.noise_sources import noise_sources, total_noise

#: Images that norms are averaged over, the first of the lab's shuffled order.
IMAGES = 500


#: The names of its numbers in files.
NORM_NAMES = (
    *("term_w1", "term_w2", "term_w3"),
    *("product_w1_w2", "product_w1_w3", "product_w2_w3", "product_all", "margin"),
    *("h1", "h2", "weights_1", "weights_2", "weights_3"),
)


class Norms(NamedTuple):
    """What the linear theory says matters, averaged over images.

    - `terms`: E‖Δlogits‖² / σ² from small noise in W1, W2, W3; `products`: of the pairs / σ⁴, and
      of all three / σ⁶.
    - `margin`: root mean square of the margins.
    - `activations`: ‖h1‖², ‖h2‖²; `weights`: ‖W1‖², ‖W2‖², ‖W3‖².
    """

    terms: tuple[float, float, float]
    products: tuple[float, float, float, float]
    margin: float
    activations: tuple[float, float]
    weights: tuple[float, float, float]

    def flat(self) -> dict[str, float]:
        """Each number by its name in files."""
        first = *self.terms, *self.products, self.margin
        return dict(zip(NORM_NAMES, (*first, *self.activations, *self.weights), strict=True))


@dataclass(frozen=True)
class Predictor:
    """A number that may tell how robust a network is: its words, its formula, and how it is made.

    - `slope`: of σ50 over it, both in logarithms, if the linear law ties them.
    """

    label: str
    formula: str
    value: Callable[[Norms], float]
    slope: float | None = None


def allowed_noise(norms: Norms) -> float:
    """σ at which the noise of a margin is as wide as the margins, by the closed form.

    E‖Δlogits‖² grows with σ, so it is found by halving, to twelve digits.
    """
    wanted = CLASSES / 2 * norms.margin**2
    terms, products = np.array(norms.terms), np.array(norms.products)
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if total_noise(terms, products, np.exp([middle]))[0] < wanted:
            low = middle
        else:
            high = middle
    return float(np.exp(low))


PREDICTORS: dict[str, Predictor] = {
    "gain": Predictor(
        "Noise gain",
        "E‖Δlogits‖² / σ² = ‖x‖²‖W3 D2 W2 D1‖² + ‖h1‖² Σ‖W3[:, j]‖² + n_out ‖h2‖²",
        lambda norms: sum(norms.terms),
        slope=-0.5,
    ),
    "allowed": Predictor(
        "Noise that the theory allows", "σ with 2/n_out E‖Δlogits‖² = margin²", allowed_noise, 1.0
    ),
    "activations": Predictor(
        "Norm of the representation", "‖h1‖² + ‖h2‖²", lambda norms: sum(norms.activations)
    ),
    "weights": Predictor(
        "Norm of the weights", "‖W1‖² + ‖W2‖² + ‖W3‖²", lambda norms: sum(norms.weights)
    ),
}


def network_norms(network: Network) -> Norms:
    """The norms of a network, on the first test images.

    **Raises:** `InvalidValue` as `check_network`.
    """
    network = check_network(network)
    order = visiting_order()[:IMAGES]
    data = mnist_test()
    images, labels = data.images[order], data.labels[order]
    sources = noise_sources(network, images)
    margins = clean_margins(logits(network, images), labels)
    first, second = sources.sizes[1:]
    squares = (float(np.sum(np.square(weight, dtype=np.float64))) for weight in network)
    w1, w2, w3 = squares
    t1, t2, t3 = map(float, sources.terms)
    p12, p13, p23, p123 = map(float, sources.products)
    margin = float(np.sqrt(np.mean(margins.astype(float) ** 2)))
    size = float(first), float(second)
    return Norms((t1, t2, t3), (p12, p13, p23, p123), margin, size, (w1, w2, w3))


@dataclass(frozen=True)
class NetworkNorms(OneNetwork):
    """The norms of one rewritten network; see [`OneNetwork`][]."""

    name = "norms"

    def memory(self) -> float:
        """See [`Study.memory`][]: as of its noise decomposition, which does more."""
        return NoiseDecomposition(self.manipulations, self.recipe, self.seed).memory()

    def depends_on(self) -> int:
        """See [`Study.depends_on`][]: how many images they are averaged over."""
        return IMAGES

    def stream(self, *networks: Network) -> Iterator[NormsResult]:
        """See [`Study.stream`][]."""
        yield NormsResult(self, network_norms(self.rewritten(networks[0])))


@dataclass(frozen=True)
class NormsResult(Result[NetworkNorms]):
    """The norms that were asked for."""

    norms: Norms

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]."""
        return 1.0

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        return f"{IMAGES} images"

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][]."""
        columns = (Column(name, np.atleast_1d(v)) for name, v in self.norms.flat().items())
        return {"norms": Table("Norms", tuple(columns))}


NetworkNorms.result = NormsResult


class PowerLaw(NamedTuple):
    """`y = exp(intercept) · x^slope`.

    - `r2`: share of the variance of log y that it explains; `points`: how many it rests on.
    """

    slope: float
    intercept: float
    r2: float
    points: int

    def __call__(self, x: Any) -> Any:
        """The values at a number x, or at `(n,)` of them."""
        return np.exp(self.intercept + self.slope * np.log(x))


def fit_power_law(
    x: Real[np.ndarray, " n"], y: Real[np.ndarray, " n"], slope: float | None = None
) -> PowerLaw | None:
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
