"""JAX and SciPy on demand: the science can be imported, and a page drawn, before they are loaded.

Importing JAX takes about a second, which is a second of blank page if it happens before the first
paint. The modules of this package therefore take `jax`, `jnp`, `jit` and parts of SciPy from here.
The import itself happens on the first attribute that is used, in whichever thread needs it first.

Whatever the science computes with JAX passes here, and is refused while a setting of JAX's would
change its numbers; see `numerics`.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from dissociation.numerics import check_configuration

if TYPE_CHECKING:
    import jax as jax
    import jax.numpy as jnp
    from scipy import interpolate as interpolate
    from scipy import linalg as linalg
    from scipy import special as special
    from scipy import stats as stats
    from scipy.spatial import distance as distance
else:

    class _LazyModule:
        def __init__(self, name: str):
            self._name = name

        def __getattr__(self, attribute: str) -> Any:
            return getattr(importlib.import_module(self._name), attribute)

    class _LazyJax(_LazyModule):
        def __getattr__(self, attribute: str) -> Any:
            check_configuration()
            return super().__getattr__(attribute)

    jax, jnp = map(_LazyJax, ("jax", "jax.numpy"))
    interpolate, linalg = map(_LazyModule, ("scipy.interpolate", "scipy.linalg"))
    special, stats = map(_LazyModule, ("scipy.special", "scipy.stats"))
    distance = _LazyModule("scipy.spatial.distance")

from dissociation.pauses import pause, taking, turn

F = TypeVar("F", bound=Callable[..., Any])


def jit(
    *, static_argnames: tuple[str, ...] = (), donate_argnames: tuple[str, ...] = ()
) -> Callable[[F], F]:
    """`jax.jit` whose compilation machinery is loaded at the first call.

    **Arguments:**

    - `static_argnames`, `donate_argnames`: as in `jax.jit`.

    **Returns:** a decorator. The decorated function has an attribute `jitted()` that gives the
    underlying `jax.jit` object (its `_cache_size()` counts compilations).
    """

    def decorate(function: F) -> F:
        @functools.cache
        def jitted() -> Any:
            return jax.jit(
                function, static_argnames=static_argnames, donate_argnames=donate_argnames
            )

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            check_configuration()
            if turn() is None:
                return jitted()(*args, **kwargs)
            pause()
            # A program is compiled and runs in one go; in the background it would go on while
            # others have their turn.
            with taking(None):
                return jax.block_until_ready(jitted()(*args, **kwargs))

        call.jitted = jitted  # type: ignore[attr-defined]
        return call  # type: ignore[return-value]

    return decorate
