"""The four solution families of a two-layer linear network, in closed form (paper, Section 3).

With the compact SVDs of [`Solved`][dissociation.core.linear.solved.Solved]:

- general (GLS, Theorem 3.1): Ω1 = Q√S Vᵀ + Γ1 P_i + Γ2 P_u and Ω2 = U√S Q⁺ + Ψ + Γ3 (I − HH⁺),
  where Ψ cancels what Γ1 P_i puts into the space of Q;
- least-squares (LSS, Theorem 3.3): those whose function Ω2 Ω1 has the least norm. The theorem lets
  Γ2 be and corrects Ω2 by Φ; here Γ2 is projected onto the null space of Ω2, which gives the same
  set (Ω2 Ω1 P_u = 0) and never inverts a random matrix;
- minimum-representation-norm (MRNS, Theorem 3.5): Ω2 = M√N Rᵀ, Ω1 = R√N Oᵀ X⁺ + Γ2 P_u;
- minimum-weight-norm (MWNS, Theorem 3.7): Ω2 = U√S Rᵀ, Ω1 = R√S Vᵀ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64

from dissociation.core.linear.freedom import Freedom
from dissociation.core.linear.solved import TOLERANCE, Solved
from dissociation.core.validation import InvalidValue, check_integer

MOST_HIDDEN = 32


class Weights(NamedTuple):
    """`w1` `(n_hidden, n_in)` and `w2` `(n_out, n_hidden)`; of T networks with a leading axis."""

    w1: Float64[np.ndarray, " ..."]
    w2: Float64[np.ndarray, " ..."]

    @property
    def map(self) -> Float64[np.ndarray, " ..."]:
        """`(n_out, n_in)`, the network's function."""
        return self.w2 @ self.w1

    def one(self, number: int) -> Weights:
        """One of T networks."""
        return Weights(self.w1[number], self.w2[number])


def check_hidden(n_hidden: object, n_in: int, n_out: int) -> int:
    """How many hidden neurons there are.

    **Raises:** `InvalidValue` if they are a bottleneck (paper, Assumption 2.2) or too many.
    """
    least = min(n_in, n_out)
    found = check_integer("n_hidden", n_hidden, 1, MOST_HIDDEN)
    if found < least:
        allowed = (
            f"{n_in} inputs and {n_out} outputs need at least {least} hidden neurons, the smaller "
            "of both, or the hidden layer is a bottleneck"
        )
        raise InvalidValue("n_hidden", found, allowed)
    return found


def _exponentials(
    symmetric: Float[np.ndarray, "n d d"],
) -> tuple[Float64[np.ndarray, "n d d"], Float64[np.ndarray, "n d d"]]:
    """exp(L) and exp(−L) of symmetric matrices."""
    values, vectors = np.linalg.eigh(symmetric)
    sizes = np.exp(values)[..., None, :]
    return (vectors * sizes) @ vectors.mT, (vectors / sizes) @ vectors.mT


def units(solved: Solved, n_hidden: int) -> tuple[float, float]:
    """Root mean square of the weights W1 and W2 in the minimum-weight-norm solution."""
    total = solved.map.values.sum()
    n_in, n_out = len(solved.x), len(solved.y)
    return float(np.sqrt(total / (n_hidden * n_in))), float(np.sqrt(total / (n_hidden * n_out)))


def _from_unobserved(
    solved: Solved, freedom: Freedom, spread: float
) -> Float64[np.ndarray, "n d k"]:
    """Γ2 P_u."""
    unit = units(solved, freedom.rotation.shape[-1])[0]
    return spread * unit * freedom.unobserved @ solved.unobserved


def _on_the_data(solved: Solved, freedom: Freedom, spread: float) -> Weights:
    """General solutions but for Γ2."""
    rank, room = freedom.overlap.shape[-2:]
    roots = np.sqrt(solved.map.values)
    relevant, spare, left = np.split(freedom.rotation, [rank, rank + room], axis=-1)
    turn = solved.map_turn
    relevant = relevant @ turn.T
    stretched, shrunk = _exponentials(spread * (turn @ freedom.stretch @ turn.T))
    own, own_inverse = _exponentials(spread * freedom.irrelevant)
    q, q_inverse = relevant @ stretched, shrunk @ relevant.mT
    overlap = spread * (turn @ freedom.overlap)
    size = spread * np.sqrt(np.mean(solved.map.values))
    irrelevant = size * (spare @ own + q @ overlap)
    w1 = q * roots @ solved.map.right.T + irrelevant @ solved.irrelevant[:, :room].T
    correction = -overlap @ own_inverse @ spare.mT
    unoccupied = spread * units(solved, freedom.rotation.shape[-1])[1] * freedom.unoccupied
    w2 = solved.map.left * roots @ (q_inverse + correction) + unoccupied @ left @ left.mT
    return Weights(w1, w2)


def general(solved: Solved, freedom: Freedom, spread: float = 1.0) -> Weights:
    """General linear solutions.

    **Arguments:**

    - `freedom`: their free parameters.
    - `spread`: how far these reach, in units of the minimum-weight-norm solution; at 0 it is that.
    """
    w1, w2 = _on_the_data(solved, freedom, spread)
    return Weights(w1 + _from_unobserved(solved, freedom, spread), w2)


def least_squares(solved: Solved, freedom: Freedom, spread: float = 1.0) -> Weights:
    """Least-squares solutions; arguments as of [`general`][]."""
    w1, w2 = _on_the_data(solved, freedom, spread)
    unseen = _from_unobserved(solved, freedom, spread)
    if not unseen.any():
        return Weights(w1, w2)
    return Weights(w1 + unseen - np.linalg.pinv(w2, rcond=TOLERANCE) @ (w2 @ unseen), w2)


def minimum_representation(solved: Solved, freedom: Freedom, spread: float = 1.0) -> Weights:
    """Minimum-representation-norm solutions; arguments as of [`general`][]."""
    left, values, right = solved.fitted
    r = freedom.rotation[..., : solved.rank] @ solved.fitted_turn.T * np.sqrt(values)
    inverse = solved.inputs.right / solved.inputs.values @ solved.inputs.left.T
    unseen = _from_unobserved(solved, freedom, spread)
    return Weights(r @ right.T @ inverse + unseen, left @ r.mT)


def minimum_weight(solved: Solved, freedom: Freedom, spread: float = 1.0) -> Weights:
    """Minimum-weight-norm solutions; only the rotation of their freedom matters."""
    del spread
    left, values, right = solved.map
    r = freedom.rotation[..., : solved.rank] @ solved.map_turn.T * np.sqrt(values)
    return Weights(r @ right.T, left @ r.mT)


@dataclass(frozen=True)
class Family:
    """One family of solutions.

    - `name`: for addresses; `short`, `label`: for people.
    - `minimises`: what its members have least of, in words.
    - `definition`, `form`: in LaTeX, `form` one of Ω1 and one of Ω2; `cite`: where they stand in
      the paper.
    - `build`: from a task and free parameters to a member.
    """

    name: str
    short: str
    label: str
    minimises: str
    definition: str
    form: tuple[str, str]
    cite: str
    build: Callable[[Solved, Freedom, float], Weights]


_CORE = r"\Omega_1 = Q\sqrt{S}V^\top + \Gamma_1 P_i + \Gamma_2 P_u"
FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family(
            "gls",
            "GLS",
            "general linear solution",
            "nothing: any network of least error",
            r"W_2 W_1 \Sigma_{xx} = \Sigma_{yx}",
            (_CORE, r"\Omega_2 = U\sqrt{S}Q^{+} + \Psi + \Gamma_3(I - HH^{+})"),
            "Definition 2.3, Theorem 3.1",
            general,
        ),
        Family(
            "lss",
            "LSS",
            "least-squares solution",
            "the norm of the function",
            r"\min \lVert W_2 W_1 \rVert_F^2",
            (
                _CORE,
                r"\begin{aligned}\Omega_2 ={}& U\sqrt{S}Q^{+} + \Psi + \Phi\\"
                r"&+ \Gamma_3(I - \Omega_1\Omega_1^{+})\end{aligned}",
            ),
            "Definition 3.2, Theorem 3.3",
            least_squares,
        ),
        Family(
            "mrns",
            "MRNS",
            "minimum-representation-norm solution",
            "the norms of hidden layer and readout",
            r"\min \lVert W_1 X \rVert_F^2 + \lVert W_2 \rVert_F^2",
            (r"\Omega_1 = R\sqrt{N}O^\top X^{+} + \Gamma_2 P_u", r"\Omega_2 = M\sqrt{N}R^\top"),
            "Definition 3.4, Theorem 3.5",
            minimum_representation,
        ),
        Family(
            "mwns",
            "MWNS",
            "minimum-weight-norm solution",
            "the norms of both weight matrices",
            r"\min \lVert W_1 \rVert_F^2 + \lVert W_2 \rVert_F^2",
            (r"\Omega_1 = R\sqrt{S}V^\top", r"\Omega_2 = U\sqrt{S}R^\top"),
            "Definition 3.6, Theorem 3.7",
            minimum_weight,
        ),
    )
}
