"""Numbers as JSON has them."""

from __future__ import annotations

from typing import Any

import numpy as np


def plain_numbers(values: Any) -> list[float | None]:
    """Values as JSON has them: six digits, and `None` for what is not finite."""
    return [float(f"{v:.6g}") if np.isfinite(v) else None for v in np.asarray(values, float)]


def plain_number(value: float) -> float | None:
    """One value, as [`plain_numbers`][] has them."""
    return plain_numbers([value])[0]


def line(key: str, x: Any, y: Any, detail: str = "") -> dict[str, Any]:
    """A trace without a band."""
    return {"key": key, "x": plain_numbers(x), "y": plain_numbers(y), "detail": detail}
