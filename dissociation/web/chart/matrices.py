"""Matrices of bytes on their way to a chart."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from dissociation.core.buckets import pad_to


def matrix(values: np.ndarray) -> dict[str, Any]:
    """`(height, width)` uint8, row by row from the top."""
    return {"bytes": base64.b64encode(values.tobytes()).decode(), "shape": list(values.shape)}


def bitmap(values: np.ndarray) -> dict[str, Any]:
    """A matrix in the order of a bitmap: lowest row first, each a multiple of four bytes long."""
    height, width = values.shape
    padded = pad_to(values[::-1], height, -(-width // 4) * 4)
    return {**matrix(padded), "shape": [height, width], "stride": padded.shape[1]}
