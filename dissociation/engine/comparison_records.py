"""How the findings of a comparison are written into the store and read back, validated."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dissociation.core.networks.normal_form import NormalForms
from dissociation.core.similarity import SIMILARITIES, Baseline
from dissociation.core.similarity.comparing import ComparisonResult
from dissociation.core.similarity.pictures import Picture
from dissociation.engine.store import DamagedEntry, pack, unpack

_ARRAYS = ("dissimilarity", "activations", "embedding")
_SCALES = ("largest_distance", "largest_activation")


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _plain_forms(found: NormalForms | None) -> list[Any] | None:
    if found is None:
        return None
    residual = found.residual if math.isfinite(found.residual) else None
    return [list(found.first), list(found.second), residual]


def _forms(values: Any) -> NormalForms | None:
    if values is None:
        return None
    (a, b), (c, d), residual = values
    different = math.inf if residual is None else float(residual)
    return NormalForms((int(a), int(b)), (int(c), int(d)), different)


def pack_comparison(findings: ComparisonResult) -> bytes:
    """Complete findings as npz bytes."""
    assert findings.pictures is not None
    pictures = dict(zip(("first", "second"), findings.pictures, strict=True))
    arrays = {
        f"{side}_{name}": getattr(picture, name)
        for side, picture in pictures.items()
        for name in _ARRAYS
    }
    meta = {
        "values": {name: _plain(value) for name, value in findings.values.items()},
        "images": findings.images,
        "equals": {name: _plain(value) for name, value in findings.equals.items()},
        "undefined": findings.undefined,
        "baselines": {
            name: [_plain(value) for value in found] for name, found in findings.baselines.items()
        },
        "widths": list(findings.widths),
        "normal_forms": _plain_forms(findings.normal_forms),
        "scales": {
            side: [getattr(picture, name) for name in _SCALES] for side, picture in pictures.items()
        },
    }
    return pack(arrays, meta)


def unpack_comparison(raw: bytes) -> ComparisonResult:
    """The findings back. **Raises:** `DamagedEntry` unless they are complete."""
    arrays, meta = unpack(raw)
    try:
        first, second = (_picture(side, arrays, meta) for side in ("first", "second"))
        values = {name: _number(meta["values"][name]) for name in SIMILARITIES}
        images = {name: int(meta["images"][name]) for name in SIMILARITIES}
        baselines = {
            name: Baseline(*(_number(value) for value in meta["baselines"][name]))
            for name in meta["baselines"]
        }
        equals = {name: _number(value) for name, value in meta["equals"].items()}
        undefined = {name: str(why) for name, why in meta["undefined"].items()}
        if {name for name in values if math.isnan(values[name])} != undefined.keys():
            raise ValueError("a value that is not defined says why")
        one, other = (int(width) for width in meta["widths"])
        forms = _forms(meta["normal_forms"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DamagedEntry("no findings") from error
    pictures, widths = (first, second), (one, other)
    return ComparisonResult(values, images, baselines, pictures, widths, forms, equals, undefined)


def _picture(side: str, arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> Picture:
    matrix, activations, points = (arrays[f"{side}_{name}"] for name in _ARRAYS)
    fits = (
        matrix.dtype == activations.dtype == np.uint8
        and matrix.ndim == activations.ndim == 2
        and matrix.shape == (len(activations), len(activations))
        and points.ndim == 2
        and points.shape[1] == 2
    )
    if not fits:
        raise DamagedEntry("another picture")
    furthest, strongest = (float(value) for value in meta["scales"][side])
    return Picture(matrix, furthest, activations, strongest, np.asarray(points, np.float32))
