"""The notebook's probe: held-out predictions of a softmax regression."""

from __future__ import annotations

import jax

from dissociation.core.validation import check_integer


def crossval_softmax_predict(
    x: jax.Array, y: jax.Array, num_splits: int = 10, *, key: jax.Array | None
) -> jax.Array:
    """Held-out class probabilities of a linear probe (Braun, Grant & Saxe 2025, transfer panel).

    Softmax regression with intercept, from zero, 200 steps of full-batch gradient descent on the
    mean cross-entropy with learning rate 0.2. It stops long before convergence, so its error
    depends on the scale of the features as well as on what they hold.

    **Arguments:**

    - `x`: `(n, d)` features.
    - `y`: `(n, c)` one-hot classes.
    - `num_splits`: number of contiguous folds; each is predicted by a probe fitted to the others.
    - `key`: unused; nothing here is random.

    **Returns:** `(n, c)` softmax probabilities.

    **Raises:** `InvalidValue` unless `2 <= num_splits <= n`; `ValueError` if `x` and `y` are not
    matrices of equally many rows.
    """
    del key
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y):
        raise ValueError(f"x (n, d) and y (n, c) expected, not {x.shape} and {y.shape}.")
    num_splits = check_integer("num_splits", num_splits, 2, len(x))
    from dissociation.core.measures.probes import notebook_probe_logits

    return jax.nn.softmax(notebook_probe_logits(x, y, num_folds=num_splits), axis=-1)
