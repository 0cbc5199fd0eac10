from __future__ import annotations

import gzip
import shutil
import struct

import numpy as np
import pytest

from dissociation import datasets
from dissociation.datasets import (
    MEND,
    MNIST_FOLDER,
    TEST_IMAGES,
    TEST_LABELS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    Dataset,
    fingerprint,
    mnist_test,
    mnist_train,
    parse_idx,
    read_idx,
)
from dissociation.errors import DamagedData

FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
LOADERS = {
    TRAIN_IMAGES: mnist_train,
    TRAIN_LABELS: mnist_train,
    TEST_IMAGES: mnist_test,
    TEST_LABELS: mnist_test,
}


@pytest.fixture
def folder(tmp_path):
    """A copy of the four files, to be damaged."""
    for file in FILES:
        shutil.copy(MNIST_FOLDER / file.name, tmp_path)
    return tmp_path


class TestOriginal:
    @pytest.mark.parametrize("load, count", [(mnist_train, 60_000), (mnist_test, 10_000)])
    def test_splits(self, load, count):
        data = load()
        assert len(data) == count
        assert data.pixels.shape == (count, 784) and data.pixels.dtype == np.uint8
        assert data.labels.shape == (count,) and data.labels.dtype == np.uint8
        assert data.images.shape == (count, 784) and data.images.dtype == np.float32
        assert data.images.min() == 0 and data.images.max() == 1
        assert set(data.labels) == set(range(10))
        assert load() is data

    def test_contents(self):
        # Known from the literature: the first digits, the class counts, the mean and std of pixels.
        train, test = mnist_train(), mnist_test()
        assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        assert test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
        counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
        assert np.bincount(test.labels).tolist() == counts
        assert abs(train.pixels.mean() / 255 - 0.1307) < 5e-5
        assert abs(train.pixels.std() / 255 - 0.3081) < 5e-5

    def test_images_are_upright(self):
        # Row-major: the first test digit is a 7, whose bar is near the top.
        rows = mnist_test().images[0].reshape(28, 28).sum(axis=1)
        assert rows[:7].sum() == 0 and rows.argmax() in (8, 9)

    def test_read_only(self):
        for array in (mnist_test().images, mnist_test().pixels, mnist_test().labels):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0

    def test_scaling(self):
        data = Dataset(np.array([[0, 51, 255]], np.uint8), np.array([1], np.uint8))
        np.testing.assert_array_equal(data.images, np.float32([[0, 51, 255]]) / np.float32(255))
        assert data.images is data.images

    def test_fingerprint_follows_the_checksums(self, monkeypatch):
        before = fingerprint()
        assert before == fingerprint() and len(before) == 64
        other = datasets.IdxFile(TEST_LABELS.name, "0" * 64, 10_000)
        monkeypatch.setattr(datasets, "TEST_LABELS", other)
        assert fingerprint() != before


def flip_byte(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def empty(path):
    path.write_bytes(b"")


def replace_by_folder(path):
    path.unlink()
    path.mkdir()


def recompress(path):
    # The same contents, but not the original file.
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 1, mtime=1))


DAMAGES = {
    "missing": (lambda path: path.unlink(), "cannot be read"),
    "a folder": (replace_by_folder, "cannot be read"),
    "flipped byte": (flip_byte, "SHA-256"),
    "truncated": (truncate, "SHA-256"),
    "empty": (empty, "SHA-256"),
    "recompressed": (recompress, "SHA-256"),
}


class TestDamagedFiles:
    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
    @pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "recompressed"])
    def test_each_file(self, folder, file, damage):
        harm, complaint = DAMAGES[damage]
        harm(folder / file.name)
        with pytest.raises(DamagedData) as caught:
            LOADERS[file](folder)
        message = str(caught.value)
        assert file.name in message and complaint in message and MEND in message

    def test_recompressed(self, folder):
        recompress(folder / TEST_LABELS.name)
        with pytest.raises(DamagedData, match="t10k-labels.*SHA-256"):
            read_idx(TEST_LABELS, folder)

    def test_swapped_files(self, folder):
        shutil.copy(folder / TRAIN_LABELS.name, folder / TEST_LABELS.name)
        with pytest.raises(DamagedData, match="t10k-labels"):
            mnist_test(folder)

    def test_other_split_still_loads(self, folder):
        (folder / TRAIN_IMAGES.name).unlink()
        assert len(mnist_test(folder)) == 10_000

    def test_mended_file_loads(self, folder):
        path = folder / TEST_LABELS.name
        path.unlink()
        with pytest.raises(DamagedData):
            mnist_test(folder)
        shutil.copy(MNIST_FOLDER / TEST_LABELS.name, path)
        assert len(mnist_test(folder)) == 10_000


def idx(magic=2051, count=3, sides=(28, 28), payload=None):
    body = bytes(range(256)) * 10 if payload is None else payload
    if magic == 2049:
        return struct.pack(">ii", magic, count) + body[:count]
    return struct.pack(">iiii", magic, count, *sides) + body[: count * 784]


def parse(raw, count=3):
    return parse_idx(gzip.compress(raw), "some.gz", count)


class TestParsing:
    def test_images(self):
        pixels = parse(idx())
        assert pixels.shape == (3, 784)
        assert pixels[0, :5].tolist() == [0, 1, 2, 3, 4] and pixels[1, 0] == 784 % 256

    def test_labels(self):
        assert parse(idx(2049)).tolist() == [0, 1, 2]

    @pytest.mark.parametrize(
        "raw, complaint",
        [
            (idx(magic=2052), "unknown magic number 2052"),
            (idx(magic=0), "unknown magic number 0"),
            (idx(count=2), "does not hold 3 items"),
            (idx(2049, count=2), "does not hold 3 items"),
            (idx()[:-1], "does not hold 3 items"),
            (idx() + b"\0", "does not hold 3 items"),
            (idx(2049)[:-1], "does not hold 3 items"),
            (idx(2049) + b"\0", "does not hold 3 items"),
            (idx(sides=(28, 27)), "28 × 28"),
            (idx(sides=(14, 56)), "28 × 28"),
            (idx()[:7], "cut short"),
            (b"", "cut short"),
        ],
    )
    def test_wrong_contents(self, raw, complaint):
        with pytest.raises(DamagedData, match=f"some.gz.*{complaint}.*git checkout"):
            parse(raw)

    @pytest.mark.parametrize("length", range(8, 16))
    def test_header_cut_short(self, length):
        with pytest.raises(DamagedData, match="some.gz"):
            parse(idx()[:length])

    # Named: what gzip makes holds the second in which it was made, and two processes that collect
    # this test must agree on what it is called.
    @pytest.mark.parametrize(
        "packed",
        [b"", b"not gzip", gzip.compress(idx())[:-9], gzip.compress(idx())[:40]],
        ids=["nothing", "text", "end missing", "beginning alone"],
    )
    def test_no_gzip(self, packed):
        with pytest.raises(DamagedData, match="some.gz.*git checkout"):
            parse_idx(packed, "some.gz", 3)

    def test_damaged_stream(self):
        packed = bytearray(gzip.compress(idx()))
        packed[len(packed) // 2] ^= 255
        with pytest.raises(DamagedData, match="no gzip file"):
            parse_idx(bytes(packed), "some.gz", 3)
