"""Few sizes instead of many: what grows with a slider is padded, so that little is compiled.

JAX compiles a program once for every shape it meets. Widths, numbers of rows and numbers of draws
are therefore rounded up to the sizes given here and filled with zeros, which change nothing.
"""

from __future__ import annotations

import numpy as np

SMALLEST = 16
#: XLA's products on a CPU are up to half as fast again where this divides the columns (measured).
COLUMNS = 64
#: Neurons that are computed at once.
BLOCK = 1_024


def bucket(size: int) -> int:
    """The next of sixteen sizes an octave: at most about a sixteenth larger."""
    step = max(SMALLEST, 2 ** ((max(size, 1) - 1).bit_length() - 5))
    return -(-size // step) * step


def column_bucket(size: int) -> int:
    """The next multiple of 64 above 64, of 16 below: for the columns of matrix products."""
    step = COLUMNS if size > COLUMNS else SMALLEST
    return -(-size // step) * step


def blocks(size: int) -> list[tuple[int, int, int]]:
    """Blocks of at most 1,024: from, to, and how long the block is once filled up.

    The last is filled to a power of two up to 256, to a multiple of 256 above.
    """
    starts = range(0, size, BLOCK)
    return [(a, min(a + BLOCK, size), _filled(min(BLOCK, size - a))) for a in starts]


def _filled(size: int) -> int:
    quarter = BLOCK // 4
    if size > quarter:
        return -(-size // quarter) * quarter
    return max(SMALLEST, 1 << (size - 1).bit_length())


def pad_to(array: np.ndarray, *sizes: int) -> np.ndarray:
    """The array with zeros appended up to `sizes`, one an axis; further axes stay as they are."""
    missing = [(0, size - have) for size, have in zip(sizes, array.shape, strict=False)]
    missing += [(0, 0)] * (array.ndim - len(sizes))
    return np.pad(array, missing) if any(after for _, after in missing) else array
