"""Predictions and exercises of lesson 06, Shrink with pooling."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_negative = Predict(
    "A window holds −3, −1, −7 and −2. Which number does max-pooling keep?",
    answer=-1,
    because="−1 is the largest: it is the farthest to the right on the number line.",
    slips={
        -7: "−7 is the largest in size, but the smallest number.",
        0: "0 is not among the four.",
        1: "The number is kept as it is, with its sign.",
        -3.25: "That is the mean. Max-pooling keeps the largest.",
    },
)

predict_whole_windows = Predict(
    "A map 12 wide is pooled with window 3 and stride 2, and only whole windows count. "
    "How wide is the result?",
    answer=5,
    because="(12 − 3) / 2 = 4.5, so 4 whole moves, and the place the window starts from makes 5.",
    slips={
        4: "Those are the moves. The place the window starts from counts too.",
        6: "A sixth window would hang over the edge.",
        3: "The windows overlap: they are 3 wide, but move on by 2.",
        10: "The window moves on by 2, not by 1.",
        5.5: "Places are whole: round down before you add 1.",
    },
)

predict_global = Predict(
    "Move the X by one pixel, in any direction. What is the largest number of the first filter's map now?",
    answer=1,
    because="The falling stroke is still there, so somewhere the filter still matches perfectly: 9/9 = 1.",
    slips={
        0: "The match moves along; it does not vanish.",
        9: "Divided by nine, as in lesson 02.",
        7 / 9: "That is the match at the end of the stroke. Farther in it is perfect.",
    },
)


GRIDS = [
    (np.array([[1.0, 5.0], [3.0, 2.0]]), 2),
    (np.array([[-3.0, -1.0], [-7.0, -2.0]]), 2),
    (np.array([[4.0, -6.0]]), 1),
    (np.array([[1.0, 4.0, -2.0], [3.0, -5.0, 8.0]]), 2),
    (np.array([[0.0, 2.0, -6.0, 1.0], [-1.0, 7.0, -3.0, -9.0]]), 2),
]


def _each_window(x, size, keep):
    """Fill a map with ``keep(window)`` of each whole window."""
    out = np.zeros((x.shape[0] // size, x.shape[1] // size))
    for i, j in np.ndindex(out.shape):
        out[i, j] = keep(x[i * size : (i + 1) * size, j * size : (j + 1) * size])
    return out


def _grid(rng):
    return quarters(rng, *sides(rng, 4, 9)), int(rng.integers(1, 5))


@exercise(
    cases=GRIDS,
    draw=_grid,
    hints=[
        "How many whole windows fit? x.shape[0] // size from top to bottom.",
        "The window at (i, j) is x[i * size : (i + 1) * size, j * size : (j + 1) * size].",
        "out[i, j] = window.max()",
    ],
)
def max_pool(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return out


max_pool.mistake("That is the mean; keep the largest.")(lambda x, n: ops.avg_pool2d(x, n))
max_pool.mistake("That is the smallest number; keep the largest.")(lambda x, n: -ops.max_pool2d(-x, n))
max_pool.mistake("Only the last cell of each window is looked at.")(
    lambda x, n: _each_window(x, n, lambda w: w[-1, -1])
)
max_pool.mistake("Only the first cell of each window is looked at.")(
    lambda x, n: _each_window(x, n, lambda w: w[0, 0])
)
max_pool.mistake("Negative numbers become 0: a window of negative numbers keeps the largest of them.")(
    lambda x, n: np.maximum(ops.max_pool2d(x, n), 0)
)
max_pool.mistake("The largest in size is kept; −7 is smaller than −1.")(
    lambda x, n: ops.max_pool2d(np.abs(x), n)
)
max_pool.mistake("The windows overlap: move on by size, not by 1.")(
    lambda x, n: ops.max_pool2d(x, n, stride=1)
)
max_pool.mistake("Partial windows at the edges count too in yours; leave them out here.")(
    lambda x, n: ops.max_pool2d(x, n, ceil_mode=True)
)
max_pool.mistake("Only the first row of each window is looked at.")(
    lambda x, n: _each_window(x, n, lambda w: w[0].max())
)
max_pool.mistake("That is the sum; keep the largest.")(lambda x, n: _each_window(x, n, np.sum))
max_pool.mistake("The one that is largest in size is kept, with its sign; −1 is larger than −7.")(
    lambda x, n: _each_window(x, n, lambda w: w.flat[np.abs(w).argmax()])
)


@max_pool.mistake("The windows overlap: the one at (i, j) starts at row i · size, column j · size.")
def _(x, size):
    """Pool as many windows as there should be, but move on by 1."""
    out = np.zeros((x.shape[0] // size, x.shape[1] // size))
    for i, j in np.ndindex(out.shape):
        out[i, j] = x[i : i + size, j : j + size].max()
    return out


@exercise(
    cases=GRIDS,
    draw=_grid,
    hints=[
        "Start from your max_pool: what has to change?",
        "window.mean() is the sum divided by the number of cells.",
        "Two loops over i and j, and out[i, j] = window.mean()",
    ],
)
def average_pool(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    whole = x[: rows * size, : columns * size]
    return whole.reshape(rows, size, columns, size).mean(axis=(1, 3))


average_pool.mistake("That is the largest; take the mean.")(lambda x, n: ops.max_pool2d(x, n))
average_pool.mistake("That is the sum: divide by the number of cells.")(
    lambda x, n: _each_window(x, n, np.sum)
)
average_pool.mistake("Divide by the number of cells, size · size, not by size.")(
    lambda x, n: _each_window(x, n, np.sum) / n
)
average_pool.mistake("The windows overlap: move on by size, not by 1.")(
    lambda x, n: ops.avg_pool2d(x, n, stride=1)
)
average_pool.mistake("Partial windows at the edges count too in yours; leave them out here.")(
    lambda x, n: ops.avg_pool2d(x, n, ceil_mode=True)
)
average_pool.mistake("That is the median, the middle one; take the mean.")(
    lambda x, n: _each_window(x, n, np.median)
)
average_pool.mistake("Every cell holds the mean of the whole map; take it window by window.")(
    lambda x, n: np.full((x.shape[0] // n, x.shape[1] // n), x.mean())
)
average_pool.mistake("Only the first row of each window is averaged.")(
    lambda x, n: _each_window(x, n, lambda w: w[0].mean())
)
average_pool.mistake("Dividing by 4 is right for windows of 2 × 2 only.")(
    lambda x, n: _each_window(x, n, np.sum) / 4
)


def _axis(rng):
    window, size = sorted(sides(rng, 1, 14))
    return size, window, int(rng.integers(1, 7))


@exercise(
    cases=[
        (4, 2, 2),
        (7, 2, 2),
        (5, 3, 2),
        (3, 2, 3),
        (10, 3, 3),
        (9, 2, 4),
        (4, 1, 5),
        (8, 5, 2),
    ],
    draw=_axis,
    hints=[
        "Whole windows only: (size − window) // stride + 1. What if something is left over at the end?",
        "// rounds down; with two minus signs it rounds up: -(-a // b). The last window must start inside.",
        "The last one starts at (places − 1) · stride; if that is size or more, take one away.",
    ],
)
def ragged_size(size, window, stride):
    places = -(-(size - window) // stride) + 1
    if (places - 1) * stride >= size:
        places -= 1
    return places


ragged_size.mistake("Only whole windows are counted: round up, not down.")(lambda n, w, s: (n - w) // s + 1)
ragged_size.mistake("You count the moves; the place the window starts from counts too.")(
    lambda n, w, s: -(-(n - w) // s)
)
ragged_size.mistake("A last window would start beyond the edge, where there is nothing left to see.")(
    lambda n, w, s: -(-(n - w) // s) + 1
)
ragged_size.mistake("You go on after a window has reached the edge: how wide the window is matters too.")(
    lambda n, w, s: -(-n // s)
)
ragged_size.mistake("The stride is left out.")(lambda n, w, s: n - w + 1)
ragged_size.mistake("You divide by the window; the stride is how far it moves on.")(
    lambda n, w, s: -(-n // w)
)
ragged_size.mistake("Only whole windows side by side are counted.")(lambda n, w, s: n // w)
ragged_size.mistake("One place too many.")(lambda n, w, s: ragged_size.solve(n, w, s) + 1)
ragged_size.mistake("Places are whole: // divides and rounds down, / does not round.")(
    lambda n, w, s: (n - w) / s + 1
)
ragged_size.mistake("A partial window is added even where the last whole one ends at the edge.")(
    lambda n, w, s: (n - w) // s + 2
)
