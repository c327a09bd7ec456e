"""The digits are scikit-learn's, and the split is fixed, fair and without overlap."""

import hashlib

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnlab.data import digits

PARTS = digits.split()


def test_digits_are_those_of_scikit_learn():
    images, labels = digits.load()
    source = load_digits()
    np.testing.assert_array_equal(images[:, 0] * 16, source.images)
    np.testing.assert_array_equal(labels, source.target)
    assert (images.dtype, images.shape, labels.shape) == (np.float32, (1797, 1, 8, 8), (1797,))
    assert (images.min(), images.max()) == (0, 1)


def test_every_digit_is_in_one_part_only():
    x_train, _, x_test, _ = PARTS
    images, _ = digits.load()
    together = np.concatenate([x_train, x_test]).reshape(-1, 64)
    np.testing.assert_array_equal(
        np.unique(together, axis=0), np.unique(images.reshape(-1, 64), axis=0), strict=True
    )
    assert len(x_train) + len(x_test) == len(images)


def test_labels_went_with_their_images():
    images, labels = digits.load()
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    for x, y in (PARTS[:2], PARTS[2:]):
        assert [known[image.tobytes()] for image in x] == y.tolist()


def test_each_digit_has_the_same_share_in_both_parts():
    _, labels = digits.load()
    share = np.bincount(labels) / len(labels)
    for y in (PARTS[1], PARTS[3]):
        assert np.abs(np.bincount(y) - share * len(y)).max() < 1.01


def test_split_is_always_the_same():
    # Lessons print accuracies on these 500: another split would be other numbers.
    digest = hashlib.sha256(PARTS[2].tobytes() + PARTS[3].astype(np.int64).tobytes()).hexdigest()
    assert digest.startswith("ac01c7fbb93434d1")


@pytest.mark.parametrize("array", [*PARTS, *digits.load()])
def test_nobody_changes_them_by_accident(array):
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
