"""Normal draws of any shape without a compilation for every shape.

JAX's default generator (Threefry, partitionable) numbers the entries of a draw and hashes each
number with the key, so a longer draw from the same key begins with the shorter one. Every draw here
is a flat one of a bucketed length, cut and shaped on the host: entry for entry what
`jax.random.normal(key, shape)` gives.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dissociation._lazy import jax, jit
from dissociation.buckets import bucket


@jit(static_argnames=("size",))
def _normal(key: Any, *, size: int) -> Any:
    return jax.random.normal(key, (size,))


def normal(key: Any, shape: tuple[int, ...]) -> np.ndarray:
    """`jax.random.normal(key, shape)` as a read-only float32 NumPy array.

    **Arguments:**

    - `key`: a JAX key; `shape`: of any size.
    """
    count = math.prod(shape)
    return np.asarray(_normal(key, size=bucket(count)))[:count].reshape(shape)
