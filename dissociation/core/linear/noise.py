"""The expected loss of a linear network under noise: in closed form, and by drawing the noise.

The loss is (1/2P) Σ ‖ŷ − y‖² (paper, Eq. 2). With noise of standard deviation σ on every entry, and
c = tr Σyy − tr(Σyx Σxx⁺ Σyxᵀ), it is on average

- on the inputs: ½ (σ² ‖W2 W1‖² + c) (Theorem 5.2);
- on the parameters, σ1 on W1 and σ2 on W2: the noise adds W2 Ξ1 X + Ξ2 W1 X + Ξ2 Ξ1 X to the
  outputs; the three are uncorrelated with each other and with the residual, so it is
  ½ (σ1² tr Σxx ‖W2‖² + n_out σ2² tr(W1ᵀ W1 Σxx) + σ1² σ2² n_hidden n_out tr Σxx + c).

Theorem 5.4 takes σ1 = σ/‖X‖ and σ2 = σ/√n_out, which makes the first two terms
σ² (‖W2‖² + ‖W1 X‖²)/2P: what minimum-representation-norm solutions have least of. With one σ for
both layers these two weigh differently, and the least of their sum (for a fixed W2 W1 X) is
2√(ab) ‖W2 W1 X‖_*, of a ‖W2‖² + b ‖W1 X‖² by the inequality of means (Srebro et al., NIPS 2004).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64

from dissociation.core.linear.families import Weights
from dissociation.core.linear.solved import Solved
from dissociation.core.linear.task import generator

INPUTS, PARAMETERS = "inputs", "parameters"
SCALINGS = {"paper": "as in Theorem 5.4", "equal": "one σ for both layers"}
#: What draws of noise draw their randomness for; see `generator`. Not `solved._BASES`: zeros
#: at the end do not count, so with key 0 both would be one stream.
_NOISE = 5


class Sampled(NamedTuple):
    """A loss over draws of noise: `mean` and standard `error`, `(S,)` each."""

    mean: Float64[np.ndarray, " n"]
    error: Float64[np.ndarray, " n"]


def layer_scales(solved: Solved, scaling: str) -> tuple[float, float]:
    """σ1/σ and σ2/σ, by which noise on W1 and on W2 differs from σ; see [`SCALINGS`][]."""
    if scaling == "equal":
        return 1.0, 1.0
    return 1 / float(np.linalg.norm(solved.x)), 1 / float(np.sqrt(len(solved.y)))


def input_noise_loss(
    weights: Weights, solved: Solved, sigma: Float[np.ndarray, " S"]
) -> Float64[np.ndarray, " S"]:
    """`(S,)` expected losses under input noise (Theorem 5.2), of a network that solves the task."""
    return (sigma**2 * np.sum(weights.map**2) + solved.residual) / 2


def parameter_noise_loss(
    weights: Weights, solved: Solved, sigma: Float[np.ndarray, " S"], scaling: str = "paper"
) -> Float64[np.ndarray, " S"]:
    """`(S,)` expected losses under parameter noise, of a network that solves the task."""
    first, second = (sigma * scale for scale in layer_scales(solved, scaling))
    w1, w2 = weights
    n_out, n_hidden = w2.shape
    hidden = np.sum((w1 @ solved.x) ** 2) / solved.items
    own = first**2 * solved.power * np.sum(w2**2) + n_out * second**2 * hidden
    both = first**2 * second**2 * n_hidden * n_out * solved.power
    return (own + both + solved.residual) / 2


def least_input_noise_loss(
    solved: Solved, sigma: Float[np.ndarray, " S"]
) -> Float64[np.ndarray, " S"]:
    """`(S,)` what no solution is below under input noise; least-squares solutions are at it."""
    return (sigma**2 * np.sum(solved.map.values**2) + solved.residual) / 2


def least_parameter_noise_loss(
    solved: Solved, n_hidden: int, sigma: Float[np.ndarray, " S"], scaling: str = "paper"
) -> Float64[np.ndarray, " S"]:
    """`(S,)` what no solution is below under parameter noise."""
    first, second = (sigma * scale for scale in layer_scales(solved, scaling))
    n_out = len(solved.y)
    weighed = first * second * np.sqrt(n_out * solved.power / solved.items)
    both = first**2 * second**2 * n_hidden * n_out * solved.power
    return (2 * weighed * solved.fitted.values.sum() + both + solved.residual) / 2


def _losses(
    parts: list[Float[np.ndarray, "draws n_out P"]],
    residual: Float[np.ndarray, "n_out P"],
    sigma: Float[np.ndarray, " m"],
) -> Sampled:
    """Losses of outputs y + residual + Σ_i σ^i part i; parts `(D, n_out, P)` from i = 1 on."""
    draws, items = len(parts[0]), residual.shape[1]
    still = residual.ravel()
    flat = [part.reshape(draws, -1) for part in parts]
    losses = np.full((draws, len(sigma)), still @ still)
    for power, part in enumerate(flat, 1):
        losses += 2 * np.outer(part @ still, sigma**power)
        losses += np.outer(np.einsum("dn,dn->d", part, part), sigma ** (2 * power))
    if len(flat) == 2:
        losses += 2 * np.outer(np.einsum("dn,dn->d", *flat), sigma**3)
    losses /= 2 * items
    return Sampled(losses.mean(0), losses.std(0, ddof=1) / np.sqrt(draws))


def sampled_input_noise(
    networks: Mapping[str, Weights],
    solved: Solved,
    sigma: Float[np.ndarray, " n"],
    *,
    draws: int,
    key: int,
) -> dict[str, Sampled]:
    """Losses of networks over draws of input noise, the same draws for every network and σ."""
    noise = generator(key, _NOISE, 0).standard_normal((draws, *solved.x.shape))
    return {
        name: _losses([one.map @ noise], one.map @ solved.x - solved.y, sigma)
        for name, one in networks.items()
    }


def sampled_parameter_noise(
    networks: Mapping[str, Weights],
    solved: Solved,
    sigma: Float[np.ndarray, " n"],
    scaling: str = "paper",
    *,
    draws: int,
    key: int,
) -> dict[str, Sampled]:
    """Losses over draws of parameter noise, the same for every network and σ; they are alike in
    their number of neurons.
    """
    rng = generator(key, _NOISE, 1)
    first, second = layer_scales(solved, scaling)
    n_out, n_hidden = next(iter(networks.values())).w2.shape
    on_w1 = first * rng.standard_normal((draws, n_hidden, len(solved.x))) @ solved.x
    on_w2 = second * rng.standard_normal((draws, n_out, n_hidden))
    both = on_w2 @ on_w1
    found = {}
    for name, (w1, w2) in networks.items():
        hidden = w1 @ solved.x
        found[name] = _losses([w2 @ on_w1 + on_w2 @ hidden, both], w2 @ hidden - solved.y, sigma)
    return found
