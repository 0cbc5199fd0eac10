"""Networks from and to Equinox, whose `eqx.nn.MLP` can be more than a `Network` represents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dissociation.core._lazy import jax, jnp
from dissociation.core.networks.network import Network, check_network, initial_mlp
from dissociation.core.validation import InvalidValue

#: Where activation functions differ: around their kinks, and far from them.
PROBES = np.array([-1e6, -60, -6.5, -3, -1, -0.4, -1e-3, 0, 1e-3, 0.4, 1, 3, 6.5, 60, 1e6], "f4")


def from_mlp(mlp: Any) -> Network:
    """The weights of an `eqx.nn.MLP(784, 10, width, 2)` of ReLUs, without biases or with zeros.

    `logits(from_mlp(mlp), x)` equals `jax.vmap(mlp)(x)` up to rounding. What a [`Network`][] cannot
    represent is refused.

    **Raises:** `InvalidValue` that names the depth, the layer, the bias, the activation, or the
    shape or the values of a matrix.
    """
    import equinox as eqx

    if not _computes_as(mlp, eqx.nn.MLP):
        raise InvalidValue("mlp", type(mlp).__name__, "give an eqx.nn.MLP")
    if mlp.depth != 2:
        raise InvalidValue("depth", mlp.depth, "a network here has two hidden layers, depth = 2")
    layers = list(mlp.layers)
    for number, layer in enumerate(layers, start=1):
        if not _computes_as(layer, eqx.nn.Linear):
            raise InvalidValue(f"layer {number}", type(layer).__name__, "give an eqx.nn.Linear")
        if not _is_zero(layer.bias):
            allowed = "a network here has no biases; give use_bias=False, use_final_bias=False"
            raise InvalidValue(f"bias of layer {number}", layer.bias, allowed)
    if not _is_function(mlp.activation, np.maximum(PROBES, 0)):
        raise InvalidValue("activation", _named(mlp.activation), "give jax.nn.relu")
    if not _is_function(mlp.final_activation, PROBES):
        allowed = "a network here gives logits; leave it out"
        raise InvalidValue("final_activation", _named(mlp.final_activation), allowed)
    first, second, third = (layer.weight for layer in layers)
    # Hidden layers that are scanned over are stacked, be it only one.
    return check_network(Network(first, second[0] if mlp.scan else second, third))


def _computes_as(module: Any, kind: type) -> bool:
    return isinstance(module, kind) and type(module).__call__ is kind.__call__


def _is_zero(bias: Any) -> bool:
    return bias is None or not (isinstance(bias, jax.core.Tracer) or np.any(np.asarray(bias)))


def _named(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _is_function(function: Any, wanted: np.ndarray) -> bool:
    """Whether a function of one number has these values at `PROBES`."""
    try:
        with jax.ensure_compile_time_eval():
            values = np.asarray(jax.vmap(function)(jnp.asarray(PROBES)))
    except Exception:
        # Whoever's function it is: one that cannot be called is not the one that is wanted.
        return False
    return np.array_equal(values, wanted)


def to_mlp(network: Network) -> Any:
    """The same network as an `eqx.nn.MLP`; its hidden layers may differ in width.

    **Raises:** `InvalidValue` as [`check_network`][].
    """
    import equinox as eqx

    weights = tuple(jnp.asarray(weight) for weight in check_network(network, stacked=True))
    width = weights[0].shape[-2]
    template = eqx.filter_eval_shape(lambda key: initial_mlp(key, width), jax.random.PRNGKey(0))
    return eqx.tree_at(lambda mlp: tuple(layer.weight for layer in mlp.layers), template, weights)


def ensemble(networks: Sequence[Network]) -> Any:
    """Networks of equal widths as one `eqx.nn.MLP` pytree with a leading seed axis.

    **Raises:** `InvalidValue` if there is none, if they differ in width, or as [`check_network`][].
    """
    checked = [check_network(network) for network in networks]
    widths = {network.widths for network in checked}
    if len(widths) != 1:
        raise InvalidValue("widths", sorted(widths), "give networks of equal widths, at least one")
    stacked = (
        jnp.stack([jnp.asarray(w) for w in weights]) for weights in zip(*checked, strict=True)
    )
    return to_mlp(Network(*stacked))
