"""MNIST with its provenance: read from its four files, the contents of every one checked.

Y. LeCun, C. Cortes and C. J. C. Burges, *The MNIST database of handwritten digits* (CC BY-SA 3.0).
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from dissociation.core.pauses import cached_property
from dissociation.core.validation import DamagedData

MNIST_FOLDER = Path(__file__).parent / "mnist"
#: How every gzip file begins.
GZIP = b"\x1f\x8b"
PIXELS = 28 * 28
CLASSES = 10
MEND = "restore it with `git checkout -- dissociation/core/data/mnist` or from a fresh clone"


@dataclass(frozen=True)
class IdxFile:
    """What one file of MNIST must hold.

    - `name`: as it is packed; unpacked it has the same without its ending.
    - `sha256`: of the unpacked bytes; `count`: images or labels in them.
    - `mark`: what stands for the contents in digests of stored results: the checksum of the file
        as it is packed here, which results stored by earlier versions are known by.
    """

    name: str
    sha256: str
    count: int
    mark: str

    @property
    def shape(self) -> tuple[int, ...]:
        """`(count, 784)` of images, `(count,)` of labels."""
        return (self.count, PIXELS) if "images" in self.name else (self.count,)

    @property
    def size(self) -> int:
        """Unpacked bytes: a word for the magic number, one for each side, and the items."""
        return (16 if len(self.shape) == 2 else 8) + math.prod(self.shape)


TRAIN_IMAGES = IdxFile(
    "train-images-idx3-ubyte.gz",
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    60_000,
    "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
)
TRAIN_LABELS = IdxFile(
    "train-labels-idx1-ubyte.gz",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    60_000,
    "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
)
TEST_IMAGES = IdxFile(
    "t10k-images-idx3-ubyte.gz",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    10_000,
    "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
)
TEST_LABELS = IdxFile(
    "t10k-labels-idx1-ubyte.gz",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    10_000,
    "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
)


@dataclass(frozen=True)
class Dataset:
    """Images and labels of one split, read-only.

    - `pixels`: `(n, 784)` uint8, row-major 28 × 28 images.
    - `labels`: `(n,)` uint8 digits.
    """

    pixels: UInt8[np.ndarray, "n pixels"]
    labels: UInt8[np.ndarray, " n"]

    @cached_property
    def images(self) -> Float32[np.ndarray, "n pixels"]:
        """`(n, 784)` float32 in [0, 1]: pixels / 255."""
        images = self.pixels / np.float32(255)
        images.flags.writeable = False
        return images

    def __len__(self) -> int:
        return len(self.labels)


def read_idx(file: IdxFile, folder: Path) -> UInt8[np.ndarray, " ..."]:
    """Reads one file of MNIST, packed with gzip by anyone or not at all, whatever its ending says.

    **Arguments:**

    - `file`: which file, with the checksum of its contents and the number of items.
    - `folder`: where it lies, under its name with or without `.gz`.

    **Returns:** `(count, 784)` uint8 pixels or `(count,)` uint8 labels.

    **Raises:** [`DamagedData`][] if the file is missing, is cut short or does not unpack to the
    original contents; the message names the file and says how to mend it.
    """
    raw = _unpacked(file, folder)
    if hashlib.sha256(raw).hexdigest() != file.sha256:
        raise DamagedData(
            f"The data file {file.name} is damaged (the SHA-256 of its contents differs); {MEND}."
        )
    # Equal bytes have the magic number and the sides of the original.
    return np.frombuffer(raw, np.uint8, offset=file.size - math.prod(file.shape)).reshape(
        file.shape
    )


def _unpacked(file: IdxFile, folder: Path) -> bytes:
    # One byte more than there should be, whatever else a file may unpack to.
    limit = file.size + 1
    for path in (folder / file.name, folder / file.name.removesuffix(".gz")):
        try:
            with path.open("rb") as packed:
                start = packed.read(2)
                packed.seek(0)
                if start != GZIP:
                    return packed.read(limit)
                with gzip.open(packed) as contents:
                    return contents.read(limit)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DamagedData(f"The data file {path.name} cannot be unpacked; {MEND}.") from error
        except OSError:
            continue
    raise DamagedData(f"The data file {file.name} cannot be read; {MEND}.")


@functools.cache
def mnist_test(folder: Path = MNIST_FOLDER) -> Dataset:
    """The 10,000 test images. **Raises:** [`DamagedData`][]."""
    return Dataset(read_idx(TEST_IMAGES, folder), read_idx(TEST_LABELS, folder))


@functools.cache
def mnist_train(folder: Path = MNIST_FOLDER) -> Dataset:
    """The 60,000 training images. **Raises:** [`DamagedData`][]."""
    return Dataset(read_idx(TRAIN_IMAGES, folder), read_idx(TRAIN_LABELS, folder))


def fingerprint() -> str:
    """A digest of the marks of the four files: changes if the data did."""
    files = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
    return hashlib.sha256("".join(file.mark for file in files).encode()).hexdigest()
