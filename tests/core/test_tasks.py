from __future__ import annotations

import numpy as np
import pytest

from dissociation.core.data.datasets import Dataset
from dissociation.core.data.tasks import (
    LEAST_PRIME_FACTOR,
    SPLITS,
    TASKS,
    Task,
    least_prime_factor_task,
    rotation_task,
    turned,
)
from dissociation.core.validation import InvalidValue


def numbered(n):
    """Images that say which they are (pixel 0) and which way is up (pixels 0, 27, 756, 783)."""
    images = np.zeros((n, 784), np.float32)
    images[:, 0] = np.arange(1, n + 1)
    return images


#: Where the top left corner goes in anticlockwise turns: bottom left, bottom right, top right.
CORNERS = (0, 756, 783, 27)


def test_images_turned_for_training():
    data = Dataset(numbered(202).astype(np.uint8), np.zeros(202, np.uint8))
    made = turned(data)
    assert len(made) == 200 and made.pixels.dtype == made.labels.dtype == np.uint8
    number, quarters = identity(Task(made.pixels, made.labels, ()))
    assert sorted(number) == list(range(200))
    assert np.array_equal(quarters, made.labels) and np.bincount(quarters).tolist() == [50] * 4
    # Which is turned how has nothing to do with its place, and another key turns others.
    assert len(set(quarters[np.argsort(number)][:20])) > 1
    assert not np.array_equal(turned(data, seed=1).labels, made.labels)


def identity(task):
    """Which image each row of a task is, and by how many quarters it is turned."""
    corners = task.images[:, CORNERS]
    assert (np.count_nonzero(task.images, axis=1) == 1).all()
    return corners.max(axis=1).astype(int) - 1, corners.argmax(axis=1)


class TestRotation:
    def test_reference(self, test_images, reference):
        task = rotation_task(test_images)
        assert task.classes[:50].tolist() == reference["rotation_labels_head"].tolist()
        total = task.images.sum(dtype=np.float64)
        assert total == pytest.approx(float(reference["rotated_image_sum"]), rel=1e-6)
        assert total == pytest.approx(test_images.sum(dtype=np.float64), rel=1e-9)

    def test_as_the_notebook_makes_it(self, test_images):
        # Order, direction and class together, image for image.
        import jax

        turned = [
            np.rot90(square, q)
            for q in range(4)
            for square in test_images[2_500 * q : 2_500 * (q + 1)].reshape(-1, 28, 28)
        ]
        order = np.asarray(jax.random.permutation(jax.random.PRNGKey(432), 10_000))
        task = rotation_task(test_images)
        np.testing.assert_array_equal(task.images, np.stack(turned).reshape(-1, 784)[order])
        np.testing.assert_array_equal(task.classes, np.repeat(np.arange(4), 2_500)[order])

    @pytest.mark.parametrize("split", SPLITS)
    def test_form(self, test_images, split):
        task = rotation_task(test_images, split=split)
        assert task.images.shape == (10_000, 784) and task.images.dtype == np.float32
        assert task.classes.shape == (10_000,) and task.classes.dtype == np.int32
        assert np.bincount(task.classes).tolist() == [2_500] * 4
        assert task.names == ("0°", "90°", "180°", "270°")

    @pytest.mark.parametrize("split", SPLITS)
    @pytest.mark.parametrize("n", [4, 40, 43])
    def test_turned_anticlockwise_by_its_class(self, split, n):
        task = rotation_task(numbered(n), split=split)
        which, turns = identity(task)
        np.testing.assert_array_equal(turns, task.classes)
        assert sorted(which) == list(range(n // 4 * 4))

    def test_notebook_split_takes_consecutive_quarters(self):
        task = rotation_task(numbered(40), split="notebook")
        which, _ = identity(task)
        np.testing.assert_array_equal(which // 10, task.classes)

    def test_shuffled_split_mixes_them(self):
        task = rotation_task(numbered(4_000), split="shuffled")
        which, _ = identity(task)
        mixed = np.zeros((4, 4), int)
        np.add.at(mixed, (which // 1_000, task.classes), 1)
        assert (abs(mixed - 250) < 75).all()  # more than five standard deviations

    @pytest.mark.parametrize("split", SPLITS)
    def test_seed(self, split):
        one = rotation_task(numbered(40), split=split, seed=1)
        again = rotation_task(numbered(40), split=split, seed=1)
        other = rotation_task(numbered(40), split=split, seed=2)
        np.testing.assert_array_equal(one.images, again.images)
        assert (identity(one)[0] != identity(other)[0]).any()

    def test_input_is_left_alone(self):
        images = numbered(8)
        images.flags.writeable = False
        rotation_task(images, split="shuffled")
        np.testing.assert_array_equal(images, numbered(8))

    @pytest.mark.parametrize("split", ["quarters", "", None, 3])
    def test_unknown_split(self, split):
        with pytest.raises(InvalidValue, match="shuffled, notebook") as caught:
            rotation_task(numbered(4), split=split)
        assert caught.value.field == "split"


class TestLeastPrimeFactor:
    def test_mapping(self):
        for digit, factor in enumerate(LEAST_PRIME_FACTOR):
            divisors = [p for p in range(2, digit + 1) if digit % p == 0]
            assert factor == (divisors[0] if divisors else digit)

    def test_classes_follow_the_digits(self):
        digits = np.arange(100) % 10
        task = least_prime_factor_task(numbered(100), digits)
        which, _ = identity(task)
        expected = {0: "0", 1: "1", 2: "2", 3: "3", 4: "2", 5: "5", 6: "2", 7: "7", 8: "2", 9: "3"}
        assert [task.names[c] for c in task.classes] == [expected[digits[i]] for i in which]
        assert sorted(which) == list(range(100))
        assert (which != np.arange(100)).any()

    def test_form(self, test_images, test_labels):
        task = least_prime_factor_task(test_images, test_labels)
        assert task.images.shape == (10_000, 784) and task.images.dtype == np.float32
        assert task.classes.dtype == np.int32
        assert task.names == ("0", "1", "2", "3", "5", "7")
        counts = np.bincount(test_labels)
        even, threes = counts[[2, 4, 6, 8]].sum(), counts[[3, 9]].sum()
        expected = [counts[0], counts[1], even, threes, counts[5], counts[7]]
        assert np.bincount(task.classes).tolist() == expected
        total = task.images.sum(dtype=np.float64)
        assert total == pytest.approx(test_images.sum(dtype=np.float64), rel=1e-9)

    def test_missing_digits_do_not_shift_the_classes(self):
        task = least_prime_factor_task(numbered(4), np.array([7, 7, 9, 5]))
        assert sorted(task.names[c] for c in task.classes) == ["3", "5", "7", "7"]

    def test_seed(self):
        tasks = [least_prime_factor_task(numbered(40), np.arange(40) % 10, seed=s) for s in (1, 2)]
        assert (identity(tasks[0])[0] != identity(tasks[1])[0]).any()


def test_tasks_have_labels():
    assert set(TASKS) == {"rotation", "least_prime_factor"}
