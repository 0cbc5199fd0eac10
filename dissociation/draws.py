"""Normal draws of any shape without a compilation for every shape.

JAX's default generator (Threefry, partitionable) numbers the entries of a draw and hashes each
number with the key, so a longer draw from the same key begins with the shorter one. Every draw here
is a flat one whose length is a power of two, or one and a half, cut and shaped on the host: entry
for entry what `jax.random.normal(key, shape)` gives.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dissociation._lazy import jax, jit


@jit(static_argnames=("size",))
def _normal(key: Any, *, size: int) -> Any:
    return jax.random.normal(key, (size,))


def _length(count: int) -> int:
    power = 1 << max(count - 1, 0).bit_length()
    return power * 3 // 4 if count <= power * 3 // 4 else power


def normal(key: Any, shape: tuple[int, ...]) -> np.ndarray:
    """`jax.random.normal(key, shape)` as a read-only float32 NumPy array.

    **Arguments:**

    - `key`: a JAX key; `shape`: of any size.
    """
    count = math.prod(shape)
    return np.asarray(_normal(key, size=_length(count)))[:count].reshape(shape)
