"""Predictions and exercises of lesson 23, Do a project of your own."""

import numpy as np

from cnnlab.exercises.engine import exercise
from cnnlab.exercises.predict import Predict

predict_burst = Predict(
    "240 digits, each photographed three times in a row. The 720 pictures are dealt out by chance, and the "
    "nearest neighbor is measured on the validation part. How does its share of right answers there compare "
    "with its share on other digits?",
    choices=("clearly higher: nearly 1", "about the same", "clearly lower"),
    answer="clearly higher: nearly 1",
    because="For nearly every picture another shot of the same digit is among those it remembers, and that "
    "one is nearest. For a new digit there is none.",
    slips={
        "about the same": "That would be so if no shot of the same digit were among those that it remembers. "
        "How likely is that, with three shots of each?",
        "clearly lower": "What is nearest to a picture, if another shot of the same digit is remembered?",
    },
)

predict_best = Predict(
    "20 networks, all equally good: each gets a new picture right with chance 0.9. You measure all of them "
    "on the same number of pictures, 100, and report the best result. What do you report, on average?",
    choices=("about 0.90", "about 0.95", "about 1.00"),
    answer="about 0.95",
    because="By luck some get more right than 90 and some fewer, and you report the luckiest of 20. On other "
    "pictures it is back at 0.90.",
    slips={
        "about 0.90": "That is the mean of the 20. You report the best of them.",
        "about 1.00": "Even the luckiest of 20 has not that much luck: all 100 right has a chance of 0.9 to "
        "the power of 100, less than one in 30,000.",
    },
)

predict_claim = Predict(
    "Six seeds, right answers of 100 pictures. Favorite: 90, 91, 89, 92, 90, 93. Control, with the same "
    "seeds: 88, 90, 90, 87, 88, 91. Which range of differences was measured?",
    choices=(
        "2 to 5 points ahead",
        "2 points ahead",
        "1 point behind to 5 points ahead",
        "2 points behind to 6 points ahead",
    ),
    answer="1 point behind to 5 points ahead",
    because="Seed by seed the differences are 2, 1, −1, 5, 2 and 2.",
    slips={
        "2 to 5 points ahead": "In the third seed the favorite gets 89 and the control 90.",
        "2 points ahead": "That is about the mean. How far do the seeds lie apart?",
        "2 points behind to 6 points ahead": "That takes the worst of one seed and the best of another. "
        "Compare seed by seed.",
    },
)


# --- A leak -------------------------------------------------------------------------------------------------


def _images(*rows):
    """Return small pictures, shape (N, 2, 2), from their four pixels each."""
    return np.array(rows, dtype=float).reshape(-1, 2, 2)


def _split_with_leaks(rng):
    count, size = rng.integers(2, 6), tuple(rng.integers(1, 4, 2))
    train = rng.integers(0, 3, (count, *size)).astype(float)
    test = rng.integers(0, 3, (rng.integers(2, 7), *size)).astype(float)
    test[rng.integers(len(test))] = train[rng.integers(len(train))]
    if rng.random() < 0.5:
        test[rng.integers(len(test))] = train[rng.integers(len(train))] + 0.25
    return train / 2 - 0.5, test / 2 - 0.5


@exercise(
    cases=[
        (
            _images([0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]),
            _images([1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 1]),
        ),
        (_images([0, 1, 1, 0], [1, 0, 0, 0]), _images([0, 0, 1, 0], [1, 1, 1, 1])),
        (_images([0.5, 1, 0, 0], [0.5, 1, 0, 0], [1, 1, 1, 0]), _images([0.5, 1, 0, 0], [1, 1, 0, 1])),
        (
            _images([0, 0, 1, 1], [1, 1, 1, 0]),
            _images([0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1]),
        ),
        (_images([0.5, 0.5, 1, 0]), _images([0.5, 0.5, 1, 0.125], [0.5, 0.5, 1, 0])),
        (_images([0, 0, 0, 1], [0, 0, 1, 0]), _images([0, 0, 1, 0], [0, 0, 0, 1])),
        (np.zeros((2, 2, 3)), np.stack([np.eye(2, 3), np.zeros((2, 3)), np.ones((2, 3))])),
    ],
    draw=_split_with_leaks,
    hints=[
        "Take one test picture after the other, and compare it with every train picture.",
        "np.array_equal(a, b) says whether two pictures are the same in all pixels.",
        "if any(np.array_equal(test[k], image) for image in train): found.append(k)",
    ],
)
def leaked(train, test):
    found = []
    for k in range(len(test)):
        if any(np.array_equal(test[k], image) for image in train):
            found.append(k)
    return found


def _found(train, test, is_same=np.array_equal):
    return [k for k, one in enumerate(test) if any(is_same(one, other) for other in train)]


leaked.mistake("Those are the positions in train. Return the positions in test.")(
    lambda train, test: _found(test, train)
)
leaked.mistake("That is how many were found. Return their positions in test.")(
    lambda train, test: len(_found(train, test))
)
leaked.mistake("Those are the test pictures that are *not* in train.")(
    lambda train, test: [k for k in range(len(test)) if k not in _found(train, test)]
)
leaked.mistake(
    "Compare each test picture with all train pictures, not only with the one of the same number."
)(lambda train, test: [k for k, (a, b) in enumerate(zip(train, test, strict=False)) if np.array_equal(a, b)])
leaked.mistake("All pixels must be the same; yours is content with one (any).")(
    lambda train, test: _found(train, test, lambda a, b: bool((a == b).any()))
)
leaked.mistake("Different pictures may have the same sum: compare pixel by pixel.")(
    lambda train, test: _found(train, test, lambda a, b: a.sum() == b.sum())
)
leaked.mistake("The same pixels in another order are another picture.")(
    lambda train, test: _found(train, test, lambda a, b: np.array_equal(np.sort(a, None), np.sort(b, None)))
)
leaked.mistake("Mirrored pictures are not asked for: the same pixels at the same places.")(
    lambda train, test: _found(
        train, test, lambda a, b: np.array_equal(a, b) or np.array_equal(a, b[:, ::-1])
    )
)
leaked.mistake("That stops after the first one that was found. Is the return inside the loop?")(
    lambda train, test: _found(train, test)[:1]
)
leaked.mistake("That compares with the first train picture only.")(
    lambda train, test: _found(train[:1], test)
)
leaked.mistake("That compares with the last train picture only.")(
    lambda train, test: _found(train[-1:], test)
)
leaked.mistake("Nearly the same is not the same: a small difference in one pixel counts.")(
    lambda train, test: _found(train, test, lambda a, b: bool(np.abs(a - b).max() < 0.2))
)
leaked.mistake("Those are True and False for each test picture. Return the positions of the True ones.")(
    lambda train, test: [k in _found(train, test) for k in range(len(test))]
)
leaked.mistake("A test picture counts once, however often it is in train.")(
    lambda train, test: [k for k, a in enumerate(test) for b in train if np.array_equal(a, b)]
)
leaked.mistake("Those are pairs. Return the positions in test alone.")(
    lambda train, test: [
        (j, k) for k, a in enumerate(test) for j, b in enumerate(train) if np.array_equal(a, b)
    ]
)
leaked.mistake("Count from 0: the first test picture has position 0.")(
    lambda train, test: [k + 1 for k in _found(train, test)]
)
leaked.mistake("The last test picture is left out: the loop ends one too early.")(
    lambda train, test: _found(train, test[:-1])
)
leaked.mistake("Look for test pictures in train, not for pictures that are twice in test.")(
    lambda train, test: [
        k for k, a in enumerate(test) if any(np.array_equal(a, b) for j, b in enumerate(test) if j != k)
    ]
)
leaked.mistake("Every copy in test counts, also the second one of the same picture.")(
    lambda train, test: [
        k for k in _found(train, test) if not any(np.array_equal(test[k], each) for each in test[:k])
    ]
)


# --- A claim ------------------------------------------------------------------------------------------------


def _counts(rng):
    pictures = int(rng.choice([40, 50, 80, 200, 250, 400, 1000]))
    control = rng.integers(pictures // 2, pictures, rng.integers(2, 9))
    favorite = np.clip(control + rng.integers(-pictures // 10, pictures // 4, len(control)), 0, pictures)
    return control.tolist(), favorite.tolist(), pictures


@exercise(
    cases=[
        ([160, 170, 150], [166, 168, 160], 200),
        ([88, 90, 90, 87, 88, 91], [90, 91, 89, 92, 90, 93], 100),
        ([400, 420, 410, 405], [450, 440, 460, 435], 500),
        ([30, 36, 33], [28, 30, 32], 40),
        ([45, 45], [45, 45], 50),
        ([700, 650, 800, 750, 720, 680], [760, 790, 780, 770, 730, 765], 1000),
        ([10], [15], 20),
        ([0, 4, 8], [8, 4, 0], 8),
    ],
    draw=_counts,
    hints=[
        "Take the differences seed by seed first: np.array(favorite) - np.array(control).",
        "A percentage point is one of 100 pictures: 100 * difference / pictures.",
        "points = 100 * (np.array(favorite) - np.array(control)) / pictures, then its min() and max().",
    ],
)
def claim_range(control, favorite, pictures):
    points = 100 * (np.array(favorite) - np.array(control)) / pictures
    return np.array([points.min(), points.max()])


def _range(change, of=lambda c, f, n: 100 * (f - c) / n):
    """Return the answer made of the differences by ``change``."""
    return lambda c, f, n: np.array(change(of(np.array(c), np.array(f), n)))


def _ends(points):
    return [points.min(), points.max()]


claim_range.mistake("Those are pictures. In percentage points: 100 times that, divided by all pictures.")(
    _range(_ends, lambda c, f, n: f - c)
)
claim_range.mistake("Those are shares, from −1 to 1. A percentage point is a hundredth: times 100.")(
    _range(_ends, lambda c, f, n: (f - c) / n)
)
claim_range.mistake("Turned round: by how much is the favorite ahead of the control?")(
    _range(_ends, lambda c, f, n: 100 * (c - f) / n)
)
claim_range.mistake("First the lowest difference, then the highest.")(_range(lambda p: [p.max(), p.min()]))
claim_range.mistake("Compare seed by seed; yours takes the worst of one seed and the best of another.")(
    lambda c, f, n: 100 * np.array([min(f) - max(c), max(f) - min(c)]) / n
)
claim_range.mistake(
    "Compare seed by seed. The lowest of the one and the lowest of the other may be of two seeds."
)(lambda c, f, n: 100 * np.array([min(f) - min(c), max(f) - max(c)]) / n)
claim_range.mistake("The results of a seed belong together: do not sort them.")(
    _range(_ends, lambda c, f, n: 100 * (np.sort(f) - np.sort(c)) / n)
)
claim_range.mistake("Where the favorite is behind, the difference is negative: do not leave out the sign.")(
    _range(lambda p: _ends(np.abs(p)))
)
claim_range.mistake("Seeds in which the favorite is behind count as well; in yours they count 0.")(
    _range(lambda p: _ends(np.maximum(p, 0)))
)
claim_range.mistake("Mean and standard deviation make another range; all seeds must lie within yours.")(
    _range(lambda p: [p.mean() - p.std(), p.mean() + p.std()])
)
claim_range.mistake("That is the mean. Return the lowest and the highest difference.")(
    _range(lambda p: p.mean())
)
claim_range.mistake("That is the range of the favorite alone. By how much is it ahead of the control?")(
    _range(_ends, lambda c, f, n: 100 * f / n)
)
claim_range.mistake("In percentage points: divide by all pictures, not by what the control got right.")(
    _range(_ends, lambda c, f, n: 100 * (f - c) / np.maximum(c, 1e-9))
)
claim_range.mistake("Those are all differences. Return the lowest and the highest.")(_range(lambda p: p))
claim_range.mistake("Half of the seeds lie beyond the quartiles: take the lowest and the highest of all.")(
    _range(lambda p: np.quantile(p, [0.25, 0.75]))
)
claim_range.mistake("That is the width of the range. Return both of its ends.")(
    _range(lambda p: p.max() - p.min())
)
claim_range.mistake("That is half the width on both sides of 0. Return the lowest and the highest.")(
    _range(lambda p: [-(p.max() - p.min()) / 2, (p.max() - p.min()) / 2])
)
claim_range.mistake("Only the first and the last seed are in yours. The extremes may lie between them.")(
    _range(lambda p: [p[0], p[-1]])
)
claim_range.mistake("The mean of the one against the range of the other: compare seed by seed.")(
    lambda c, f, n: 100 * (np.array([min(f), max(f)]) - np.mean(c)) / n
)
claim_range.mistake("The last seed is left out.")(
    lambda c, f, n: np.array(_ends(100 * (np.array(f) - np.array(c))[: max(len(c) - 1, 1)] / n))
)
