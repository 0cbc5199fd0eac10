"""How the causes of fragility, and norms, are written into the store and read back, validated."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dissociation.core.networks.normal_form import Kinds
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import (
    SCALES,
    WIDTHS,
    Measured,
    NoiseDecompositionResult,
    Predicted,
)
from dissociation.core.theory.margins import BINS
from dissociation.core.theory.noise_sources import Sources
from dissociation.core.theory.norms import Norms
from dissociation.engine.store import DamagedEntry, pack, unpack

_NETWORKS = ("sources", "trained", "balanced")
_MEANS = {"terms": 3, "products": 4, "sizes": 3}
_PREDICTED = {
    "clean": (BINS,),
    "margins": (len(SCALES), BINS),
    "errors": (len(SCALES),),
    "by_width": (len(WIDTHS),),
    "width": (len(SCALES),),
}
_MEASURED = {"samples": (), "noise": (4,), "error": (4,), "margins": (BINS,), "wrong": ()}


def pack_causes(findings: NoiseDecompositionResult) -> bytes:
    """Complete findings as npz bytes."""
    arrays: dict[str, np.ndarray] = {}
    for name in _NETWORKS:
        sources = getattr(findings, name)
        assert sources is not None
        arrays |= {f"{name}_{what}": getattr(sources, what) for what in _MEANS}
        for layer in range(2):
            arrays[f"{name}_incoming{layer}"] = sources.incoming[layer]
            arrays[f"{name}_outgoing{layer}"] = sources.outgoing[layer]
    for layer, kinds in enumerate(findings.kinds):
        arrays |= {f"copies{layer}": kinds.copies, f"say{layer}": kinds.contributes}
    predicted = findings.predicted
    arrays |= {f"predicted_{name}": getattr(predicted, name) for name in _PREDICTED}
    arrays |= {f"measured_{name}": getattr(findings.measured, name) for name in _MEASURED}
    meta = {
        "images": findings.sources.images,
        "limit": predicted.limit,
        "logit_change": findings.logit_change,
        "changed": findings.changed,
    }
    return pack(arrays, meta)


def unpack_causes(raw: bytes, study: NoiseDecomposition) -> NoiseDecompositionResult:
    """The findings back. **Raises:** `DamagedEntry` unless they are complete and of that study."""
    arrays, meta = unpack(raw)
    try:
        images = int(meta["images"])
        if images != study.images:
            raise DamagedEntry("another sample")
        sources, trained, balanced = (_sources(name, images, arrays) for name in _NETWORKS)
        kinds = [_kinds(layer, arrays, sources) for layer in range(2)]
        predicted = Predicted(
            float(meta["limit"]),
            **{
                name: _array(f"predicted_{name}", arrays, shape)
                for name, shape in _PREDICTED.items()
            },
        )
        measured = Measured(
            **{
                name: _array(f"measured_{name}", arrays, (len(SCALES), *more))
                for name, more in _MEASURED.items()
            }
        )
        if np.any(measured.samples != images * study.draws):
            raise DamagedEntry("not complete")
        rest = float(meta["logit_change"]), int(meta["changed"])
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedEntry("no causes") from error
    return NoiseDecompositionResult(
        sources, (kinds[0], kinds[1]), predicted, measured, trained, balanced, *rest
    )


def _array(name: str, arrays: dict[str, np.ndarray], shape: tuple[int, ...] | None) -> np.ndarray:
    values = np.asarray(arrays[name], np.float64)
    if not np.isfinite(values).all() or (shape is not None and values.shape != shape):
        raise DamagedEntry(f"{name} of another form")
    return values


def _sources(name: str, images: int, arrays: dict[str, np.ndarray]) -> Sources:
    means = {what: _array(f"{name}_{what}", arrays, (size,)) for what, size in _MEANS.items()}
    into = [_array(f"{name}_incoming{layer}", arrays, None) for layer in range(2)]
    out = [_array(f"{name}_outgoing{layer}", arrays, into[layer].shape) for layer in range(2)]
    if any(part.ndim != 1 for part in into):
        raise DamagedEntry("no neurons")
    return Sources(images=images, **means, incoming=(into[0], into[1]), outgoing=(out[0], out[1]))


def _kinds(layer: int, arrays: dict[str, np.ndarray], sources: Sources) -> Kinds:
    shape = sources.incoming[layer].shape
    copies = _array(f"copies{layer}", arrays, shape).astype(int)
    return Kinds(copies, _array(f"say{layer}", arrays, shape) > 0)


def pack_norms(norms: Norms) -> bytes:
    """The norms of a network as npz bytes."""
    return pack({}, norms._asdict())


def unpack_norms(raw: bytes) -> Norms:
    """The norms back. **Raises:** `DamagedEntry`."""
    _, meta = unpack(raw)
    try:
        (t1, t2, t3), (h1, h2) = _numbers(meta["terms"]), _numbers(meta["activations"])
        w1, w2, w3 = _numbers(meta["weights"])
        p12, p13, p23, p123 = _numbers(meta["products"])
        (margin,) = _numbers([meta["margin"]])
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedEntry("no norms") from error
    return Norms((t1, t2, t3), (p12, p13, p23, p123), margin, (h1, h2), (w1, w2, w3))


def _numbers(values: Any) -> list[float]:
    found = [float(value) for value in values]
    if not all(map(math.isfinite, found)):
        raise DamagedEntry("no numbers")
    return found
