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
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from dissociation.core.numerics import check_configuration
from dissociation.core.pauses import pause, taking, turn

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
            self._name, self._module = name, None

        def __getattr__(self, attribute: str) -> Any:
            if self._module is None:
                own, load = turn(), functools.partial(importlib.import_module, self._name)
                self._module = load() if own is None else own.beside(load)
            return getattr(self._module, attribute)

    class _LazyJax(_LazyModule):
        def __getattr__(self, attribute: str) -> Any:
            check_configuration()
            return super().__getattr__(attribute)

    jax, jnp = map(_LazyJax, ("jax", "jax.numpy"))
    interpolate, linalg = map(_LazyModule, ("scipy.interpolate", "scipy.linalg"))
    special, stats = map(_LazyModule, ("scipy.special", "scipy.stats"))
    distance = _LazyModule("scipy.spatial.distance")


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

        names = list(inspect.signature(function).parameters)
        compiled: set[Any] = set()

        def compiled_for(args: Any, kwargs: Any) -> Any:
            """What tells programs apart: static arguments by value, others by shape and type."""
            given = dict(zip(names, args, strict=False)) | kwargs
            static = [(name, given.pop(name)) for name in static_argnames if name in given]
            leaves, structure = jax.tree.flatten(given)
            kinds = [(np.shape(leaf), getattr(leaf, "dtype", type(leaf))) for leaf in leaves]
            return tuple(static), structure, tuple(kinds)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            check_configuration()
            own = turn()
            if own is None:
                return jitted()(*args, **kwargs)

            if (kind := compiled_for(args, kwargs)) not in compiled:
                # Nothing interrupts a compilation, and most take longer than what they compile.
                # It alone: two programs that run at a time wait for each other's threads, for ever.
                own.beside(lambda: jitted().lower(*args, **kwargs).compile())
                compiled.add(kind)
            pause()
            with taking(None):
                # In the background it would go on while others have their turn.
                return jax.block_until_ready(jitted()(*args, **kwargs))

        call.jitted = jitted  # type: ignore[attr-defined]
        return call  # type: ignore[return-value]

    return decorate
