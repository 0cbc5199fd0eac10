"""How the findings of a phantom's study are written into the store and read back, validated."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.phantom.study import Frame, PhantomFindings, PhantomStudy
from dissociation.core.phantom.views import Shade
from dissociation.engine.store import DamagedEntry, pack, unpack

_CURVES = ("legibility", "unchanged")


def pack_phantom(findings: PhantomFindings) -> bytes:
    """Complete findings as npz bytes."""
    assert findings.check is not None
    shades = {"before": findings.before, "after": findings.after}
    shades |= {f"frame{n}": frame.picture for n, frame in enumerate(findings.frames)}
    arrays = {name: shade.values for name, shade in shades.items()}
    arrays |= {name: getattr(findings, name) for name in _CURVES}
    meta = {
        "ranges": {name: [shade.low, shade.high] for name, shade in shades.items()},
        "positions": [frame.position for frame in findings.frames],
        "neurons": findings.neurons,
        "residual": findings.residual,
        "clean": findings.clean,
        "check": dataclasses.asdict(findings.check),
    }
    return pack(arrays, meta)


def unpack_phantom(raw: bytes, study: PhantomStudy) -> PhantomFindings:
    """The findings back. **Raises:** `DamagedEntry` unless they are complete and of that study."""
    arrays, meta = unpack(raw)
    try:
        before, after = (_shade(name, arrays, meta) for name in ("before", "after"))
        positions = [int(position) for position in meta["positions"]]
        frames = tuple(
            Frame(position, _shade(f"frame{number}", arrays, meta))
            for number, position in enumerate(positions)
        )
        legibility, unchanged = (np.asarray(arrays[name], np.float64) for name in _CURVES)
        found = PhantomFindings(
            before,
            after,
            int(meta["neurons"]),
            float(meta["residual"]),
            float(meta["clean"]),
            FunctionCheck(**meta["check"]),
            legibility,
            unchanged,
            frames,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedEntry("no phantom") from error
    shape = (study.draws, len(study.x))
    fits = legibility.shape == unchanged.shape == shape and np.isfinite(legibility).all()
    if not fits or any(not 0 <= position < shape[1] for position in positions):
        raise DamagedEntry("another phantom")
    return found


def _shade(name: str, arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> Shade:
    values = arrays[name]
    if values.dtype != np.uint8 or values.ndim != 2:
        raise DamagedEntry("another picture")
    low, high = (float(end) for end in meta["ranges"][name])
    return Shade(values, low, high)
