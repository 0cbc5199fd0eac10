"""`equinox.filter_vmap` in batches: the same result in bounded memory."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.tree_util as jtu

from dissociation.core.validation import check_integer, is_integer

ARRAYS = eqx.if_array(0)
LARGEST_BATCH = 2**31 - 1


def bmap(
    fun: Callable[..., Any],
    *,
    in_axes: Any = ARRAYS,
    out_axes: Any = ARRAYS,
    axis_name: Hashable = None,
    axis_size: int | None = None,
    batch_size: int | None = None,
) -> Callable[..., Any]:
    """Maps a function over an axis as `equinox.filter_vmap` does, a batch at a time.

    The batches are of equal size, at most `batch_size`, and run one after another in a
    `jax.lax.map`: `fun` is traced once, and no more than one batch of intermediate values is alive.
    Without a `batch_size`, everything is one batch.

    **Arguments:**

    - `fun`: a pure function of positional arguments.
    - `in_axes`: as in `equinox.filter_vmap`: an integer, `None`, a callable `leaf -> int | None`, a
      tuple with a prefix of the arguments, or a dictionary by argument name. Integers concern
      arrays; other leaves (activation functions, strings) are passed on as they are.
    - `out_axes`: an integer, `None`, a callable or a prefix of the output. Integers concern arrays
      and numbers; other leaves of the output are returned as they are. By default only arrays get
      the new axis, and numbers are returned as they are, too.
    - `axis_name`: name for collectives, which are possible only if the axis fits in one batch.
    - `axis_size`: size of the axis, needed only if no argument is mapped.
    - `batch_size`: how many elements are evaluated together at most; all of them by default.

    **Returns:** the mapped function.

    **Raises:** `TypeError` if `fun` is not callable, `InvalidValue` if `batch_size` is not a
    positive whole number. The mapped function raises `TypeError` for keyword arguments and
    `ValueError` for axes that do not fit the arguments, or each other.
    """
    if not callable(fun):
        raise TypeError(f"bmap maps a function, not {fun!r}.")
    limit = LARGEST_BATCH
    if batch_size is not None:
        limit = check_integer("batch_size", batch_size, 1, LARGEST_BATCH)

    def mapped(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise TypeError(f"bmap maps positional arguments only; given by name: {list(kwargs)}.")
        axes = _in_axes(fun, in_axes, args)
        size = _mapped_size(args, axes, axis_size)
        if size is None or size <= limit:
            whole = eqx.filter_vmap(
                fun,
                in_axes=axes,
                out_axes=jtu.tree_map(_on_leaf, out_axes, is_leaf=_is_none),
                axis_name=axis_name,
                axis_size=axis_size,
            )
            return whole(*args)
        try:
            return _in_batches(fun, args, axes, out_axes, size, limit)
        except NameError as error:
            if axis_name is None or "unbound axis name" not in str(error):
                raise
            raise ValueError(
                f"A collective over axis {axis_name!r} needs the whole axis in one batch: "
                f"batch_size >= {size}, not {limit}."
            ) from error

    # Not `functools.wraps`: a callable module's weights are no attributes of the mapped function.
    return functools.update_wrapper(mapped, fun, updated=())


def _in_batches(
    fun: Callable[..., Any], args: Any, axes: Any, out_axes: Any, size: int, limit: int
) -> Any:
    mapped, broadcast = _mapped_and_broadcast(args, axes)
    count = -(-size // limit)
    batch = -(-size // count)
    batches = jtu.tree_map(lambda x, axis: _split(x, axis, count, batch), mapped, axes)
    fixed: dict[str, Any] = {}  # what of the output is no array, found while tracing

    def one(element: Any) -> tuple[Any, Any]:
        out = fun(*eqx.combine(element, broadcast))
        fixed["axes"] = _resolve("out_axes", out_axes, out)
        split, shared = _mapped_and_broadcast(out, fixed["axes"])
        shared_arrays, fixed["leaves"] = eqx.partition(shared, eqx.is_array)
        return split, shared_arrays

    # The size is given for the case that no argument is mapped; the indices, for `lax.map`'s sake.
    in_batch = jax.vmap(one, out_axes=(0, None), axis_size=batch)
    split, shared = jax.lax.map(lambda item: in_batch(item[1]), (jnp.arange(count), batches))
    split = jtu.tree_map(lambda x, axis: _join(x, axis, size), split, fixed["axes"])
    return eqx.combine(split, jtu.tree_map(lambda x: x[0], shared), fixed["leaves"])


def _split(x: Any, axis: int, count: int, batch: int) -> jax.Array:
    x = jnp.moveaxis(jnp.asarray(x), axis, 0)
    missing = count * batch - len(x)
    if missing:
        # The last element again, not zeros: `fun` may not be finite, or differentiable, at zero.
        x = jnp.concatenate([x, jnp.broadcast_to(x[-1:], (missing, *x.shape[1:]))])
    return x.reshape(count, batch, *x.shape[1:])


def _join(x: jax.Array, axis: int, size: int) -> jax.Array:
    return jnp.moveaxis(x.reshape(-1, *x.shape[2:])[:size], 0, axis)


def _in_axes(fun: Callable[..., Any], in_axes: Any, args: tuple[Any, ...]) -> Any:
    if isinstance(in_axes, dict):
        names = list(inspect.signature(fun).parameters)[: len(args)]
        unknown = [name for name in in_axes if name not in names]
        if unknown:
            raise ValueError(f"in_axes names {unknown}, but the arguments given are {names}.")
        in_axes = tuple(in_axes.get(name, ARRAYS) for name in names)
    return _resolve("in_axes", in_axes, args)


def _resolve(name: str, spec: Any, tree: Any) -> Any:
    """The axis, or `None`, of each leaf of `tree`."""
    leafwise = jtu.tree_map(_on_leaf, spec, is_leaf=_is_none)
    try:
        return jtu.tree_map(jtu.tree_map, leafwise, tree)
    except ValueError as error:
        raise ValueError(
            f"{name} = {spec!r} is no prefix of what it maps: {jtu.tree_structure(tree)}."
        ) from error


def _on_leaf(spec: Any) -> Callable[[Any], int | None]:
    if not (spec is None or callable(spec) or is_integer(spec)):
        raise ValueError(f"Axes are integers, None or callables, not {spec!r}.")

    def axis_of(leaf: Any) -> int | None:
        axis = spec(leaf) if callable(spec) else spec
        return None if axis is None or not eqx.is_array_like(leaf) else int(axis)

    return axis_of


def _mapped_size(args: Any, axes: Any, axis_size: int | None) -> int | None:
    """The common size of all mapped axes; `None` if nothing is mapped."""
    sizes: dict[str, int] = {}
    leaves, _ = jtu.tree_flatten_with_path(_mapped_and_broadcast(args, axes)[0])
    for (path, leaf), axis in zip(leaves, jtu.tree_leaves(axes), strict=True):
        where, shape = f"argument {jtu.keystr(path)}", jnp.shape(leaf)
        if not -len(shape) <= axis < len(shape):
            raise ValueError(f"There is no axis {axis} to map in {where} of shape {shape}.")
        sizes[where] = shape[axis]
    if axis_size is not None:
        sizes["axis_size"] = axis_size
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{where}: {size}" for where, size in sizes.items())
        raise ValueError(f"The mapped axes differ in size ({listed}).")
    return next(iter(sizes.values()), None)


def _mapped_and_broadcast(tree: Any, axes: Any) -> tuple[Any, Any]:
    return eqx.partition(tree, jtu.tree_map(lambda a: a is not None, axes, is_leaf=_is_none))


def _is_none(x: Any) -> bool:
    return x is None
