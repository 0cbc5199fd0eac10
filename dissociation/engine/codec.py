"""Any result as bytes, and back: what is read is held to what the result's class declares."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import AbstractArray, jaxtyped

from dissociation.core.study import Result, Study
from dissociation.engine.store import DamagedEntry, pack, unpack

_NOT_STORED, _SECONDS = "study", "seconds of computing"


class Stored(NamedTuple):
    """A result and the compute time it took."""

    result: Any
    seconds: float


def encode(result: Result, seconds: float = 0.0) -> bytes:
    """A result as checksummed npz bytes, without its study.

    **Arguments:**

    - `seconds`: of compute time that it took.
    """
    arrays: dict[str, np.ndarray] = {}
    fields = {f.name: getattr(result, f.name) for f in dataclasses.fields(result)}
    del fields[_NOT_STORED]
    meta = {name: _plain(part, name, arrays) for name, part in fields.items()}
    return pack(arrays, {**meta, _SECONDS: seconds})


def decode(raw: bytes, study: Study, *, whole: bool = True) -> Stored:
    """A result of a study.

    **Arguments:**

    - `whole`: whether it must be complete.

    **Raises:** `DamagedEntry` unless types, shapes and finiteness are what the study's `result`
    declares, and it is complete if it must be.
    """
    arrays, meta = unpack(raw)
    kind = study.result
    if meta.keys() != {*_hints(kind), _SECONDS} - {_NOT_STORED}:
        raise DamagedEntry(f"no result of {study.name}: it has other fields")
    try:
        parts = {
            name: _read(hint, meta[name], arrays, finite=name not in kind.may_be_undefined)
            for name, hint in _hints(kind).items()
            if name != _NOT_STORED
        }
        with jaxtyped("context"):
            _check_shapes(kind, parts)
        found = kind(study=study, **parts)
        if whole and found.progress != 1:
            raise DamagedEntry("not complete, or of another study")
        return Stored(found, float(meta[_SECONDS]))
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise DamagedEntry(f"no result of {study.name}") from error


def _plain(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return name
    if isinstance(value, dict):
        return {key: _plain(part, f"{name}.{key}", arrays) for key, part in value.items()}
    fields = _field_names(type(value))
    if fields:
        return {part: _plain(getattr(value, part), f"{name}.{part}", arrays) for part in fields}
    if isinstance(value, tuple):
        return [_plain(part, f"{name}.{number}", arrays) for number, part in enumerate(value)]
    # JSON has no word for what is not finite.
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    return {name: hint for name, hint in _all_hints(kind).items() if name in _field_names(kind)}


@functools.cache
def _all_hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _field_names(kind: Any) -> tuple[str, ...]:
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return getattr(kind, "_fields", ())


def _read(hint: Any, value: Any, arrays: dict[str, np.ndarray], *, finite: bool) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        (hint,) = (argument for argument in arguments if argument is not type(None))
        return _read(hint, value, arrays, finite=finite)
    if origin is dict:
        inner = {
            key: _read(arguments[1], part, arrays, finite=finite) for key, part in value.items()
        }
        return inner
    if origin is tuple:
        every = arguments[-1] is Ellipsis
        pairs = zip([arguments[0]] * len(value) if every else arguments, value, strict=True)
        return tuple(_read(part, plain, arrays, finite=finite) for part, plain in pairs)
    if _is_array(hint):
        array = arrays[value]
        if finite and not np.isfinite(array).all():
            raise ValueError("numbers that are not finite")
        return array
    if fields := _field_names(hint):
        hints = _hints(hint)
        parts = {name: _read(hints[name], value[name], arrays, finite=finite) for name in fields}
        with jaxtyped("context"):
            _check_shapes(hint, parts)
        return hint(**parts)
    if hint is float:
        number = float(value)
        if finite and not np.isfinite(number):
            raise ValueError("a number that is not finite")
        return number
    if hint is not Any and type(value) is not hint:
        raise TypeError(f"not of type {hint}")
    return value


def _is_array(hint: Any) -> bool:
    return hint is np.ndarray or (isinstance(hint, type) and issubclass(hint, AbstractArray))


def _check_shapes(kind: Any, parts: dict[str, Any]) -> None:
    for name, hint in _hints(kind).items():
        if name == _NOT_STORED:
            continue
        hints = typing.get_args(hint) if typing.get_origin(hint) is tuple else (hint,)
        values = parts[name] if typing.get_origin(hint) is tuple else (parts[name],)
        for own, value in zip(hints, values, strict=False):
            if _is_array(own) and not isinstance(value, own):
                raise ValueError(f"{name} of another form")
