"""A regression task with all that the closed forms are made of: its compact SVDs and projectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64

from dissociation.core.linear.task import Regression, generator

#: What the bases of subspaces are drawn for; see `subspace_basis`.
_BASES = 4

#: Singular values below this share of the largest are zeros that were rounded.
TOLERANCE = 1e-10


class CompactSVD(NamedTuple):
    """`left` `(m, r)`, `values` `(r,)` above 0, `right` `(n, r)`: left · diag(values) · rightᵀ."""

    left: Float64[np.ndarray, "d n"]
    values: Float64[np.ndarray, " n"]
    right: Float64[np.ndarray, "k n"]

    @property
    def rank(self) -> int:
        """How many there are."""
        return len(self.values)


def compact_svd(matrix: Float[np.ndarray, "n d"]) -> CompactSVD:
    """The singular values of a matrix that are not zero, with their vectors (paper, App. B.1)."""
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    kept = values > TOLERANCE * values[0] if values[0] > 0 else np.zeros(len(values), bool)
    return CompactSVD(left[:, kept], values[kept], right[kept].T)


def pinv(matrix: np.ndarray) -> np.ndarray:
    """The Moore-Penrose inverse, with the ranks of [`compact_svd`][]."""
    left, values, right = compact_svd(matrix)
    return right / values @ left.T


def subspace_basis(projector: Float[np.ndarray, "n n"], rank: int) -> Float64[np.ndarray, "n rank"]:
    """`(n, rank)` orthonormal basis of a subspace that depends on the subspace alone.

    Eigenvectors and singular vectors have arbitrary signs, and where their values are equal any
    rotation of them is as good: which ones are found differs between machines. So free parameters
    are counted along this basis instead: fixed random vectors, projected, and made orthonormal in
    the symmetric way (the polar factor, which is unique).
    """
    drawn = generator(0, _BASES).standard_normal((len(projector), rank))
    left, _, right = np.linalg.svd(projector @ drawn, full_matrices=False)
    return left @ right


def _turn(found: CompactSVD) -> Float64[np.ndarray, "r r"]:
    """`(r, r)` orthogonal: right singular vectors by the basis of the space they span."""
    return found.right.T @ subspace_basis(found.right @ found.right.T, found.rank)


class Solved(NamedTuple):
    """A task and what its solutions have in common.

    - `x`, `y`: `(n_in, P)`, `(n_out, P)`.
    - `inputs`: compact SVD A B Cᵀ of the inputs (paper, Eq. 6).
    - `map`: compact SVD U S Vᵀ of the least-squares map Σyx Σxx⁺ = Y X⁺ (Eq. 7).
    - `fitted`: compact SVD M N Oᵀ of Y C Cᵀ, what the best network answers (Eq. 16).
    - `map_turn`, `fitted_turn`: `(r, r)` orthogonal, from [`subspace_basis`][] of the row space to
      the right singular vectors.
    - `irrelevant`: `(n_in, m)` orthonormal input directions that are observed but of no use.
    - `unobserved`: `(n_in, n_in)` projector on the input directions without data.
    """

    x: Float64[np.ndarray, "n_in P"]
    y: Float64[np.ndarray, "n_out P"]
    inputs: CompactSVD
    map: CompactSVD
    fitted: CompactSVD
    map_turn: Float64[np.ndarray, "r r"]
    fitted_turn: Float64[np.ndarray, "r r"]
    irrelevant: Float64[np.ndarray, "n_in m"]
    unobserved: Float64[np.ndarray, "n_in n_in"]

    @property
    def rank(self) -> int:
        """r, of the least-squares map."""
        return self.map.rank

    @property
    def items(self) -> int:
        """P."""
        return self.x.shape[1]

    @property
    def least_squares(self) -> Float64[np.ndarray, "n_out n_in"]:
        """`(n_out, n_in)` Σyx Σxx⁺."""
        return self.map.left * self.map.values @ self.map.right.T

    @property
    def answers(self) -> Float64[np.ndarray, "n_out P"]:
        """`(n_out, P)` outputs of every solution."""
        return self.fitted.left * self.fitted.values @ self.fitted.right.T

    @property
    def power(self) -> float:
        """Mean squared norm of an input, tr Σxx."""
        return float(np.sum(self.x**2) / self.items)

    @property
    def residual(self) -> float:
        """Twice the loss of every solution without noise: c = tr Σyy − tr(Σyx Σxx⁺ Σyxᵀ)."""
        return float(np.sum((self.y - self.answers) ** 2) / self.items)


def solve(task: Regression) -> Solved:
    """The compact SVDs of a task."""
    x, y = task
    inputs = compact_svd(x)
    least_squares = y @ inputs.right / inputs.values @ inputs.left.T
    found = compact_svd(least_squares)
    fitted = compact_svd(y @ inputs.right @ inputs.right.T)
    # P_i = A Aᵀ − V Vᵀ (paper, Section 3) as an orthonormal basis.
    observed = inputs.left @ inputs.left.T
    spare = observed - found.right @ found.right.T
    irrelevant = subspace_basis(spare, inputs.rank - found.rank)
    unobserved = np.eye(len(x)) - observed
    turns = _turn(found), _turn(fitted)
    return Solved(x, y, inputs, found, fitted, *turns, irrelevant, unobserved)
