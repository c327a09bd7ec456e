"""Predictions and exercises of lesson 14, Read real digits."""

import numpy as np

from cnnlab.exercises.engine import exercise, sides
from cnnlab.exercises.predict import Predict, PredictCells

STROKE = np.array(
    [
        [0, 0, 0, 1, 1, 1, 1, 0],
        [0, 0, 1, 1, 1, 1, 1, 1],
        [0, 0, 1, 1, 0, 1, 1, 1],
        [0, 0, 1, 1, 0, 0, 1, 1],
    ]
)
predict_blocks = PredictCells(
    "Two blocks of 4 × 4 pixels of a scan, side by side; ink is 1. Which two pixels do they become, if the "
    "ink in each block is counted?",
    answer=[[7, 12]],
    names=("left block", "right block"),
    because="The left block has 1 + 2 + 2 + 2 pixels of ink, the right one 3 + 4 + 3 + 2.",
    given={"Part of a scan": STROKE},
    slips=[
        ([[9, 4]], "That is the paper. Count the ink."),
        ([[7 / 16, 12 / 16]], "Count only; dividing by 16 comes later."),
        ([[1, 1]], "Count all pixels of ink; that would be the largest one."),
        ([[19, 19]], "That is both blocks together."),
        ([[3, 16]], "Each block has four columns; your left one has three."),
    ],
)  # fmt: skip

predict_middle = Predict(
    "Counted along the columns 0 to 7, a drawing has this much ink: 0, 1, 1, 2, 0, 0, 0, 0. Where, counted "
    "in the same way, lies the middle of the ink? (With decimals.)",
    answer=2.25,
    because="(1 · 1 + 1 · 2 + 2 · 3) / 4 = 9 / 4. The middle of the sheet is 3.5: one whole pixel to the "
    "right brings it closest.",
    slips={
        2: "If you rounded: give the decimals. If you took the mean of 1, 2 and 3: column 3 has twice the "
        "ink, and counts twice.",
        6: "Weigh each column by its ink, add up, and divide by all ink.",
        3.25: "Count the columns from 0.",
        3: "Column 3 has half of the ink; the other half lies left of it, none right of it.",
        3.5: "That is the middle of the sheet.",
        9: "Divide by the amount of ink.",
        1.125: "Divide by the amount of ink, 4, not by the number of columns.",
        1: "The mean of the columns, each counted as often as there is ink in it.",
        1.25: "That is how far it is from the middle of the sheet.",
        2.5: "Weigh each column by its ink: (1 · 1 + 1 · 2 + 2 · 3) / 4.",
    },
)


def read_the_mistakes(labels, said):
    """Return the prompt that asks what the pictures show that a network reads wrongly.

    Parameters
    ----------
    labels, said : array_like of int, shape (N,)
        What the pictures are, and what the network takes them for.

    Returns
    -------
    PredictCells
    """
    return PredictCells(
        "What do you take each of them for? A digit from 0 to 9 for every picture.",
        answer=[labels],
        because="Those are the labels. Some of them one would not have guessed.",
        names=[f"picture {k}" for k in range(1, len(labels) + 1)],
        slips=[([said], "That is what the network takes it for, too. The label is another.")],
        hint="The label is another, and the network does not think so, either.",
    )


def _answers(rng):
    classes, more = rng.integers([2, 3], [6, 20]).tolist()
    labels = rng.permutation(np.append(np.arange(classes), rng.integers(0, classes, more)))  # none is missing
    said = np.where(rng.random(labels.size) < 0.6, labels, rng.integers(0, classes, labels.size))
    return labels, said, classes


@exercise(
    cases=[
        (np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 1]), 2),
        (np.array([2, 0, 1, 0, 2]), np.array([2, 0, 0, 2, 2]), 3),
    ],
    draw=_answers,
    hints=[
        "labels == label marks the digits of one class. How many of them were called so?",
        "The mean of a row of True and False is the share of True.",
        "(said[labels == label] == label).mean()",
    ],
)
def recall(labels, said, classes):
    found = np.zeros(classes)
    for label in range(classes):
        found[label] = (said[labels == label] == label).mean()
    return found


def _table(labels, said, classes):
    table = np.zeros((classes, classes))
    np.add.at(table, (labels, said), 1)
    return table


def _diagonal_by(how):
    def mutant(labels, said, classes):
        table = _table(labels, said, classes)
        return how(table, np.diag(table))

    return mutant


recall.mistake("That is the precision: of those called so, how many are. Divide by how many there are.")(
    _diagonal_by(lambda t, d: d / t.sum(axis=0))
)
recall.mistake("That is one share for all classes together.")(_diagonal_by(lambda t, d: d.sum() / t.sum()))
recall.mistake("Those are counts. Divide by how many there are of each.")(_diagonal_by(lambda t, d: d))
recall.mistake("That is the share that was missed.")(_diagonal_by(lambda t, d: 1 - d / t.sum(axis=1)))
recall.mistake("Divide by the number of this class, not by that of all.")(
    _diagonal_by(lambda t, d: d / t.sum())
)
recall.mistake("Divide by the number of this class, not by the number of classes.")(
    _diagonal_by(lambda t, d: d / len(t))
)
recall.mistake("That is how often each was called, compared with how often it is there. Were those right?")(
    _diagonal_by(lambda t, d: t.sum(axis=0) / t.sum(axis=1))
)
recall.mistake("In percent? Return shares from 0 to 1.")(_diagonal_by(lambda t, d: 100 * d / t.sum(axis=1)))
recall.mistake("That is how common each label is.")(_diagonal_by(lambda t, d: t.sum(axis=1) / t.sum()))
recall.mistake(
    "That counts those as right that neither are of this class nor were called so. Look only at "
    "the digits of this class."
)(lambda labels, said, classes: np.array([((labels == k) == (said == k)).mean() for k in range(classes)]))
recall.mistake("The last class is missing: there are as many as classes says.")(
    _diagonal_by(lambda t, d: (d / t.sum(axis=1))[:-1])
)
recall.mistake("That is the mean of all recalls. Return one for each class.")(
    _diagonal_by(lambda t, d: (d / t.sum(axis=1)).mean())
)
recall.mistake("Divide by those that have this label; yours adds those that were called so.")(
    _diagonal_by(lambda t, d: d / (t.sum(axis=1) + t.sum(axis=0) - d))
)


def _drawn(shape, at, pixels):
    image = np.zeros(shape)
    top, left = at
    for row, column, ink in pixels:
        image[top + row, left + column] = ink
    return image


L_SHAPE = [(0, 0, 1), (1, 0, 1), (2, 0, 1), (2, 1, 0.5)]
HEAVY = [(0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1), (1, 4, 0.5)]


def _blot(rng):
    image = np.zeros(sides(rng, 9, 13))
    top, left = rng.integers(0, np.subtract(image.shape, (3, 4)))
    if rng.random() < 0.4:
        image[top, left] = rng.integers(1, 5) / 4  # the moves are whole, or end in a half
    else:
        image[top : top + 4, left : left + 5] = rng.choice([0, 0.25, 1], (4, 5))
    return (image,)


@exercise(
    cases=[
        (_drawn((5, 5), (0, 0), [(0, 0, 1), (1, 0, 1), (2, 0, 1)]),),
        (_drawn((8, 8), (3, 5), [(0, 0, 1)]),),
        (_drawn((8, 8), (5, 1), L_SHAPE),),
        (_drawn((8, 8), (1, 1), HEAVY),),
        (_drawn((6, 9), (3, 5), [(0, 0, 0.25), (1, 2, 1), (2, 2, 1)]),),
        (_drawn((8, 8), (0, 5), [(0, 0, 1), (0, 1, 0.5), (1, 0, 0.5), (2, 2, 0.25)]),),
    ],
    draw=_blot,
    hints=[
        "How much ink is in each row? image.sum(axis=1). In each column? image.sum(axis=0).",
        "The middle is (ink * np.arange(size)).sum() / ink.sum(); it should come to (size - 1) / 2.",
        "by = int(np.floor((size - 1) / 2 - middle + 0.5)), then np.roll(image, by, axis=axis)",
    ],
)
def center(image):
    out = image
    for axis in (0, 1):
        size = image.shape[axis]
        ink = image.sum(axis=1 - axis)
        middle = (ink * np.arange(size)).sum() / ink.sum()
        by = int(np.floor((size - 1) / 2 - middle + 0.5))
        out = np.roll(out, by, axis=axis)  # only paper goes round
    return out.copy()


def _center(image, *, middle=None, goal=lambda n: (n - 1) / 2, sign=1, axes=(0, 1), swap=False, whole=None):
    moves = []
    for axis, size in enumerate(image.shape):
        ink = image.sum(axis=1 - axis)
        at = (middle or _mass)(ink)
        by = sign * (goal(size) - at)
        moves.append(int((whole or (lambda v: np.floor(v + 0.5)))(by)) if axis in axes else 0)
    return np.roll(image, moves[::-1] if swap else moves, axis=(0, 1))


def _mass(ink):
    return (ink * np.arange(len(ink))).sum() / ink.sum()


def _box(ink):
    places = np.flatnonzero(ink)
    return (places[0] + places[-1]) / 2


center.mistake("That is the middle of the outermost pixels. Weigh each row and column by its ink.")(
    lambda x: _center(x, middle=_box)
)


@center.mistake("Every pixel with ink counts the same in yours: weigh it by how much ink it has.")
def _(image):
    """Return the image centered as if all its ink were equally dark."""
    middles = np.argwhere(image > 0).mean(axis=0)
    moves = [int(np.floor((size - 1) / 2 - at + 0.5)) for size, at in zip(image.shape, middles, strict=True)]
    return np.roll(image, moves, axis=(0, 1))


center.mistake("It moves away from the middle: turn the sign around.")(lambda x: _center(x, sign=-1))
center.mistake("The move down and the move right are swapped.")(lambda x: _center(x, swap=True))
center.mistake("It moves down or up only.")(lambda x: _center(x, axes=(0,)))
center.mistake("It moves sideways only.")(lambda x: _center(x, axes=(1,)))
center.mistake("Rows 0 to 7 have their middle at 3.5, not at 4.")(lambda x: _center(x, goal=lambda n: n / 2))
center.mistake("With n // 2, rows 0 to 7 have their middle at 4. It is (n - 1) / 2, with decimals.")(
    lambda x: _center(x, goal=lambda n: n // 2)
)
center.mistake("Not every sheet has 8 × 8 pixels: the middle is at (n - 1) / 2, not always at 3.5.")(
    lambda x: _center(x, goal=lambda n: 3.5)
)
center.mistake("Rows and columns count from 0; yours from 1, and the middle of the sheet does not.")(
    lambda x: _center(x, middle=lambda ink: _mass(ink) + 1)
)
center.mistake("Divide by the ink, not by the number of rows or columns.")(
    lambda x: _center(x, middle=lambda ink: (ink * np.arange(len(ink))).mean())
)
center.mistake("That rounds down always: add 0.5 before np.floor.")(lambda x: _center(x, whole=np.floor))
center.mistake("np.round takes a half to the even number: np.floor(by + 0.5) is what is wanted.")(
    lambda x: _center(x, whole=np.round)
)
center.mistake("The place of the most ink is not the middle of all ink.")(
    lambda x: _center(x, middle=np.argmax)
)
center.mistake("The decimals are cut off: round to the nearest whole pixel.")(
    lambda x: _center(x, whole=np.trunc)
)
center.mistake("That rounds up always: round to the nearest whole pixel.")(
    lambda x: _center(x, whole=np.ceil)
)
center.mistake("The ink is moved into the upper left corner.")(
    lambda x: _center(x, middle=lambda ink: np.flatnonzero(ink)[0], goal=lambda n: 0)
)
center.mistake("The image comes back as it was.")(lambda x: x.copy())
