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
        "Guess the label of each picture: a digit from 0 to 9.",
        answer=[labels],
        because="Those are the labels. Some of them one would not have guessed.",
        names=[f"picture {k}" for k in range(1, len(labels) + 1)],
        slips=[([said], "That is what the network takes it for, too. The label is another.")],
        hint="The label is another, and the network does not think so, either.",
    )


def _answers(rng):
    classes, more = rng.integers([2, 3], [6, 20]).tolist()
    labels = rng.permutation(np.append(np.arange(classes), rng.integers(0, classes, more)))  # none is missing
    read = rng.choice([0.1, 0.7], classes)[labels]  # some classes are hardly ever read as such
    said = np.where(rng.random(labels.size) < read, labels, rng.integers(0, classes, labels.size))
    return labels, said, classes


@exercise(
    cases=[
        (np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 1]), 2),
        (np.array([2, 0, 1, 0, 2]), np.array([2, 0, 0, 2, 2]), 3),
        (np.array([1, 0, 2, 0, 1, 0]), np.array([1, 0, 0, 0, 0, 1]), 3),
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
recall.mistake(
    "That is the precision, 0 where none was called so. Divide by how many there are of each class."
)(_diagonal_by(lambda t, d: d / np.maximum(t.sum(axis=0), 1)))
recall.mistake(
    "That is the share of all right answers, the same for each class. Look at one class at a time."
)(_diagonal_by(lambda t, d: np.full(len(d), d.sum() / t.sum())))
recall.mistake("That is the whole table, each row divided by its sum. Return its diagonal.")(
    _diagonal_by(lambda t, d: t / t.sum(axis=1, keepdims=True))
)
recall.mistake("That is the whole table. Divide each row by its sum, and return the diagonal.")(
    _diagonal_by(lambda t, d: t)
)
recall.mistake("Divide by the number of this class: not all classes are equally frequent.")(
    _diagonal_by(lambda t, d: d * len(t) / t.sum())
)
recall.mistake("Divide by the number of this class, not by that of all right answers.")(
    _diagonal_by(lambda t, d: d / max(d.sum(), 1))
)
recall.mistake("Divide by all digits of the class, not only by those that were missed.")(
    _diagonal_by(lambda t, d: d / np.maximum(t.sum(axis=1) - d, 1))
)
recall.mistake("That is the mean of recall and precision.")(
    _diagonal_by(lambda t, d: (d / t.sum(axis=1) + d / np.maximum(t.sum(axis=0), 1)) / 2)
)


@recall.mistake(
    "table[labels, said] += 1 adds to each cell only once, however often it occurs: np.add.at counts all."
)
def _(labels, said, classes):
    """Return the recall of a table that holds only 0 and 1."""
    table = _table(labels, said, classes) > 0
    return np.diag(table) / table.sum(axis=1)


@recall.mistake("Classes count from 0 to classes − 1, not from 1.")
def _(labels, said, classes):
    """Return the shares of the classes 1 to ``classes``."""
    return np.append(recall.solve(labels, said, classes)[1:], 0)


@recall.mistake("A class that is never read as such is left out of yours: its share is 0.")
def _(labels, said, classes):
    """Return the shares up to the last class with a right answer."""
    found = recall.solve(labels, said, classes)
    return found[: found.nonzero()[0].max(initial=-1) + 1]


recall.mistake("Go through the classes 0 to classes − 1, not only through those that occur among said.")(
    lambda labels, said, classes: recall.solve(labels, said, classes)[np.unique(said)]
)


@recall.mistake("There are as many classes as classes says, not always ten.")
def _(labels, said, classes):
    """Return ten shares."""
    return np.append(recall.solve(labels, said, classes), np.zeros(10 - classes))


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
    kind = rng.integers(3)
    if kind == 0:  # the moves are whole, or end in a half
        rows, columns = rng.integers(1, 3, 2)
        image[top : top + rows, left : left + columns] = rng.integers(2, 5) / 4
    elif kind == 1:  # nearly from corner to corner, and in the middle: whoever moves it far loses ink
        across = image[2:-2, 2:-2][:: rng.choice([-1, 1]), :: rng.choice([-1, 1])]
        across[0, 0], across[-1, -2:], across[-2, -1] = 0.75, 0.25, 0.25
    else:
        image[top : top + 4, left : left + 5] = rng.choice([0, 0.1875, 1], (4, 5))
    return (image,)


@exercise(
    cases=[
        (_drawn((5, 5), (0, 0), [(0, 0, 1), (1, 0, 1), (2, 0, 1)]),),
        (_drawn((8, 8), (3, 5), [(0, 0, 1)]),),
        (_drawn((8, 8), (5, 1), L_SHAPE),),
        (_drawn((8, 10), (1, 1), HEAVY),),
        (_drawn((6, 9), (3, 5), [(0, 0, 0.25), (1, 2, 1), (2, 2, 1)]),),
        (_drawn((8, 8), (1, 5), [(0, 0, 0.5), (0, 1, 0.5), (1, 0, 0.5), (1, 1, 0.5)]),),
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


def _half_up(by):
    return np.floor(by + 0.5)


def _center(
    image,
    *,
    middle=None,
    goal=lambda n: (n - 1) / 2,
    sign=1,
    axes=(0, 1),
    swap=False,
    whole=_half_up,
    ink_of=lambda x: x,
    lost=False,
):
    moves = []
    for axis, size in enumerate(image.shape):
        ink = ink_of(image).sum(axis=1 - axis)
        by = sign * (goal(size) - (middle or _mass)(ink))
        moves.append(int(whole(by)) if axis in axes else 0)
    moves = moves[::-1] if swap else moves
    return _placed(image, *moves) if lost else np.roll(image, moves, axis=(0, 1))


def _placed(image, down, right):
    """Return ``image`` moved; what leaves the sheet is lost."""
    out = np.zeros_like(image)
    for (row, column), ink in np.ndenumerate(image):
        if 0 <= row + down < image.shape[0] and 0 <= column + right < image.shape[1]:
            out[row + down, column + right] = ink
    return out


def _mass(ink):
    return (ink * np.arange(len(ink))).sum() / ink.sum()


def _box(ink):
    places = np.flatnonzero(ink)
    return (places[0] + places[-1]) / 2


center.mistake("That is the middle of the outermost pixels. Weigh each row and column by its ink.")(
    lambda x: _center(x, middle=_box)
)


for lost, and_so in ((False, ""), (True, " (And ink leaves the sheet.)")):
    center.mistake(f"It moves away from the middle: turn the sign around.{and_so}")(
        lambda x, lost=lost: _center(x, sign=-1, lost=lost)
    )
    center.mistake(f"The move down and the move right are swapped.{and_so}")(
        lambda x, lost=lost: _center(x, swap=True, lost=lost)
    )
    center.mistake(
        f"Not every sheet has 8 × 8 pixels: the middle is at (n - 1) / 2, not always at 3.5.{and_so}"
    )(lambda x, lost=lost: _center(x, goal=lambda n: 3.5, lost=lost))
    center.mistake(f"The fullest row and the fullest column are not the middle of all ink.{and_so}")(
        lambda x, lost=lost: _center(x, middle=np.argmax, lost=lost)
    )
    center.mistake(f"The place of the most ink is not the middle of all ink.{and_so}")(
        lambda x, lost=lost: _center(x, middle=np.argmax, ink_of=_darkest, lost=lost)
    )
    center.mistake(f"Divide by the ink, not by the number of pixels.{and_so}")(
        lambda x, lost=lost: _center(x, middle=lambda ink: _mass(ink) * ink.sum() / x.size, lost=lost)
    )
    center.mistake(f"The sums over rows and over columns are confused: check the axis.{and_so}")(
        lambda x, lost=lost: _other_axis(x, lost)
    )
    center.mistake(f"The median of the rows with ink is no mean: weigh each row by its ink.{and_so}")(
        lambda x, lost=lost: _median(x, lost)
    )
    center.mistake(f"Light grays are ink, too: count every pixel by its ink.{and_so}")(
        lambda x, lost=lost: _center(x, ink_of=lambda x: np.where(x >= 0.5, x, 0), lost=lost)
    )


def _darkest(image):
    """Return an image that has ink only at its darkest pixel, the first one of several."""
    return (np.arange(image.size) == image.argmax()).reshape(image.shape).astype(float)


def _other_axis(image, lost):
    n = min(image.shape)
    inks = image.sum(axis=0)[:n], image.sum(axis=1)[:n]
    moves = [
        int(_half_up((size - 1) / 2 - (ink * np.arange(n)).sum() / image.sum()))
        for size, ink in zip(image.shape, inks, strict=True)
    ]
    return _placed(image, *moves) if lost else np.roll(image, moves, axis=(0, 1))


def _median(image, lost):
    moves = [
        int(_half_up((size - 1) / 2 - np.median(places)))
        for size, places in zip(image.shape, image.nonzero(), strict=True)
    ]
    return _placed(image, *moves) if lost else np.roll(image, moves, axis=(0, 1))


center.mistake("It moves down or up only.")(lambda x: _center(x, axes=(0,)))
center.mistake("It moves sideways only.")(lambda x: _center(x, axes=(1,)))
center.mistake("Rows 0 to 7 have their middle at 3.5, not at 4.")(lambda x: _center(x, goal=lambda n: n / 2))
center.mistake("With n // 2, rows 0 to 7 have their middle at 4. It is (n - 1) / 2, with decimals.")(
    lambda x: _center(x, goal=lambda n: n // 2)
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


@center.mistake("Take the number of columns for the move right: not every sheet is square.")
def _(image):
    """Return the image centered as if it had as many columns as rows."""
    goal = (len(image) - 1) / 2
    return _center(image, goal=lambda n: goal)


center.mistake("A half is rounded down in yours: np.floor(by + 0.5) rounds it up.")(
    lambda x: _center(x, whole=lambda by: np.ceil(by - 0.5))
)
center.mistake("A move of −0.5 becomes −1 in yours: np.floor(by + 0.5) gives 0.")(
    lambda x: _center(x, whole=lambda by: np.sign(by) * _half_up(abs(by)))
)
center.mistake("Round the move only, not the middle of the ink before it.")(
    lambda x: _center(x, middle=lambda ink: _half_up(_mass(ink)))
)
center.mistake("Every pixel with ink counts the same in yours: weigh it by how much ink it has.")(
    lambda x: _center(x, ink_of=np.sign)
)
center.mistake("Weigh by the ink, not by its square.")(lambda x: _center(x, ink_of=np.square))
center.mistake("That is one pixel too far down and to the right.")(
    lambda x: _center(x, whole=lambda by: _half_up(by) + 1)
)
center.mistake("It moves by one pixel at most.")(
    lambda x: _center(x, whole=lambda by: np.clip(_half_up(by), -1, 1))
)
center.mistake("It moves only down and to the right: what lies too far there must come back.")(
    lambda x: _center(x, whole=lambda by: max(_half_up(by), 0))
)
center.mistake("The old ink is left where it was. Begin with an image of zeros.")(
    lambda x: np.where(center.solve(x) > 0, center.solve(x), x)
)
center.mistake("Keep the grays as they are: the darkest of yours is always 1.")(
    lambda x: center.solve(x) / x.max()
)


@center.mistake("Move by whole pixels: yours mixes neighbors.")
def _(image):
    """Return the image moved by fractions of pixels."""
    for axis, size in enumerate(image.shape):
        by = (size - 1) / 2 - _mass(image.sum(axis=1 - axis))
        low = int(np.floor(by))
        near, far = (np.roll(image, low + more, axis) for more in (0, 1))
        image = (low + 1 - by) * near + (by - low) * far
    return image


@center.mistake("Those are the moves. Return the image after them.")
def _(image):
    """Return the two moves."""
    return np.array([_half_up((n - 1) / 2 - _mass(image.sum(axis=1 - k))) for k, n in enumerate(image.shape)])


@center.mistake(
    "Those are the rows and the columns where the middle of the ink lies. Return the moved image."
)
def _(image):
    """Return the middle of the ink."""
    return np.array([_mass(image.sum(axis=1 - axis)) for axis in (0, 1)])


@center.mistake("Every sheet has 8 × 8 pixels in yours: it should be as large as the image.")
def _(image):
    """Return the result on a sheet of 8 by 8."""
    out = np.zeros((8, 8))
    part = center.solve(image)[:8, :8]
    out[: len(part), : part.shape[1]] = part
    return out
