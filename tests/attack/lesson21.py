"""Right and wrong answers to the exercises of lesson 21: standardize, count_leaks."""

import numpy as np


def standardize_right_1(images, mean, std):
    out = np.empty(images.shape)
    for channel in range(images.shape[1]):
        out[:, channel] = (images[:, channel] - mean[channel]) / std[channel]
    return out


def standardize_right_2(images, mean, std):
    return (images - mean.reshape(1, -1, 1, 1)) / std.reshape(1, -1, 1, 1)


def standardize_right_3(images, mean, std):
    last = np.moveaxis(images, 1, -1)
    return np.moveaxis((last - mean) / std, -1, 1)


def standardize_right_4(images, mean, std):
    return np.array(
        [[(plane - m) / s for plane, m, s in zip(image, mean, std, strict=True)] for image in images]
    )


def standardize_wrong_1(images, mean, std):
    """Measures anew."""
    return (images - images.mean(axis=(0, 2, 3), keepdims=True)) / np.maximum(
        images.std(axis=(0, 2, 3), keepdims=True), 1e-9
    )


def standardize_wrong_2(images, mean, std):
    """Divides before the mean is off."""
    return images / std[:, None, None] - mean[:, None, None]


def standardize_wrong_3(images, mean, std):
    """Meets the wrong axis: columns."""
    return (images - mean) / std


def standardize_wrong_4(images, mean, std):
    """Only the mean."""
    return images - mean[:, None, None]


def standardize_wrong_5(images, mean, std):
    """Red for blue."""
    return (images - mean[::-1, None, None]) / std[::-1, None, None]


def standardize_wrong_6(images, mean, std):
    """The square."""
    return (images - mean[:, None, None]) / std[:, None, None] ** 2


def count_leaks_right_1(train, test, size):
    found = 0
    for row, column in test:
        for other_row, other_column in train:
            if abs(row - other_row) < size and abs(column - other_column) < size:
                found += 1
                break
    return found


def count_leaks_right_2(train, test, size):
    def pixels(corner):
        return {(corner[0] + i, corner[1] + j) for i in range(size) for j in range(size)}

    seen = set().union(*(pixels(corner) for corner in train.tolist()))
    return sum(not seen.isdisjoint(pixels(corner)) for corner in test.tolist())


def count_leaks_right_3(train, test, size):
    distance = np.abs(test[:, None, :] - train[None, :, :]).max(axis=2)
    return (distance.min(axis=1) < size).sum()


def count_leaks_wrong_1(train, test, size):
    """Counts those that touch."""
    return int((np.abs(test[:, None] - train[None]) <= size).all(axis=2).any(axis=1).sum())


def count_leaks_wrong_2(train, test, size):
    """Counts pairs."""
    return sum(bool((np.abs(one - other) < size).all()) for one in test for other in train)


def count_leaks_wrong_3(train, test, size):
    """Near in one direction is enough."""
    return int((np.abs(test[:, None] - train[None]) < size).any(axis=2).any(axis=1).sum())


def count_leaks_wrong_4(train, test, size):
    """Forgets the size of the difference."""
    return int((test[:, None] - train[None] < size).all(axis=2).any(axis=1).sum())


def count_leaks_wrong_5(train, test, size):
    """Those in the same place."""
    known = {tuple(corner) for corner in train.tolist()}
    return sum(tuple(corner) in known for corner in test.tolist())


def count_leaks_wrong_6(train, test, size):
    """Counts the training patches."""
    return int((np.abs(test[:, None] - train[None]) < size).all(axis=2).any(axis=0).sum())
