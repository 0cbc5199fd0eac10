"""MNIST with its provenance: parsed from the four original files, every one checked.

Y. LeCun, C. Cortes and C. J. C. Burges, *The MNIST database of handwritten digits* (CC BY-SA 3.0).
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dissociation.errors import DamagedData

MNIST_FOLDER = Path(__file__).parent / "data" / "mnist"
IMAGE_MAGIC, LABEL_MAGIC = 2051, 2049
PIXELS = 28 * 28
CLASSES = 10
MEND = "restore it with `git checkout -- dissociation/data/mnist` or from a fresh clone"


@dataclass(frozen=True)
class IdxFile:
    """What one original file must be."""

    name: str
    sha256: str
    count: int


TRAIN_IMAGES = IdxFile(
    "train-images-idx3-ubyte.gz",
    "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
    60_000,
)
TRAIN_LABELS = IdxFile(
    "train-labels-idx1-ubyte.gz",
    "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
    60_000,
)
TEST_IMAGES = IdxFile(
    "t10k-images-idx3-ubyte.gz",
    "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
    10_000,
)
TEST_LABELS = IdxFile(
    "t10k-labels-idx1-ubyte.gz",
    "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
    10_000,
)


@dataclass(frozen=True)
class Dataset:
    """Images and labels of one split, read-only.

    - `pixels`: `(n, 784)` uint8, row-major 28 × 28 images.
    - `labels`: `(n,)` uint8 digits.
    """

    pixels: np.ndarray
    labels: np.ndarray

    @functools.cached_property
    def images(self) -> np.ndarray:
        """`(n, 784)` float32 in [0, 1]: pixels / 255."""
        images = self.pixels / np.float32(255)
        images.flags.writeable = False
        return images

    def __len__(self) -> int:
        return len(self.labels)


def read_idx(file: IdxFile, folder: Path) -> np.ndarray:
    """Parses one original MNIST file.

    **Arguments:**

    - `file`: which file, with its checksum and number of items.
    - `folder`: where it lies.

    **Returns:** `(count, 784)` uint8 pixels or `(count,)` uint8 labels.

    **Raises:** [`DamagedData`][] if the file is missing, has another SHA-256, another magic number
    or another size; the message names the file and says how to mend it.
    """
    path = folder / file.name
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise DamagedData(f"The data file {file.name} cannot be read; {MEND}.") from error
    if hashlib.sha256(packed).hexdigest() != file.sha256:
        raise DamagedData(f"The data file {file.name} is damaged (its SHA-256 differs); {MEND}.")
    return parse_idx(packed, file.name, file.count)


def parse_idx(packed: bytes, name: str, count: int) -> np.ndarray:
    """Parses gzip-compressed IDX bytes; see [`read_idx`][] for arguments, result and errors."""
    try:
        raw = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedData(f"The data file {name} is no gzip file; {MEND}.") from error
    if len(raw) < 8:
        raise DamagedData(f"The data file {name} is cut short; {MEND}.")
    magic, found = struct.unpack(">ii", raw[:8])
    if magic not in (IMAGE_MAGIC, LABEL_MAGIC):
        raise DamagedData(f"The data file {name} has the unknown magic number {magic}; {MEND}.")
    header = 8
    shape: tuple[int, ...] = (count,)
    if magic == IMAGE_MAGIC:
        header, shape = 16, (count, PIXELS)
        if len(raw) < header:
            raise DamagedData(f"The data file {name} is cut short; {MEND}.")
        if struct.unpack(">ii", raw[8:16]) != (28, 28):
            raise DamagedData(f"The data file {name} does not hold 28 × 28 images; {MEND}.")
    if found != count or len(raw) != header + int(np.prod(shape)):
        raise DamagedData(f"The data file {name} does not hold {count:,} items; {MEND}.")
    return np.frombuffer(raw, np.uint8, offset=header).reshape(shape)


@functools.cache
def mnist_test(folder: Path = MNIST_FOLDER) -> Dataset:
    """The 10,000 test images. **Raises:** [`DamagedData`][]."""
    return Dataset(read_idx(TEST_IMAGES, folder), read_idx(TEST_LABELS, folder))


@functools.cache
def mnist_train(folder: Path = MNIST_FOLDER) -> Dataset:
    """The 60,000 training images. **Raises:** [`DamagedData`][]."""
    return Dataset(read_idx(TRAIN_IMAGES, folder), read_idx(TRAIN_LABELS, folder))


def fingerprint() -> str:
    """A digest of the checksums of the four files: changes if the data did."""
    files = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()
