"""Predictions and exercises of lesson 14, Read real digits."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
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

predict_size = Predict(
    "8 × 8 pixels; a convolution with 16 filters of 3 × 3 and padding 1; one with 32 of them, padding 1; "
    "max-pooling with a window of 2. How many numbers does Flatten hand on to the dense layer?",
    answer=512,
    because="With padding 1 the maps stay 8 × 8. Pooling leaves 4 × 4 of each, and there are 32: 16 · 32.",
    slips={
        128: "Padding 1 keeps the size: 8 × 8 before the pooling, not 4 × 4.",
        2048: "Pooling is still to come.",
        16: "That is one map. There are 32.",
        256: "The second convolution has 32 filters, so 32 maps.",
        8192: "The first 16 maps do not go on by themselves; and pooling leaves a quarter.",
        1024: "Pooling halves height and width: a quarter is left.",
        288: "Padding 1 keeps the size: 8 × 8 before the pooling.",
        64: "Those are the pixels.",
        32: "That is how many maps there are. How many numbers does each have after the pooling?",
        4608: "Those are the weights of the second convolution. Count what it hands on.",
    },
)

predict_recall = Predict(
    "A row of a confusion matrix, for label 8: it was called 8 forty-five times, 1 three times, 9 twice. "
    "Fifty-two digits were called 8 in all. What is the recall of the 8, the share of all eights that were "
    "read as such, as a decimal?",
    answer=0.9,
    because="45 right of 45 + 3 + 2 = 50 eights: 0.9.",
    slips={
        45 / 52: "That is the share of eights among those called 8. Asked is the share among all eights.",
        0.1: "That is the share that was missed.",
        45: "As a share: divide by how many eights there are.",
        90: "As a decimal, between 0 and 1.",
        0.94: "Those that were called 9 count too.",
        0.96: "Those that were called 1 count too.",
        9: "45 of the 45 + 3 + 2 eights, as a decimal.",
    },
)

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

predict_tolerant = Predict(
    "Four networks learn from digits that were not moved. They are tested on digits moved one pixel to the "
    "right. Which reads most of them?",
    choices=(
        "the dense one",
        "convolutions without pooling",
        "convolutions with max-pooling twice",
        "convolutions with a maximum over each whole map at the end",
    ),
    answer="convolutions with a maximum over each whole map at the end",
    because="A maximum over the whole map does not care where it lies. A dense layer behind the maps does.",
    slips={
        "the dense one": "To a dense layer, a moved digit is another set of pixels altogether.",
        "convolutions without pooling": "The maps move along with the digit; but the dense layer behind "
        "them expects each thing in its place.",
        "convolutions with max-pooling twice": "Pooling forgives some moves, those within its windows. One "
        "of the four forgives more.",
    },
)

predict_shuffle = Predict(
    "All images, those to learn from and those to test on, have their 64 pixels shuffled, always in the same "
    "way. Which networks do worse than without?",
    choices=("neither", "the dense one", "the one with convolutions", "both"),
    answer="the one with convolutions",
    because="A dense layer does not know which pixels are neighbours, so it loses nothing. A filter looks at "
    "neighbours.",
    slips={
        "neither": "A filter of 3 × 3 looks at neighbours. What are neighbours now?",
        "the dense one": "A dense layer has a weight for each pixel, wherever it is. Does their order "
        "matter to it?",
        "both": "One of them never knew which pixels are neighbours.",
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


def _scan(rng):
    rows, columns = sides(rng, 1, 4)
    return (rng.integers(0, 2, (4 * rows, 4 * columns)),)


@exercise(
    cases=[
        (STROKE,),
    ],
    draw=_scan,
    hints=[
        "Block (i, j) is scan[4 * i : 4 * i + 4, 4 * j : 4 * j + 4]. How much ink is in it?",
        "Or without loops: reshape to (rows of blocks, 4, columns of blocks, 4).",
        "scan.reshape(rows // 4, 4, columns // 4, 4).sum(axis=(1, 3))",
    ],
)
def block_counts(scan):
    rows, columns = scan.shape
    return scan.reshape(rows // 4, 4, columns // 4, 4).sum(axis=(1, 3))


def _blocks(scan, size=4, shrink=np.sum):
    rows, columns = scan.shape
    return shrink(scan.reshape(rows // size, size, columns // size, size), axis=(1, 3))


block_counts.mistake("That counts the paper. Count the ink.")(lambda s: 16 - _blocks(s))
block_counts.mistake("Count only: dividing by 16 comes later.")(lambda s: _blocks(s) / 16)
block_counts.mistake("That keeps the largest pixel of a block. Count them.")(
    lambda s: _blocks(s, shrink=np.max)
)
block_counts.mistake("A block is 4 × 4, yours is 2 × 2.")(lambda s: _blocks(s, 2))
block_counts.mistake("That is one pixel of each block. Count all 16.")(lambda s: s[::4, ::4].copy())
block_counts.mistake("Rows and columns are swapped.")(lambda s: _blocks(s).T)
block_counts.mistake(
    "The pixels have been torn apart: a block is 4 rows and 4 columns, not 16 pixels in a row."
)(lambda s: s.reshape(-1, 16).sum(axis=1).reshape(s.shape[0] // 4, -1))
block_counts.mistake("That is one number for the whole scan.")(lambda s: s.sum())
block_counts.mistake("Your blocks overlap: after one block, go on by 4 pixels, not by 1.")(
    lambda s: np.lib.stride_tricks.sliding_window_view(s, (4, 4)).sum(axis=(2, 3))
)
block_counts.mistake("Only each row of a block is counted: add up its four rows too.")(
    lambda s: s.reshape(s.shape[0], -1, 4).sum(axis=2)
)
block_counts.mistake("Only each column of a block is counted: add up its four columns too.")(
    lambda s: s.reshape(-1, 4, s.shape[1]).sum(axis=1)
)
block_counts.mistake("That asks whether there is more ink than paper. Return the count.")(
    lambda s: (_blocks(s) > 8).astype(int)
)


def _picture(rng):
    rows, columns = sides(rng, 2, 6)
    down, right = rng.integers([-rows, -columns], [rows + 1, columns + 1]).tolist()
    return quarters(rng, rows, columns), down, right


@exercise(
    cases=[
        (np.array([[1, 2], [3, 4]]), 0, 1),
        (np.array([[1, 2, 3], [4, 5, 6]]), 1, 0),
        (np.array([[1, 2, 3], [4, 5, 6]]), -1, 2),
        (np.array([[1, 2, 3], [4, 5, 6]]), 0, 0),
        (np.array([[1, 2, 3], [4, 5, 6]]), 4, -1),
    ],
    draw=_picture,
    hints=[
        "Begin with np.zeros_like(image). Which pixel of the image comes to (row, column)?",
        "The one at (row - down, column - right), if there is one.",
        "if 0 <= row - down < rows and 0 <= column - right < columns: …",
    ],
)
def move(image, down, right):
    rows, columns = image.shape
    out = np.zeros_like(image)
    for row in range(rows):
        for column in range(columns):
            if 0 <= row - down < rows and 0 <= column - right < columns:
                out[row, column] = image[row - down, column - right]
    return out


def _moved(image, down, right, outside=lambda image: 0):
    """Return the moved image with something else where nothing moved in."""
    known = move.solve(np.ones_like(image), down, right) == 1
    return np.where(known, move.solve(image, down, right), outside(image))


move.mistake("What leaves on one side comes in on the other. Paper, 0, should come in.")(
    lambda x, d, r: np.roll(x, (d, r), axis=(0, 1))
)


@move.mistake("A negative index counts from the other end: check that it is not below 0, too.")
def _(image, down, right):
    """Return the image moved, with negative indices counted from the other end."""
    rows, columns = image.shape
    out = np.zeros_like(image)
    for row in range(rows):
        for column in range(columns):
            if -rows <= row - down < rows and -columns <= column - right < columns:
                out[row, column] = image[row - down, column - right]
    return out


move.mistake("What leaves comes in on the other side; and down and right are swapped: axis 0 is down.")(
    lambda x, d, r: np.roll(x, (d, r), axis=(1, 0))
)


@move.mistake("Moved up or left, what left comes in again: zeros belong there, too.")
def _(image, down, right):
    """Return the image rolled, with zeros only where it was moved down or right."""
    out = np.roll(image, (down, right), axis=(0, 1))
    out[: max(down, 0)] = 0
    out[:, : max(right, 0)] = 0
    return out


move.mistake("It moves the other way: down and right are positive.")(lambda x, d, r: _moved(x, -d, -r))
move.mistake("Down and right are swapped.")(lambda x, d, r: _moved(x, r, d))
move.mistake("It moves up for a positive down.")(lambda x, d, r: _moved(x, -d, r))
move.mistake("It moves left for a positive right.")(lambda x, d, r: _moved(x, d, -r))


@move.mistake("The edge is repeated. Paper, 0, should come in.")
def _(image, down, right):
    """Return the moved image with its edge repeated."""
    rows, columns = (
        np.clip(np.arange(n) - by, 0, n - 1) for n, by in zip(image.shape, (down, right), strict=True)
    )
    return image[np.ix_(rows, columns)]


move.mistake("Where nothing moves in, the old pixels are left. Begin with an image of zeros.")(
    lambda x, d, r: _moved(x, d, r, lambda image: image)
)
move.mistake("Paper is 0 here, not −1.")(lambda x, d, r: _moved(x, d, r, lambda image: -1))
move.mistake("It does not move down or up.")(lambda x, d, r: _moved(x, 0, r))
move.mistake("It does not move sideways.")(lambda x, d, r: _moved(x, d, 0))
move.mistake("The image comes back as it was.")(lambda x, d, r: x.copy())


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
recall.mistake("In per cent? Return shares from 0 to 1.")(_diagonal_by(lambda t, d: 100 * d / t.sum(axis=1)))
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
recall.mistake("That divides right ones by wrong ones and right ones of the others too: use this row only.")(
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
    image = np.zeros(sides(rng, 8, 12))
    top, left = rng.integers(0, np.subtract(image.shape, (2, 3)))
    image[top : top + 3, left : left + 4] = rng.integers(0, 5, (3, 4)) / 4
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
def centre(image):
    out = image
    for axis in (0, 1):
        size = image.shape[axis]
        ink = image.sum(axis=1 - axis)
        middle = (ink * np.arange(size)).sum() / ink.sum()
        by = int(np.floor((size - 1) / 2 - middle + 0.5))
        out = np.roll(out, by, axis=axis)  # only paper goes round
    return out.copy()


def _centre(image, *, middle=None, goal=lambda n: (n - 1) / 2, sign=1, axes=(0, 1), swap=False, whole=None):
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


centre.mistake("That is the middle of the outermost pixels. Weigh each row and column by its ink.")(
    lambda x: _centre(x, middle=_box)
)


@centre.mistake("Every pixel with ink counts the same in yours: weigh it by how much ink it has.")
def _(image):
    """Return the image centred as if all its ink were equally dark."""
    middles = np.argwhere(image > 0).mean(axis=0)
    moves = [int(np.floor((size - 1) / 2 - at + 0.5)) for size, at in zip(image.shape, middles, strict=True)]
    return np.roll(image, moves, axis=(0, 1))


centre.mistake("It moves away from the middle: turn the sign round.")(lambda x: _centre(x, sign=-1))
centre.mistake("The move down and the move right are swapped.")(lambda x: _centre(x, swap=True))
centre.mistake("It moves down or up only.")(lambda x: _centre(x, axes=(0,)))
centre.mistake("It moves sideways only.")(lambda x: _centre(x, axes=(1,)))
centre.mistake("Rows 0 to 7 have their middle at 3.5, not at 4.")(lambda x: _centre(x, goal=lambda n: n / 2))
centre.mistake("With n // 2, rows 0 to 7 have their middle at 4. It is (n - 1) / 2, with decimals.")(
    lambda x: _centre(x, goal=lambda n: n // 2)
)
centre.mistake("Not every sheet has 8 × 8 pixels: the middle is at (n - 1) / 2, not always at 3.5.")(
    lambda x: _centre(x, goal=lambda n: 3.5)
)
centre.mistake("Rows and columns count from 0; yours from 1, and the middle of the sheet does not.")(
    lambda x: _centre(x, middle=lambda ink: _mass(ink) + 1)
)
centre.mistake("Divide by the ink, not by the number of rows or columns.")(
    lambda x: _centre(x, middle=lambda ink: (ink * np.arange(len(ink))).mean())
)
centre.mistake("That rounds down always: add 0.5 before np.floor.")(lambda x: _centre(x, whole=np.floor))
centre.mistake("np.round takes a half to the even number: np.floor(by + 0.5) is what is wanted.")(
    lambda x: _centre(x, whole=np.round)
)
centre.mistake("The place of the most ink is not the middle of all ink.")(
    lambda x: _centre(x, middle=np.argmax)
)
centre.mistake("The decimals are cut off: round to the nearest whole pixel.")(
    lambda x: _centre(x, whole=np.trunc)
)
centre.mistake("That rounds up always: round to the nearest whole pixel.")(
    lambda x: _centre(x, whole=np.ceil)
)
centre.mistake("The ink is moved into the upper left corner.")(
    lambda x: _centre(x, middle=lambda ink: np.flatnonzero(ink)[0], goal=lambda n: 0)
)
centre.mistake("The image comes back as it was.")(lambda x: x.copy())
