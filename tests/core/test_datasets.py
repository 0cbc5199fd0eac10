from __future__ import annotations

import dataclasses
import gzip
import hashlib
import re
import shutil
import tracemalloc

import numpy as np
import pytest

from dissociation.core.data import datasets
from dissociation.core.data.datasets import (
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
    read_idx,
)
from dissociation.core.validation import DamagedData

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

    def test_fingerprint_follows_the_marks(self, monkeypatch):
        before = fingerprint()
        # Results that earlier versions stored stay the same data's.
        assert before == "8b4aac1638c992e4cd83a065746a676450d55bae4bcdd3d7890a0f8499f1e1dc"
        other = dataclasses.replace(TEST_LABELS, mark="0" * 64)
        monkeypatch.setattr(datasets, "TEST_LABELS", other)
        assert fingerprint() != before

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
    def test_its_notice_names_the_contents(self, file):
        row = next(
            line
            for line in (MNIST_FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
            if file.name.removesuffix(".gz") in line
        )
        assert file.sha256 in row and f"{file.size:,}" in row


def flip_byte(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def empty(path):
    path.write_bytes(b"")


def swapped(name):
    return name.replace("t10k", "train") if "t10k" in name else name.replace("train", "t10k")


def replace_by_folder(path):
    path.unlink()
    path.mkdir()


def fill_with_zeros(path):
    # Ten thousand times as long unpacked: what a small file may cost whoever unpacks all of it.
    path.write_bytes(gzip.compress(bytes(100_000_000), 1))


DAMAGES = {
    "missing": (lambda path: path.unlink(), "cannot be read"),
    "a folder": (replace_by_folder, "cannot be read"),
    "flipped byte": (flip_byte, "damaged|cannot be unpacked"),
    "truncated": (truncate, "cannot be unpacked"),
    "empty": (empty, "SHA-256"),
    "text": (lambda path: path.write_text("not found"), "SHA-256"),
    "beginning alone": (lambda path: path.write_bytes(path.read_bytes()[:3]), "cannot be unpacked"),
    "another split": (lambda path: shutil.copy(MNIST_FOLDER / swapped(path.name), path), "SHA-256"),
    "far too long": (fill_with_zeros, "SHA-256"),
}


class TestDamagedFiles:
    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
    @pytest.mark.parametrize("damage", DAMAGES)
    def test_each_file(self, folder, file, damage):
        harm, complaint = DAMAGES[damage]
        harm(folder / file.name)
        with pytest.raises(DamagedData) as caught:
            LOADERS[file](folder)
        message = str(caught.value)
        assert file.name in message and re.search(complaint, message) and MEND in message

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


def plain(raw):
    return raw


def many_members(raw):
    return b"".join(
        gzip.compress(raw[start : start + 5_000], 1) for start in range(0, len(raw), 5_000)
    )


class TestPackedAnew:
    """What every mirror has is MNIST, too: the contents count, however they are packed."""

    @pytest.mark.parametrize("ending", [".gz", ""], ids=["named as packed", "named as plain"])
    @pytest.mark.parametrize(
        "pack", [plain, lambda raw: gzip.compress(raw, 1, mtime=1), many_members]
    )
    def test_same_contents(self, folder, pack, ending):
        for file in (TEST_IMAGES, TEST_LABELS):
            path = folder / file.name
            raw = gzip.decompress(path.read_bytes())
            assert hashlib.sha256(raw).hexdigest() == file.sha256
            path.unlink()
            path.with_name(file.name.removesuffix(".gz") + ending).write_bytes(pack(raw))
        found, shipped = mnist_test(folder), mnist_test()
        np.testing.assert_array_equal(found.pixels, shipped.pixels)
        np.testing.assert_array_equal(found.labels, shipped.labels)

    def test_no_more_is_unpacked_than_the_file_must_hold(self, folder):
        fill_with_zeros(folder / TEST_LABELS.name)
        tracemalloc.start()
        with pytest.raises(DamagedData):
            read_idx(TEST_LABELS, folder)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2_000_000
