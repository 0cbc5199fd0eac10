"""The arithmetic that input noise and parameter noise share, compiled once for any noise scale.

The first layer is linear, so with `P = W1 X` and `Q` the noise that reaches the first layer's
pre-activation per unit of σ (`W1 Ξ` for input noise, `N1 X` for parameter noise), every noise
scale needs only `relu(P + σ Q)`: the first matrix product is made once, not once a noise scale.
"""

from __future__ import annotations

from typing import Any

from dissociation._lazy import jax, jit, jnp

#: Label of padding rows; no prediction is ever wrong about them.
PADDING = -1


@jit()
def pre_activation(x: Any, weight: Any) -> Any:
    """`(n, in) @ (hidden, in)ᵀ -> (n, hidden)`."""
    return x @ weight.T


@jit()
def noisy_hidden(p: Any, q: Any, sigma: Any) -> Any:
    """`relu(P + σ Q)`, `(n, hidden)`."""
    return jax.nn.relu(p + sigma * q)


def _wrong(logits: Any, labels: Any) -> Any:
    return jnp.sum((jnp.argmax(logits, axis=1) != labels) & (labels != PADDING))


@jit()
def count_errors(h1: Any, w2: Any, w3: Any, labels: Any) -> Any:
    """Wrong predictions from first-layer activations `(n, hidden1)`; labels `(n,)` int32."""
    h2 = jax.nn.relu(h1 @ w2.T)
    return _wrong(h2 @ w3.T, labels)


@jit()
def count_errors_of_noisy_weights(
    h1: Any, w2: Any, n2: Any, w3: Any, n3: Any, labels: Any, sigma: Any
) -> Any:
    """The same with weights `W2 + σ N2`, `W3 + σ N3`: one product a layer, not two."""
    h2 = jax.nn.relu(h1 @ (w2 + sigma * n2).T)
    return _wrong(h2 @ (w3 + sigma * n3).T, labels)
