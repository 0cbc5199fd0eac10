"""The normal form of a network: what is left when every exact symmetry has been undone.

Positive rescaling, permutation, duplication and zero-type neurons leave a ReLU network's function
as it is (Şimşek et al., *Geometry of the loss landscape in overparameterized neural networks*, ICML
2021). Undoing them in a fixed way gives one and the same network for all of these rewrites:

1. each neuron's incoming weights get norm 1, its outgoing weights take the factor;
2. neurons with the same incoming weights are merged, their outgoing weights added;
3. neurons that contribute nothing (outgoing weights 0) or do not respond (incoming 0) are dropped;
4. neurons are ordered by the norm of their outgoing weights, largest first.

Layer 2 goes first, as neurons of layer 1 may contribute only to some of layer 2 that do not;
then layer 1, which changes what layer 2 reads; and again, until no neuron goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Integer

from dissociation.core.networks.network import Network
from dissociation.core.pauses import MUCH, pause, pieces

#: Cosine from which two neurons count as the same: apart from rounding of float32.
SAME = 1 - 1e-5
#: Outgoing norm, relative to the layer's largest, up to which a neuron contributes nothing.
NO_CONTRIBUTION = 1e-5
#: Neurons whose outgoing weights are added up in a moment.
NEURONS = 512


def _rows_at_once(others: Float[np.ndarray, "m d"]) -> int:
    """How many rows are compared with all others in some tenths of a second."""
    return max(16, min(1_024, int(MUCH / max(1, others.size))))


def _first_alike(directions: Float[np.ndarray, "h d"]) -> Integer[np.ndarray, " h"]:
    """`(h,)` the index of the first neuron with the same direction, for each of `(h, d)`."""
    first = np.arange(len(directions))
    size = _rows_at_once(directions)
    for rows in pieces(len(directions), size):
        alike = directions[rows] @ directions[: rows.stop].T > SAME
        # A neuron is alike to itself, whatever rounding, or a number that is none, makes of it.
        alike[np.arange(len(alike)), np.arange(rows.start, rows.stop)] = True
        first[rows] = np.argmax(alike, axis=1)
    # A neuron alike to one that is itself alike to an earlier one belongs to that.
    return first[first]


def _merged(
    directions: Float[np.ndarray, "h d"], outgoing: Float[np.ndarray, "outputs h"]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Neurons with the same direction as one.

    **Returns:** `(m,)` the first neuron of each group, `(h,)` the group of each neuron, `(out, m)`
    outgoing weights, added up, and `(m,)` whether there is anything left of them.
    """
    first = _first_alike(directions)
    kept, group = np.unique(first, return_inverse=True)
    pause()
    merged = np.zeros((len(outgoing), len(kept)))
    for some in pieces(len(group), NEURONS):
        np.add.at(merged.T, group[some], outgoing.T[some])
    pause()
    # A group that cancels is compared with what it is made of, not with what is left of it.
    parts = np.zeros(len(kept))
    np.maximum.at(parts, group, np.linalg.norm(outgoing, axis=0))
    pause()
    contributes = np.linalg.norm(merged, axis=0) > NO_CONTRIBUTION * parts
    return kept, group, merged, contributes


def _reduced(
    w_in: Float[np.ndarray, "hidden inputs"], w_out: Float[np.ndarray, "outputs hidden"]
) -> tuple[Float[np.ndarray, "merged inputs"], Float[np.ndarray, "outputs merged"]]:
    """Incoming weights of norm 1, merged, of neurons that contribute; outgoing weights."""
    norms = np.linalg.norm(np.asarray(w_in, np.float64), axis=1)
    pause()
    responds = norms > 0
    directions = (w_in[responds] / norms[responds, None]).astype(np.float32)
    pause()
    outgoing = np.asarray(w_out, np.float64)[:, responds] * norms[responds]
    kept, _, merged, contributes = _merged(directions, outgoing)
    return directions[kept][contributes], merged[:, contributes].astype(np.float32)


class Kinds(NamedTuple):
    """What each neuron of a hidden layer is.

    - `copies`: `(hidden,)` how many neurons have its direction, itself included.
    - `contributes`: `(hidden,)` whether the contributions of all of those do not cancel.
    """

    copies: Integer[np.ndarray, " hidden"]
    contributes: Bool[np.ndarray, " hidden"]


def neuron_kinds(
    w_in: Float[np.ndarray, "hidden inputs"], w_out: Float[np.ndarray, "outputs hidden"]
) -> Kinds:
    """Tells duplicates, and neurons that contribute nothing (nuisance), by the weights alone.

    **Arguments:**

    - `w_in`: `(hidden, in)`; `w_out`: `(out, hidden)`.
    """
    norms = np.linalg.norm(np.asarray(w_in, np.float64), axis=1)
    responds = norms > 0
    copies, contributes = np.ones(len(w_in), int), np.zeros(len(w_in), bool)
    if responds.any():
        pause()
        directions = (w_in[responds] / norms[responds, None]).astype(np.float32)
        pause()
        outgoing = np.asarray(w_out, np.float64)[:, responds] * norms[responds]
        _, group, _, of_group = _merged(directions, outgoing)
        copies[responds] = np.bincount(group)[group]
        contributes[responds] = of_group[group]
    return Kinds(copies, contributes)


def normal_form(network: Network) -> Network:
    """The network with the same function and none of its symmetries left."""
    w1, w2, w3 = (np.asarray(weight) for weight in network)
    widths = None
    while widths != (len(w1), len(w2)):
        widths = len(w1), len(w2)
        w2, w3 = _reduced(w2, w3)
        w1, w2 = _reduced(w1, w2)
    # Layer 1 has put its factors into what layer 2 reads.
    w2, w3 = _reduced(w2, w3)
    order1 = np.argsort(-np.linalg.norm(w2, axis=0), kind="stable")
    order2 = np.argsort(-np.linalg.norm(w3, axis=0), kind="stable")
    return Network(w1[order1], w2[np.ix_(order2, order1)], w3[:, order2])


@dataclass(frozen=True)
class NormalForms:
    """The normal forms of two networks, held against each other.

    - `first`, `second`: neurons in the hidden layers of each.
    - `residual`: largest difference of a weight, relative to the largest weight of its layer;
      infinite if the forms differ in size.
    """

    first: tuple[int, int]
    second: tuple[int, int]
    residual: float


def compare_normal_forms(first: Network, second: Network) -> NormalForms:
    """How far two networks are from being exact rewrites of one another."""
    one, other = normal_form(first), normal_form(second)
    if one.widths != other.widths or 0 in one.widths:
        return NormalForms(one.widths, other.widths, float("inf"))
    # Norms that are equal but for rounding may be ordered either way: neurons are matched.
    match1 = _matching(one.w1, other.w1)
    w1, w2 = other.w1[match1], other.w2[:, match1]
    match2 = _matching(one.w2, w2)
    pairs = ((one.w1, w1), (one.w2, w2[match2]), (one.w3, other.w3[:, match2]))
    residual = max(float(np.abs(a - b).max() / np.abs(a).max()) for a, b in pairs)
    return NormalForms(one.widths, other.widths, residual)


def _matching(
    one: Float[np.ndarray, "n d"], other: Float[np.ndarray, "m d"]
) -> Integer[np.ndarray, " n"]:
    """For each row of `one`, the row of `other` that is most alike."""
    size = _rows_at_once(other)
    found = [np.argmax(one[rows] @ other.T, axis=1) for rows in pieces(len(one), size)]
    return np.concatenate(found)
