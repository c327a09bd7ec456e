"""Predictions and exercises of lesson 21, Read color photographs."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters
from cnnlab.exercises.predict import Predict

predict_standardized = Predict(
    "Over all training patches the red pixels have the mean 0.5 and the standard deviation 0.2. "
    "What becomes of a red pixel of 0.9?",
    answer=2,
    because="(0.9 − 0.5) / 0.2 = 2: it lies two standard deviations above the mean.",
    slips={
        0.4: "That is how far it lies above the mean. Divide it by the standard deviation.",
        0.08: "Divide by the standard deviation; do not multiply.",
        -2: "The pixel minus the mean: yours is the other way round.",
        4.5: "Take the mean off first: 0.9 − 0.5.",
        4: "Take the mean off before you divide: (0.9 − 0.5) / 0.2.",
        10: "Divide by the standard deviation, 0.2, not by its square.",
        0.8: "Take off the mean, 0.5, and divide by the standard deviation, 0.2.",
        1.8: "The mean is taken off, not divided by.",
    },
)

predict_best = Predict(
    "On regions that none of them has seen: which of the three reads most patches right?",
    choices=(
        "the nearest neighbor",
        "color histograms with a dense layer",
        "the CNN as it comes, without augmentation",
    ),
    answer="color histograms with a dense layer",
    because="Which colors occur tells these materials apart well, and a histogram cannot be distracted "
    "by where they lie. A plain CNN has to find that out from few photographs.",
    slips={
        "the nearest neighbor": "Two patches of gravel hardly ever lie pixel on pixel. Nobody can work it "
        "out: the next cell tries it.",
        "the CNN as it comes, without augmentation": "It has the most to choose from, and so the most to "
        "learn by heart. Nobody can work it out: the next cell tries it.",
    },
)

predict_leak = Predict(
    "Now training and validation patches are drawn from the same regions. Of 100 validation patches, how "
    "many more does the CNN seem to read?",
    choices=("about as many as before", "1 to 4 more", "5 to 15 more"),
    answer="5 to 15 more",
    because="Nearly every validation patch now shares pixels with one that was learned from: to know those "
    "by heart helps.",
    slips={
        "about as many as before": "Nearly every validation patch now overlaps with one that was learned "
        "from. Nobody can work out by how much that helps: the next cell tries it.",
        "1 to 4 more": "It pretends more than that. Nobody can work it out: the next cell tries it.",
    },
)

predict_weighted = Predict(
    "A batch of two images: one of a common class, weight 1, with the loss 2; one of a rare class, "
    "weight 3, with the loss 0.4. What is the weighted mean of the loss?",
    answer=0.8,
    because="(1 · 2 + 3 · 0.4) / (1 + 3) = 3.2 / 4.",
    slips={
        1.2: "That is the plain mean, or the rare image's part alone. Weigh both, and divide by 1 + 3.",
        3.2: "That is the weighted sum. Divide it by the sum of the weights.",
        1.6: "Divide by the sum of the weights, 4, not by the number of images.",
        1.07: "Divide by the sum of the weights, 4.",
        2.4: "Add up, then divide by the sum of the weights.",
    },
)

predict_cup = Predict(
    "Patches of a coffee cup: a material it has never seen. How sure is the CNN of its answers, on average?",
    choices=("0.1 to 0.3: it guesses", "0.3 to 0.6: it is in doubt", "above 0.6: it is sure"),
    answer="above 0.6: it is sure",
    because="Softmax shares out 1 among the twelve materials that it knows. There is no thirteenth.",
    slips={
        "0.1 to 0.3: it guesses": "That would be doubt among all of them. Can softmax say: none of these?",
        "0.3 to 0.6: it is in doubt": "It is surer than that. Can softmax say: none of these?",
    },
)


# --- 1. Standardize -----------------------------------------------------------------------------------------


def _images(rng):
    channels = int(rng.integers(1, 4))
    shape = int(rng.integers(1, 4)), channels, int(rng.integers(1, 4)), int(rng.integers(1, 5))
    mean = rng.integers(-4, 5, channels) / 4
    std = rng.integers(1, 9, channels) / 4
    return quarters(rng, *shape), mean, std


_SMALL = np.array([[[[0.5, 1.0], [0.0, 0.25]], [[0.75, 0.25], [1.0, 0.5]], [[0.0, 1.0], [0.5, 0.5]]]])


@exercise(
    cases=[
        (_SMALL, np.array([0.5, 0.25, 0.75]), np.array([0.25, 0.5, 2.0])),
        (np.arange(24.0).reshape(2, 3, 2, 2), np.array([1.0, 2.0, 0.0]), np.array([0.5, 4.0, 1.0])),
        (np.arange(36.0).reshape(2, 2, 3, 3), np.array([3.0, -2.0]), np.array([2.0, 0.25])),
        (np.arange(27.0).reshape(1, 3, 3, 3) / 4, np.array([0.5, 1.0, 2.0]), np.array([2.0, 0.5, 0.25])),
        (np.array([[[[2.0]]]]), np.array([0.5]), np.array([0.5])),
    ],
    draw=_images,
    hints=[
        "mean has one number for each channel. It must meet axis 1 of the images.",
        "mean.reshape(-1, 1, 1) has shape (C, 1, 1) and is stretched over rows and columns.",
        "(images - mean.reshape(-1, 1, 1)) / std.reshape(-1, 1, 1)",
    ],
)
def standardize(images, mean, std):
    return (images - mean[:, None, None]) / std[:, None, None]


def _each(array):
    return np.asarray(array)[:, None, None]


standardize.mistake("The mean is not taken off.")(lambda x, m, s: x / _each(s))
standardize.mistake("The mean is taken off, and then nothing is divided.")(lambda x, m, s: x - _each(m))
standardize.mistake("Take the mean off first, and divide all of the difference.")(
    lambda x, m, s: x - _each(m) / _each(s)
)
standardize.mistake("Divide by the standard deviation; do not multiply.")(
    lambda x, m, s: (x - _each(m)) * _each(s)
)
standardize.mistake("Subtract the mean; yours adds it.")(lambda x, m, s: (x + _each(m)) / _each(s))
standardize.mistake("The pixel minus the mean: yours is the other way round.")(
    lambda x, m, s: (_each(m) - x) / _each(s)
)
standardize.mistake("By the standard deviation, not by its square.")(
    lambda x, m, s: (x - _each(m)) / _each(s) ** 2
)
standardize.mistake("By the standard deviation as it is, not by its root.")(
    lambda x, m, s: (x - _each(m)) / np.sqrt(_each(s))
)
standardize.mistake("Each channel has its own mean and deviation; yours takes the first for all.")(
    lambda x, m, s: (x - m[0]) / s[0]
)
standardize.mistake("Each channel has its own; yours takes the means over all of them.")(
    lambda x, m, s: (x - m.mean()) / s.mean()
)
standardize.mistake("Use the numbers that are given: yours are measured anew on these images.")(
    lambda x, m, s: (x - x.mean((0, 2, 3), keepdims=True)) / np.maximum(x.std((0, 2, 3), keepdims=True), 1e-9)
)
standardize.mistake("The channels come in the same order: yours are turned round (red for blue).")(
    lambda x, m, s: (x - _each(m[::-1])) / _each(s[::-1])
)
standardize.mistake("All images, not the first one alone.")(lambda x, m, s: ((x - _each(m)) / _each(s))[0])
standardize.mistake("Mean and standard deviation are exchanged.")(
    lambda x, m, s: (x - _each(s)) / np.where(_each(m) == 0, 1e-9, _each(m))
)


# --- 2. Who leaks? ------------------------------------------------------------------------------------------


def _corners(rng):
    size = int(rng.integers(1, 9))
    reach = int(rng.integers(4, 30))
    train, test = (rng.integers(0, reach, (int(rng.integers(low, 6)), 2)) for low in (1, 1))
    return train, test, size


@exercise(
    cases=[
        (np.array([[0, 0], [40, 40]]), np.array([[10, 12], [20, 0], [30, 30]]), 16),
        (np.array([[0, 0]]), np.array([[0, 4], [4, 0], [3, 3], [4, 4]]), 4),
        (np.array([[10, 10], [11, 11], [12, 12]]), np.array([[10, 11], [30, 11], [11, 30]]), 4),
        (np.array([[20, 20]]), np.array([[18, 23], [23, 18], [17, 17], [16, 20], [20, 24]]), 4),
        (np.array([[5, 5]]), np.array([[5, 5], [5, 6], [6, 5]]), 1),
        (np.array([[0, 9], [9, 0]]), np.array([[0, 0], [9, 9]]), 5),
        (np.array([[0, 0]]), np.array([[50, 50]]), 8),
        (np.array([[0, 30], [30, 0]]), np.array([[1, 1], [30, 31], [2, 29]]), 6),
        (np.array([[7, 7]]), np.array([[2, 2], [12, 12], [7, 2]]), 6),
    ],
    draw=_corners,
    hints=[
        "Two squares share a pixel if their corners are less than size apart, in rows and in columns.",
        "np.abs(test[:, None] - train[None]) holds how far each test corner is from each training corner.",
        "(np.abs(test[:, None] - train[None]) < size).all(axis=2).any(axis=1).sum()",
    ],
)
def count_leaks(train, test, size):
    apart = np.abs(test[:, None] - train[None])
    return int((apart < size).all(axis=2).any(axis=1).sum())


def _leaks(near, of_pair=np.all, of_train=np.any):
    def count(train, test, size):
        return int(of_train(of_pair(near(test[:, None] - train[None], size), axis=2), axis=1).sum())

    return count


count_leaks.mistake("Those that touch share no pixel: less than size apart, not at most.")(
    _leaks(lambda d, n: np.abs(d) <= n)
)
count_leaks.mistake("One row or column of overlap leaks, too: less than size apart, not less than size − 1.")(
    _leaks(lambda d, n: np.abs(d) < n - 1)
)
count_leaks.mistake("They must be near in rows and in columns; near in one of them is not enough.")(
    _leaks(lambda d, n: np.abs(d) < n, of_pair=np.any)
)
count_leaks.mistake("One training patch that it shares a pixel with is enough; it need not be all of them.")(
    _leaks(lambda d, n: np.abs(d) < n, of_train=np.all)
)
count_leaks.mistake("A training patch may lie on either side: take the size of the difference (np.abs).")(
    _leaks(lambda d, n: d < n)
)
count_leaks.mistake("Yours finds only those below and to the right of a training patch: use np.abs.")(
    _leaks(lambda d, n: (d >= 0) & (d < n))
)
count_leaks.mistake("Only patches at the very same place count in yours; overlaps leak, too.")(
    _leaks(lambda d, n: d == 0)
)
count_leaks.mistake("Half a patch apart still shares pixels: less than size, not less than half of it.")(
    _leaks(lambda d, n: np.abs(d) < n / 2)
)
count_leaks.mistake("Those are the ones that do not leak.")(
    lambda train, test, size: len(test) - count_leaks.solve(train, test, size)
)
count_leaks.mistake("Count the test patches: yours counts pairs, so that one may count several times.")(
    lambda train, test, size: int((np.abs(test[:, None] - train[None]) < size).all(axis=2).sum())
)
count_leaks.mistake("Count the test patches that leak, not the training patches.")(
    lambda train, test, size: count_leaks.solve(test, train, size)
)
count_leaks.mistake("How many, not which share of them.")(
    lambda train, test, size: count_leaks.solve(train, test, size) / len(test)
)
count_leaks.mistake("How many they are, not whether there are any.")(
    lambda train, test, size: bool(count_leaks.solve(train, test, size))
)
count_leaks.mistake("Only rows are compared in yours; columns matter, too.")(
    lambda train, test, size: count_leaks.solve(train * [1, 0], test * [1, 0], size)
)
count_leaks.mistake("Only columns are compared in yours; rows matter, too.")(
    lambda train, test, size: count_leaks.solve(train * [0, 1], test * [0, 1], size)
)
count_leaks.mistake(
    "Patches are squares: look at rows and columns one by one, not at the straight distance."
)(
    lambda train, test, size: int(
        (np.linalg.norm(test[:, None] - train[None], axis=2) < size).any(axis=1).sum()
    )
)
count_leaks.mistake("Only the first training patch is looked at.")(
    lambda train, test, size: count_leaks.solve(train[:1], test, size)
)
