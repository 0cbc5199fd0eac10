"""Networks as the seed notebook makes them, with Equinox alone: what ours must be equal to."""

from __future__ import annotations

import equinox as eqx
import jax


def notebook_networks(keys: jax.Array, width: int) -> eqx.nn.MLP:
    """The initial networks of some keys, all at once; their weights begin with an axis for them."""

    @eqx.filter_vmap
    def build(key: jax.Array) -> eqx.nn.MLP:
        return eqx.nn.MLP(
            784,
            10,
            width_size=width,
            depth=2,
            activation=jax.nn.relu,
            use_bias=False,
            use_final_bias=False,
            key=key,
        )

    return build(keys)
