"""Right and wrong answers to the exercises of lesson 23: leaked, claim_range."""

# ruff: noqa: B905  (learners write zip as they have met it)

import numpy as np


def leaked_right_1(train, test):
    known = {image.tobytes() for image in train}
    return [k for k in range(len(test)) if test[k].tobytes() in known]


def leaked_right_2(train, test):
    same = (test[:, None] == train[None]).all(axis=(2, 3))
    return np.flatnonzero(same.any(axis=1))


def leaked_right_3(train, test):
    out = []
    for k in range(len(test)):
        found = False
        for image in train:
            if (image == test[k]).all():
                found = True
        if found:
            out.append(k)
    return out


def leaked_right_4(train, test):
    known = [image.tolist() for image in train]
    return [k for k, image in enumerate(test) if image.tolist() in known]


def leaked_right_5(train, test):
    return [k for k, image in enumerate(test) if min(np.abs(train - image).sum(axis=(1, 2))) == 0]


def leaked_wrong_1(train, test):
    """One equal pixel is enough."""
    return [k for k, image in enumerate(test) if (train == image).any()]


def leaked_wrong_2(train, test):
    """Compares pictures of the same number."""
    return [k for k in range(min(len(train), len(test))) if (train[k] == test[k]).all()]


def leaked_wrong_3(train, test):
    """Returns positions in train."""
    return [k for k, image in enumerate(train) if (test == image).all(axis=(1, 2)).any()]


def leaked_wrong_4(train, test):
    """Compares sums."""
    sums = train.sum(axis=(1, 2))
    return [k for k, image in enumerate(test) if image.sum() in sums]


def leaked_wrong_5(train, test):
    """Returns from inside of the loop."""
    out = []
    for k in range(len(test)):
        if any((image == test[k]).all() for image in train):
            out.append(k)
        return out


def leaked_wrong_6(train, test):
    """Mirrored pictures count, too."""
    known = {image.tobytes() for image in train} | {image[:, ::-1].tobytes() for image in train}
    return [k for k in range(len(test)) if test[k].tobytes() in known]


def leaked_wrong_7(train, test):
    """Counts them."""
    return sum(leaked_right_3(train, test[k : k + 1]) == [0] for k in range(len(test)))


def leaked_wrong_8(train, test):
    """A position for each copy in train."""
    return [k for k in range(len(test)) for image in train if np.array_equal(image, test[k])]


def leaked_wrong_9(train, test):
    """True and False."""
    return [any(np.array_equal(image, one) for image in train) for one in test]


def leaked_wrong_10(train, test):
    """Returns the others."""
    return [k for k in range(len(test)) if not any(np.array_equal(image, test[k]) for image in train)]


def leaked_wrong_11(train, test):
    """A generous tolerance."""
    return [k for k in range(len(test)) if any(np.allclose(image, test[k], atol=0.15) for image in train)]


def leaked_wrong_12(train, test):
    """Returns the pictures."""
    return [one for one in test if any(np.array_equal(image, one) for image in train)]


def claim_range_right_1(control, favorite, pictures):
    lowest, highest = 1e9, -1e9
    for c, f in zip(control, favorite):
        points = (f - c) / pictures * 100
        lowest, highest = min(lowest, points), max(highest, points)
    return np.array([lowest, highest])


def claim_range_right_2(control, favorite, pictures):
    shares = [np.array(each) / pictures for each in (control, favorite)]
    ahead = 100 * (shares[1] - shares[0])
    return [ahead.min(), ahead.max()]


def claim_range_right_3(control, favorite, pictures):
    ahead = sorted(f - c for c, f in zip(control, favorite))
    return np.array([ahead[0], ahead[-1]]) * 100 / pictures


def claim_range_right_4(control, favorite, pictures):
    return np.quantile(np.subtract(favorite, control) * 100 / pictures, [0, 1])


def claim_range_wrong_1(control, favorite, pictures):
    """Shares, not points."""
    ahead = np.subtract(favorite, control) / pictures
    return np.array([ahead.min(), ahead.max()])


def claim_range_wrong_2(control, favorite, pictures):
    """Not divided by the pictures."""
    ahead = np.subtract(favorite, control)
    return np.array([ahead.min(), ahead.max()])


def claim_range_wrong_3(control, favorite, pictures):
    """Lowest and highest of each, before the difference."""
    return 100 * np.array([min(favorite) - min(control), max(favorite) - max(control)]) / pictures


def claim_range_wrong_4(control, favorite, pictures):
    """The worst case and the best case over all pairs of seeds."""
    return 100 * np.array([min(favorite) - max(control), max(favorite) - min(control)]) / pictures


def claim_range_wrong_5(control, favorite, pictures):
    """Control minus favorite."""
    ahead = 100 * np.subtract(control, favorite) / pictures
    return np.array([ahead.min(), ahead.max()])


def claim_range_wrong_6(control, favorite, pictures):
    """The highest first."""
    ahead = 100 * np.subtract(favorite, control) / pictures
    return np.array([ahead.max(), ahead.min()])


def claim_range_wrong_7(control, favorite, pictures):
    """Without signs."""
    ahead = np.abs(100 * np.subtract(favorite, control) / pictures)
    return np.array([ahead.min(), ahead.max()])


def claim_range_wrong_8(control, favorite, pictures):
    """Mean and standard deviation."""
    ahead = 100 * np.subtract(favorite, control) / pictures
    return np.array([ahead.mean() - ahead.std(), ahead.mean() + ahead.std()])


def claim_range_wrong_9(control, favorite, pictures):
    """In percent of the control."""
    ahead = 100 * np.subtract(favorite, control) / np.maximum(control, 1e-9)
    return np.array([ahead.min(), ahead.max()])


def claim_range_wrong_10(control, favorite, pictures):
    """Sorts first."""
    ahead = 100 * np.subtract(sorted(favorite), sorted(control)) / pictures
    return np.array([ahead.min(), ahead.max()])


def claim_range_wrong_11(control, favorite, pictures):
    """Rounds to whole points."""
    ahead = np.round(100 * np.subtract(favorite, control) / pictures)
    return np.array([ahead.min(), ahead.max()])


def claim_range_wrong_12(control, favorite, pictures):
    """The mean alone."""
    return float(np.mean(100 * np.subtract(favorite, control) / pictures))
