"""The arithmetic that input noise and parameter noise share, compiled once for any noise scale.

The first layer is linear, so with `P = W1 X` and `Q` the noise that reaches the first layer's
pre-activation per unit of σ (`W1 Ξ` for input noise, `N1 X` for parameter noise), every noise
scale needs only `relu(P + σ Q)`: the first matrix product is made once, not once a noise scale.

The second layer's products are made once for all conditions (`shared_rows.py`): `rows` stacks the
distinct rows of their weights and of their noise, and each condition picks and scales its own.
Where conditions share too little for that to pay, weights and noise are added before the product.
Activations are stored feature-major, `(features, images)`, so picking a row copies one run of
memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dissociation._lazy import jax, jit, jnp
from dissociation.measures.shared_rows import (
    Selection,
    SharedRows,
    bucket,
    pad_rows,
    shared_rows,
)
from dissociation.network import Network

#: Label of padding images; no prediction is ever wrong about them.
PADDING = -1


@jit()
def pre_activation(weight: Any, x: Any) -> Any:
    """`(hidden, in) @ (n, in)ᵀ -> (hidden, n)`."""
    return weight @ x.T


@jit()
def _products(rows: Any, p: Any, q: Any, sigma: Any) -> Any:
    """`rows · relu(P + σ Q)`, `(distinct rows, n)`."""
    return rows @ jax.nn.relu(p + sigma * q)


@jit()
def _noisy_products(rows: Any, ripple: Any, p: Any, q: Any, sigma: Any) -> Any:
    """`(rows + σ ripple) · relu(P + σ Q)`: one product for weights and noise together."""
    return (rows + sigma * ripple) @ jax.nn.relu(p + sigma * q)


def _wrong(logits: Any, labels: Any) -> Any:
    return jnp.sum((jnp.argmax(logits, axis=0) != labels) & (labels != PADDING))


@jit()
def _errors(products: Any, pick: Selection, w3: Any, labels: Any) -> Any:
    h2 = jax.nn.relu(pick.factor[:, None] * products[pick.index])
    return _wrong(w3 @ h2, labels)


@jit()
def _errors_of_noisy_readout(
    products: Any, pick: Selection, w3: Any, n3: Any, labels: Any, sigma: Any
) -> Any:
    h2 = jax.nn.relu(pick.factor[:, None] * products[pick.index])
    return _wrong((w3 + sigma * n3) @ h2, labels)


@jit()
def _errors_of_noisy_weights(
    products: Any, pick: Selection, noise: Selection, w3: Any, n3: Any, labels: Any, sigma: Any
) -> Any:
    signal = pick.factor[:, None] * products[pick.index]
    ripple = (sigma * noise.factor)[:, None] * products[noise.index]
    return _wrong((w3 + sigma * n3) @ jax.nn.relu(signal + ripple), labels)


class Condition(NamedTuple):
    """What one condition adds to the products that all share; on the device, padded."""

    pick: Selection
    noise: Selection | None
    w3: Any
    n3: Any


class Shared(NamedTuple):
    """Conditions of one seed with equal first layers (and equal noise on them)."""

    w1: Any
    n1: Any
    rows: Any
    ripple: Any
    conditions: tuple[Condition, ...]
    members: tuple[int, ...]


def _selection(pick: Selection, offset: int = 0) -> Selection:
    size = bucket(len(pick.index))
    # Index 0 with factor 0: padding neurons are silent, whatever row they point at.
    return Selection(
        jnp.asarray(pad_rows(pick.index + np.int32(offset), size)),
        jnp.asarray(pad_rows(pick.factor, size)),
    )


def _columns(matrix: Any) -> Any:
    array = np.asarray(matrix, np.float32)
    return jnp.asarray(pad_rows(array.T, bucket(array.shape[1])).T)


def _padded_rows(*parts: np.ndarray) -> Any:
    stacked = np.concatenate(parts)
    return jnp.asarray(pad_rows(stacked, bucket(len(stacked))))


def share(networks: list[Network], noises: list[Network] | None = None) -> list[Shared]:
    """Groups conditions of one seed so that each product is made once.

    **Arguments:**

    - `networks`: one a condition; `noises`: noise per unit of σ on each one's weights, if any.
    """
    groups: list[list[int]] = []
    for number, network in enumerate(networks):
        for group in groups:
            first = group[0]
            same = np.array_equal(networks[first].w1, network.w1)
            if same and noises is not None:
                same = np.array_equal(noises[first].w1, noises[number].w1)
            if same:
                group.append(number)
                break
        else:
            groups.append([number])
    return [_shared(group, networks, noises) for group in groups]


def _shared(members: list[int], networks: list[Network], noises: list[Network] | None) -> Shared:
    weights = [np.asarray(networks[member].w2) for member in members]
    signal = shared_rows(weights)
    own = sum(map(len, weights))
    ripple, noise = None, None
    if noises is None:
        rows = _padded_rows(signal.rows)
    else:
        draws = [np.asarray(noises[member].w2) for member in members]
        noise = shared_rows(draws)
        if len(signal.rows) + len(noise.rows) < own:
            rows = _padded_rows(signal.rows, noise.rows)
        else:
            rows, ripple = _padded_rows(*weights), _padded_rows(*draws)
            signal, noise = _own_rows(weights), None
    conditions = tuple(
        Condition(
            _selection(signal.selections[place]),
            None if noise is None else _selection(noise.selections[place], len(signal.rows)),
            _columns(networks[member].w3),
            None if noises is None else _columns(noises[member].w3),
        )
        for place, member in enumerate(members)
    )
    first = members[0]
    return Shared(
        jnp.asarray(networks[first].w1),
        None if noises is None else jnp.asarray(noises[first].w1),
        rows,
        ripple,
        conditions,
        tuple(members),
    )


def _own_rows(matrices: list[np.ndarray]) -> SharedRows:
    """Every matrix keeps all of its own rows."""
    edges = np.cumsum([0, *map(len, matrices)])
    selections = tuple(
        Selection(np.arange(a, b, dtype=np.int32), np.ones(b - a, np.float32))
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    )
    return SharedRows(np.concatenate(matrices), selections)


def count_errors(shared: Shared, p: Any, q: Any, sigmas: list[Any], labels: Any) -> np.ndarray:
    """Wrong predictions of each condition at each noise scale.

    **Arguments:**

    - `shared`: the conditions; `p`, `q`: `(hidden1, n)` pre-activation and its noise.
    - `sigmas`: float32 scalars; `labels`: `(n,)` int32, `PADDING` for padding.

    **Returns:** `(conditions, sigmas)` int64.
    """
    counts: list[Any] = []
    for sigma in sigmas:
        if shared.ripple is None:
            products = _products(shared.rows, p, q, sigma)
        else:
            products = _noisy_products(shared.rows, shared.ripple, p, q, sigma)
        counts.extend(_count(products, condition, labels, sigma) for condition in shared.conditions)
    flat = np.array([int(count) for count in counts], np.int64)
    return flat.reshape(len(sigmas), len(shared.conditions)).T


def _count(products: Any, condition: Condition, labels: Any, sigma: Any) -> Any:
    pick, noise, w3, n3 = condition
    if n3 is None:
        return _errors(products, pick, w3, labels)
    if noise is None:
        return _errors_of_noisy_readout(products, pick, w3, n3, labels, sigma)
    return _errors_of_noisy_weights(products, pick, noise, w3, n3, labels, sigma)
