"""Normal draws of any shape without a compilation for every shape.

JAX's default generator (Threefry, partitionable) numbers the entries of a draw and hashes each
number with the key, so any stretch of a draw can be had by itself. Every draw here is made of
stretches of two lengths, cut and shaped on the host: entry for entry what
`jax.random.normal(key, shape)` gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float32, UInt32

from dissociation.core._lazy import jax, jit, jnp

#: A JAX key: two words.
Key: TypeAlias = UInt32[Any, " 2"]
#: One key a network.
Keys: TypeAlias = Sequence[Key] | UInt32[Any, "networks 2"]
#: Entries that are drawn at once: of what is left, and of long draws.
SHORT, LONG = 1 << 14, 1 << 18
#: Random bits of a float32 that come into its fraction, and the bits of 1.
FRACTION, ONE = 23, 0x3F800000


@jit(static_argnames=("size",))
def _stretch(key: Key, start: UInt32[Any, ""], *, size: int) -> Float32[Any, " n"]:
    """Entries `start` to `start + size` of `jax.random.normal(key, (n,))`.

    Drawn as JAX does: uniform between −1 and 1, then by the inverse of the distribution.
    """
    import jax.extend.random as extended

    numbers = start + jax.lax.iota(np.uint32, size)
    words = extended.threefry2x32_p.bind(key[0], key[1], jnp.zeros_like(numbers), numbers)
    bits = (words[0] ^ words[1]) >> np.uint32(32 - FRACTION) | np.uint32(ONE)
    floats = jax.lax.bitcast_convert_type(bits, np.float32) - np.float32(1)
    low, high = np.nextafter(np.float32(-1), np.float32(0)), np.float32(1)
    uniform = jnp.maximum(low, floats * (high - low) + low)
    return np.float32(math.sqrt(2)) * jax.lax.erf_inv(uniform)


def normal(key: Any, shape: tuple[int, ...]) -> Float32[np.ndarray, " ..."]:
    """`jax.random.normal(key, shape)` as a read-only float32 NumPy array.

    **Arguments:**

    - `key`: a JAX key; `shape`: of any size.
    """
    count = math.prod(shape)
    words = key if key.dtype == np.uint32 else jax.random.key_data(key)
    stretches, start = [np.empty(0, np.float32)], 0
    while start < count:
        size = LONG if count - start >= LONG // 2 else SHORT
        stretches.append(np.asarray(_stretch(words, np.uint32(start), size=size)))
        start += size
    found = np.concatenate(stretches)[:count].reshape(shape)
    found.setflags(write=False)
    return found
