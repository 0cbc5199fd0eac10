"""Manipulations of one hidden layer that leave the network's function as it is.

Each takes the incoming weights `(hidden, in)` and the outgoing weights `(out, hidden)` of a layer,
returns the new pair, and can be mapped over an ensemble with `jax.vmap`, `equinox.filter_vmap` or
`bmap`.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from dissociation.core.manipulations.duplicate import duplicate_layer
from dissociation.core.manipulations.nuisance import counterbalanced
from dissociation.core.manipulations.scale import scale_layer
from dissociation.core.validation import check_integer, check_number

MOST_NEURONS = 1_000_000


def _check_layer(w_in: jax.Array, w_out: jax.Array) -> tuple[jax.Array, jax.Array]:
    w_in, w_out = jnp.asarray(w_in), jnp.asarray(w_out)
    if w_in.ndim != 2 or w_out.ndim != 2 or w_in.shape[0] != w_out.shape[1]:
        raise ValueError(
            "w_in (hidden, in) and w_out (out, hidden) expected, "
            f"not {w_in.shape} and {w_out.shape}."
        )
    return w_in, w_out


def scale_neurons(
    w_in: jax.Array, w_out: jax.Array, scale_factor: float | jax.Array = 0.1
) -> tuple[jax.Array, jax.Array]:
    """Scales a layer up and its readout down (Dinh et al. 2017, *Sharp minima can generalize*).

    **Arguments:**

    - `w_in`: `(hidden, in)`; `w_out`: `(out, hidden)`.
    - `scale_factor`: positive factor of the incoming weights; the outgoing ones are divided by it.

    **Returns:** the new pair, of the same shapes.

    **Raises:** `InvalidValue` for a number that is not in [1e-6, 1e6]; `ValueError` for shapes that
    do not belong together.
    """
    w_in, w_out = _check_layer(w_in, w_out)
    if not isinstance(scale_factor, jax.core.Tracer):
        scale_factor = check_number("scale_factor", scale_factor, 1e-6, 1e6)
    return scale_layer(w_in, w_out, scale_factor)


def duplicate_neurons(
    w_in: jax.Array, w_out: jax.Array, duplicate_multiplier: float = 1.2
) -> tuple[jax.Array, jax.Array]:
    """Copies neurons and shares their outgoing weights (Şimşek et al. 2021; Net2Wider).

    Every neuron is there `floor(m)` times, copies side by side; the first
    `floor((m mod 1) * hidden)` are there once more, after all others.

    **Arguments:**

    - `w_in`: `(hidden, in)`; `w_out`: `(out, hidden)`.
    - `duplicate_multiplier`: the factor `m >= 1` by which the layer grows.

    **Returns:** the new pair, `(hidden', in)` and `(out, hidden')`.

    **Raises:** `InvalidValue` unless `1 <= m <= 100`; `ValueError` for shapes that do not belong
    together.
    """
    w_in, w_out = _check_layer(w_in, w_out)
    multiplier = check_number("duplicate_multiplier", duplicate_multiplier, 1, 100)
    return duplicate_layer(w_in, w_out, multiplier)


def add_random_zero_neurons(
    w_in: jax.Array,
    w_out: jax.Array,
    num_zero_groups: int = 3,
    neurons_per_group: int = 4,
    *,
    key: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    """Adds groups of neurons that cancel in the output (Şimşek et al. 2021, zero-type neurons).

    As in the notebook, *all* added neurons share one incoming vector, of standard normal entries
    whatever the scale of the trained weights.

    **Arguments:**

    - `w_in`: `(hidden, in)`; `w_out`: `(out, hidden)`.
    - `num_zero_groups`: number of groups.
    - `neurons_per_group`: neurons in a group. Their outgoing weights sum to zero; a neuron on its
      own has none.
    - `key`: draws the incoming vector and, folded in with 1, the outgoing weights.

    **Returns:** the new pair, with `num_zero_groups * neurons_per_group` more neurons at the end.

    **Raises:** `InvalidValue` for a number of groups or neurons out of range; `ValueError` for
    shapes that do not belong together.
    """
    w_in, w_out = _check_layer(w_in, w_out)
    groups = check_integer("num_zero_groups", num_zero_groups, 0, MOST_NEURONS)
    size = check_integer("neurons_per_group", neurons_per_group, 1, MOST_NEURONS)
    outputs, inputs = w_out.shape[0], w_in.shape[1]
    incoming = jnp.repeat(jax.random.normal(key, (1, inputs)), groups * size, axis=0)
    drawn = jax.random.normal(jax.random.fold_in(key, 1), (groups, size, outputs))
    outgoing = counterbalanced(drawn)
    return (
        jnp.concatenate([w_in, incoming], axis=0),
        jnp.concatenate([w_out, outgoing], axis=1),
    )
