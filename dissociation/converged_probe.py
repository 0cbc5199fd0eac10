"""The converged probe: a softmax regression that says what the features hold, whatever their scale.

Features are centred and divided by one global root mean square, the regression is optimised to a
gradient tolerance, and its penalty is chosen on held-out folds; so, unlike the notebook's probe
(`probes.py`), it is blind to scale. All folds are trained together, as there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dissociation._lazy import jax, jit, jnp
from dissociation.buckets import bucket, column_bucket
from dissociation.errors import check_finite
from dissociation.probes import (
    NUM_FOLDS,
    Blocks,
    ProbeResult,
    held_out,
    in_blocks,
    slope_over_blocks,
    softmax_over_classes,
    training_share,
)

#: Penalties that the converged probe chooses from, strongest first, each a warm start for the next.
PENALTIES = (1e-1, 1e-2, 1e-3)
TOLERANCE = 1e-4
#: Enough to tell which penalty predicts best; only that one is then optimised to the tolerance.
CHOICE_TOLERANCE = 2e-3
MAX_ITERATIONS = 400


@jit(static_argnames=("num_folds",))
def _converge(
    data: Blocks, curvature: Any, penalty: Any, start: Any, tolerance: Any, *, num_folds: int
) -> tuple[Any, Any, Any, Any]:
    """Minimises all folds' penalised losses by preconditioned accelerated gradient descent.

    The Hessian of softmax regression is at most ½ XᵀX/n (Böhning 1992), for every fold at once up
    to the factor n / n_train. In principal axes that is diagonal, and its inverse as preconditioner
    makes the step size 1 safe and the speed independent of the features' scale and correlations.
    Momentum restarts whenever it points uphill (O'Donoghue & Candès 2015).

    **Arguments:**

    - `data`: features in principal axes, the last column constant 1; `curvature`: `(d,)` of each.
    - `start`: `(folds · classes, d)` weights; `tolerance`: on the gradient, relative to that at 0.

    **Returns:** weights, held-out scores `(blocks, classes, rows)`, iterations, final gradient.
    """
    x, y, folds, count = data
    blocks, rows, depth = x.shape
    share = training_share(folds.reshape(-1), num_folds)
    bound = share.max() * jnp.sum((folds >= 0).astype(jnp.float32))
    share = share.reshape(num_folds, blocks, 1, rows)
    # The intercept, in the last column, is not penalised.
    shrink = penalty * jnp.ones((1, depth)).at[:, -1].set(0.0)
    inverse = 1.0 / (bound * (curvature[None, :] + shrink + 1e-6))

    def gradient(weights):
        def residual_of(k, products):
            probabilities = softmax_over_classes(products.reshape(num_folds, -1, rows))
            return ((probabilities - y[k][None]) * share[:, k]).reshape(len(start), rows)

        return slope_over_blocks(x, count, weights, residual_of)[0] + shrink * weights

    scale = jnp.linalg.norm(gradient(jnp.zeros_like(start)))

    def unfinished(carry):
        _, _, _, iteration, norm = carry
        return (iteration < MAX_ITERATIONS) & (norm > tolerance * scale)

    def step(carry):
        weights, ahead, momentum, iteration, _ = carry
        slope = gradient(ahead)
        moved = ahead - slope * inverse
        uphill = jnp.sum(slope * (moved - weights)) > 0
        following = jnp.where(uphill, 1.0, (1 + jnp.sqrt(1 + 4 * momentum**2)) / 2)
        inertia = jnp.where(uphill, 0.0, (momentum - 1) / following)
        return (
            moved,
            moved + inertia * (moved - weights),
            following,
            iteration + 1,
            jnp.linalg.norm(slope),
        )

    first = (start, start, jnp.float32(1), jnp.int32(0), jnp.float32(jnp.inf))
    weights, _, _, iterations, norm = jax.lax.while_loop(unfinished, step, first)

    def predict(k, found):
        scores = (weights @ x[k].T).reshape(num_folds, -1, rows)
        return found.at[k].set(held_out(scores, folds[k]))

    scores = jax.lax.fori_loop(0, count, predict, jnp.zeros_like(y))
    return weights, scores, iterations, norm / scale


def principal_axes(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centred features over one global root mean square, turned into their principal axes.

    A rotation changes neither the penalty nor what can be fitted. With fewer rows than columns the
    axes come from the small matrix of inner products, and there are only as many as rows.

    **Arguments:**

    - `x`: `(n, d)` features.

    **Returns:** `(n, min(n, d))` features and the mean square of each, both float32.
    """
    # By a power of two, which changes no digit: squares of very large features would overflow, and
    # those of very small ones vanish.
    x = np.ldexp(x, -np.frexp(np.abs(x).max())[1])
    centred = x - x.mean(0, keepdims=True, dtype=np.float64).astype(np.float32)
    scale = np.sqrt(np.mean(np.square(centred), dtype=np.float64))
    centred /= max(float(scale), 1e-30)
    if len(x) < x.shape[1]:
        squares, turned = np.linalg.eigh(centred @ centred.T)
        squares = np.maximum(squares, 0)
        turned *= np.sqrt(squares)
    else:
        squares, axes = np.linalg.eigh(centred.T @ centred)
        turned = centred @ axes
    return turned, np.maximum(squares, 0) / np.float32(len(x))


@jit()
def _held_out_loss(scores: Any, data: Blocks) -> Any:
    losses = -jnp.sum(data.y * jax.nn.log_softmax(scores, axis=1), axis=1)
    real = (data.folds >= 0).astype(jnp.float32)
    return jnp.sum(losses * real) / real.sum()


def converged_probe(
    x: np.ndarray,
    classes: np.ndarray,
    num_classes: int,
    *,
    num_folds: int = NUM_FOLDS,
    room: int = 0,
) -> ProbeResult:
    """L2-regularised softmax regression, normalised and optimised to a gradient tolerance.

    **Arguments:**

    - `x`: `(n, d)` features, centred and divided by one global root mean square before use.
    - `classes`: `(n,)` ints below `num_classes`.
    - `num_folds`: contiguous folds; the penalty with the least held-out cross-entropy is chosen.
    - `room`: rows of the largest call to come, so that one program serves all of them.

    **Returns:** a [`ProbeResult`][] that says whether it converged. **Raises:** `NotFinite`.
    """
    turned, squares = principal_axes(x)
    rows, axes = turned.shape
    columns = column_bucket(bucket(axes + 1))
    features = np.zeros((rows, columns), np.float32)
    features[:, :axes], features[:, -1] = turned, 1
    curvature = np.zeros(columns, np.float32)
    curvature[:axes], curvature[-1] = 0.5 * squares, 0.5
    data = in_blocks(features, classes, num_classes, num_folds, columns=columns, room=room)
    device_curvature = jax.device_put(curvature)

    def descend(start: Any, penalty: float, tolerance: float) -> Any:
        strength, limit = jnp.float32(penalty), jnp.float32(tolerance)
        return _converge(data, device_curvature, strength, start, limit, num_folds=num_folds)

    weights = jnp.zeros((num_folds * num_classes, columns))
    candidates = []
    for penalty in PENALTIES:
        weights, scores, spent, _ = descend(weights, penalty, CHOICE_TOLERANCE)
        candidates.append((float(_held_out_loss(scores, data)), penalty, weights, int(spent)))
    _, penalty, weights, spent = min(candidates, key=lambda candidate: candidate[0])
    _, scores, more, gradient = descend(weights, penalty, TOLERANCE)
    check_finite("The converged probe met numbers that are not finite.", scores)
    predicted = np.asarray(scores).argmax(1).reshape(-1)[:rows]
    return ProbeResult(
        predicted,
        penalty,
        spent + int(more),
        float(gradient),
        bool(gradient <= TOLERANCE),
    )
