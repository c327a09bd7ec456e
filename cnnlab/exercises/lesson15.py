"""Predictions and exercises of lesson 15, Test what a CNN takes for granted."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

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
    because="A dense layer does not know which pixels are neighbors, so it loses nothing. A filter looks at "
    "neighbors.",
    slips={
        "neither": "A filter of 3 × 3 looks at neighbors. What are neighbors now?",
        "the dense one": "A dense layer has a weight for each pixel, wherever it is. Does their order "
        "matter to it?",
        "both": "One of them never knew which pixels are neighbors.",
    },
)


ROW = np.array([[0, 0, 9, 3, 0, 0, 0, 0]])
predict_pooled = PredictCells(
    "A row of a map is cut into four pairs, from the left; of each pair the larger number is kept. Which "
    "four are they as it is, which after a move by one place to the right, and which after a move by two? "
    "(What comes in is 0.)",
    answer=[[0, 9, 0, 0], [0, 9, 3, 0], [0, 0, 9, 0]],
    names=("as it is", "moved by 1", "moved by 2"),
    because="As it is, and after two, 9 and 3 share a window; after one they lie in two windows.",
    given={"The row": ROW},
    slips=[
        (
            [[0, 9, 3, 0], [0, 0, 9, 3], [0, 0, 0, 9]],
            "The windows do not move along: pairs begin at the left.",
        ),
        ([[0, 12, 0, 0], [0, 9, 3, 1], [0, 0, 12, 0]], "Keep the larger of a pair, not their sum."),
        ([[0, 6, 0, 0], [0, 4.5, 1.5, 0], [0, 0, 6, 0]], "That is the mean of a pair. Keep the larger."),
        ([[0, 3, 0, 1], [0, 0, 0, 1], [0, 0, 3, 1]], "That is the smaller one of a pair."),
        (
            [[9, 0, 0, 0], [9, 3, 0, 0], [0, 9, 0, 1]],
            "That moves to the left, or begins with the second pair.",
        ),
    ],
)

predict_noise = Predict(
    "Networks that read nearly all test digits are shown pure noise. How large is the largest of the ten "
    "shares, on average?",
    choices=("about 0.1", "about 0.4", "0.6 or more"),
    answer="0.6 or more",
    because="Nothing has taught them what is not a digit: scores of noise are as far apart as others.",
    slips={
        "about 0.1": "That would be ten shares alike, as if they knew that they do not know.",
        "about 0.4": "Who would have taught them to be careful?",
    },
)


def _picture(rng):
    rows, columns = sides(rng, 2, 6)
    down, right = (rng.integers([rows, columns]) * rng.choice([-1, 1, -3, 1, -1], 2)).tolist()
    image = quarters(rng, rows, columns) / 16  # with more than two decimals
    if rng.random() < 0.5:
        image[0] = image[:, -1] = 0  # paper
    return image, down, right


@exercise(
    cases=[
        (np.array([[1, 2], [3, 4]]), 0, 1),
        (np.array([[1, 2, 3], [4, 5, 6]]), 1, 0),
        (np.array([[1, 2, 3], [4, 5, 6]]), -1, 2),
        (np.array([[1, 2, 3], [4, 5, 6]]), 0, 0),
        (np.array([[1, 2, 3], [4, 5, 6]]), 4, -1),
        (np.array([[1.5]]), 0, 0),
        (np.array([[1.5, -2.0, 0.25]]), 0, -2),
        (np.array([[1.5], [-2.0]]), 1, 5),
        (np.array([[0, 0, 0], [0, 0.0625, 0], [0, 0, 0]]), -1, 2),
        (np.arange(1, 13).reshape(3, 4), 4, 0),
        (np.arange(1, 13).reshape(3, 4), -4, 1),
        (np.arange(1, 13).reshape(4, 3), 0, 4),
        (np.arange(1, 13).reshape(4, 3), -1, -4),
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


@move.mistake(
    "Moved up or left, an index falls below 0 and counts from the other end: leave those pixels out."
)
def _(image, down, right):
    """Return the image written to its new places, with negative indices counted from the other end."""
    out = np.zeros_like(image)
    for (row, column), value in np.ndenumerate(image):
        if -len(out) <= row + down < len(out) and -out.shape[1] <= column + right < out.shape[1]:
            out[row + down, column + right] = value
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
move.mistake("Paper is 0 here, not 1.")(lambda x, d, r: _moved(x, d, r, lambda image: 1))
move.mistake("What comes in is 0, not the first pixel of the image.")(
    lambda x, d, r: _moved(x, d, r, lambda image: image[0, 0])
)
move.mistake("Negative moves go up and left: yours loses their sign.")(
    lambda x, d, r: _moved(x, abs(d), abs(r))
)
move.mistake("Negative moves go up and left: yours leaves them out.")(
    lambda x, d, r: _moved(x, max(d, 0), max(r, 0))
)
move.mistake("It moves only if both moves differ from 0.")(
    lambda x, d, r: _moved(x, d, r) if d and r else x.copy()
)
move.mistake("It moves one pixel too far.")(lambda x, d, r: _moved(x, d + np.sign(d), r + np.sign(r)))
move.mistake("It moves by one pixel at most.")(lambda x, d, r: _moved(x, np.sign(d), np.sign(r)))
move.mistake("A move farther than the image is large empties it: yours takes the rest of a division.")(
    lambda x, d, r: _moved(x, int(np.fmod(d, len(x))), int(np.fmod(r, x.shape[1])))
)
move.mistake("A move farther than the image is large empties it: yours keeps a row or a column.")(
    lambda x, d, r: _moved(x, *(np.clip(by, 1 - n, n - 1) for by, n in zip((d, r), x.shape, strict=True)))
)


@move.mistake("What leaves the sheet is lost: yours moves less, so that nothing leaves.")
def _(image, down, right):
    """Return the image moved, but no farther than to where its ink reaches the edge."""
    moves = [
        np.clip(by, -places.min(initial=n), n - 1 - places.max(initial=-1))
        for by, places, n in zip((down, right), image.nonzero(), image.shape, strict=True)
    ]
    return _moved(image, *moves)


@move.mistake("Read from the image that came, not from the one you write to: ink smears over the sheet.")
def _(image, down, right):
    """Return what becomes of the image if it is read after it was written to."""
    out = image.copy()
    rows, columns = image.shape
    for row, column in np.ndindex(rows, columns):
        inside = 0 <= row - down < rows and 0 <= column - right < columns
        out[row, column] = out[row - down, column - right] if inside else 0
    return out


@move.mistake("The first row and the first column are lost: their index is 0, and 0 is allowed.")
def _(image, down, right):
    """Return the image moved without its first row and its first column."""
    image = image.copy()
    image[0] = image[:, 0] = 0
    return _moved(image, down, right)


@move.mistake("The last row and the last column are lost: range(n) ends at n − 1.")
def _(image, down, right):
    """Return the image moved without its last row and its last column."""
    image = image.copy()
    image[-1] = image[:, -1] = 0
    return _moved(image, down, right)


@move.mistake("What leaves is reflected back into the sheet. Paper, 0, should come in.")
def _(image, down, right):
    """Return the image moved, with its mirror image where nothing moved in."""
    for axis, by in enumerate((down, right)):
        n = image.shape[axis]
        image = np.pad(np.arange(n), abs(by), mode="symmetric")[abs(by) - by :][:n], image
        image = np.take(image[1], image[0], axis=axis)
    return image


@move.mistake(
    "What leaves a row goes on in the next one: move rows and columns, not the flat list of pixels."
)
def _(image, down, right):
    """Return the image moved as one long row."""
    by = down * image.shape[1] + right
    return _moved(image.reshape(1, -1), 0, by).reshape(image.shape)


@move.mistake("The sheet grows: what leaves it should be lost.")
def _(image, down, right):
    """Return the image with as much paper beside it as it is moved."""
    return np.pad(image, [(max(by, 0), max(-by, 0)) for by in (down, right)])


@move.mistake("That is only the part that stays. Put it on a sheet of zeros, as large as the image.")
def _(image, down, right):
    """Return the part that does not leave."""
    (top, end), (left, stop) = (
        (max(-by, 0), max(n - by, 0)) for n, by in zip(image.shape, (down, right), strict=True)
    )
    return image[top:end, left:stop]


@move.mistake("Every sheet has 8 × 8 pixels in yours: it should be as large as the image.")
def _(image, down, right):
    """Return the image moved on a sheet of 8 by 8."""
    return _moved(np.pad(image, [(0, 8 - n) for n in image.shape]), down, right)


@move.mistake("Not every image is square: the columns behind the last row's number stay empty.")
def _(image, down, right):
    """Return the image moved with as many columns as it has rows; the others are 0."""
    n = min(image.shape)
    out = np.zeros_like(image)
    out[:, :n] = _moved(image[:, :n], down, right)
    return out


def _weights(rng):
    neurons, pixels = sides(rng, 2, 7)
    return quarters(rng, neurons, pixels) / 16, rng.permutation(pixels)  # with more than two decimals


@exercise(
    cases=[
        (np.array([[1, 2, 3, 4, 5], [60, 70, 80, 90, -10]]), np.array([3, 0, 4, 1, 2])),
        (np.array([[0.5, -1.5, 2.0], [1.0, 0.0, 4.0]]), np.array([1, 2, 0])),
        (np.array([[2.5], [-1.0]]), np.array([0])),
    ],
    draw=_weights,
    hints=[
        "Which pixel comes first now? It is x[order[0]]. Which weights did it have?",
        "It had column order[0]. So this must become the first column.",
        "weight[:, order]",
    ],
)
def reorder(weight, order):
    return weight[:, order]


reorder.mistake(
    "That sends column k to place order[k]. The other way around: place k needs column order[k]."
)(lambda w, o: w[:, np.argsort(o)])
reorder.mistake("The weights come back as they were.")(lambda w, o: w.copy())
reorder.mistake("Rows are neurons: their order does not change. Reorder the columns, the pixels.")(
    lambda w, o: w[np.argsort(o[: len(w)] if len(w) <= len(o) else np.arange(len(w)))]
)
reorder.mistake("The order is read from its end.")(lambda w, o: w[:, o[::-1]])
reorder.mistake("That turns the columns around, whatever order says.")(lambda w, o: w[:, ::-1])
reorder.mistake("Only the first neuron has new weights: reorder every row.")(
    lambda w, o: np.concatenate([w[:1, o], w[1:]])
)
reorder.mistake("Pixels count from 0; yours takes the column before.")(lambda w, o: w[:, o - 1])
reorder.mistake("That sorts the weights by size. Reorder them as order says.")(
    lambda w, o: np.sort(w, axis=1)
)
reorder.mistake("That is the right order, but neurons and pixels have changed places.")(
    lambda w, o: w[:, o].T
)
reorder.mistake("That is the sum of the reordered weights of each neuron. Return the weights.")(
    lambda w, o: w[:, o].sum(axis=1)
)
reorder.mistake("Shuffled twice: take the columns once.")(lambda w, o: w[:, o][:, o])


@reorder.mistake("Read from the weights that came: yours reads columns that it has already written to.")
def _(weight, order):
    """Return the weights reordered in place."""
    weight = weight.copy()
    for place, column in enumerate(order):
        weight[:, place] = weight[:, column]
    return weight


@reorder.mistake("Each swap moves a column that a later one needs: take all from the weights that came.")
def _(weight, order):
    """Return the weights after one swap for each number of the order."""
    weight = weight.copy()
    for place, column in enumerate(order):
        weight[:, [place, column]] = weight[:, [column, place]]
    return weight


reorder.mistake("Those are the weights of the first neuron only: return all rows.")(lambda w, o: w[0][o])
reorder.mistake("That is the order that undoes the shuffle. Return the weights.")(lambda w, o: np.argsort(o))
reorder.mistake("order holds places, not factors: take the columns in this order.")(lambda w, o: w * o)
reorder.mistake("Take all columns, not only as many as there are neurons.")(lambda w, o: w[:, o[: len(w)]])
reorder.mistake("The rows are reordered, not the columns: rows are neurons, and stay where they are.")(
    lambda w, o: w[o % len(w)][: len(w)]
)
reorder.mistake("The columns are right, but the rows are reordered, too: neurons stay where they are.")(
    lambda w, o: w[np.argsort(o[: len(w)])][:, o]
)
reorder.mistake("Not every image has 64 pixels: there are as many columns as numbers in order.")(
    lambda w, o: np.pad(w[:, o], [(0, 0), (0, 64 - len(o))])
)
reorder.mistake("All columns move on by the same number in yours: each has a place of its own in order.")(
    lambda w, o: np.roll(w, -o[0], axis=1)
)
reorder.mistake("The last column stays where it was: reorder it, too.")(
    lambda w, o: np.concatenate([w[:, o[:-1]], w[:, -1:]], axis=1)
)
