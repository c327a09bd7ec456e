"""Predictions and exercises of lesson 06, Shrink with pooling."""

import numpy as np

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.exercises.engine import Verdict, exercise, is_empty, quarters, sides
from cnnlab.exercises.predict import Predict
from cnnlab.nn.experiments.shifts import apart, on_a_sheet

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
        4: "There are 4 whole moves, and the place the window starts from counts too. (Or did you lay the "
        "windows side by side? These overlap.)",
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
        9: "The sum is divided by nine, as in lesson 02.",
        7 / 9: "That is the match at the end of the stroke. Farther in it is perfect.",
    },
)


predict_noise = Predict(
    "The noise is typically twice as large as the pixels. Compared with the clean X and O, which pooling "
    "tells more letters apart?",
    choices=("max-pooling", "average pooling", "both alike, within one in a hundred"),
    answer="average pooling",
    because="In a mean of four the noise cancels in part; the largest tends to be one that the noise raised.",
    slips={
        "max-pooling": "Which of four numbers is the largest when the noise is larger than the match?",
        "both alike, within one in a hundred": "They differ by more. In which of the two can noise cancel?",
    },
)

GRIDS = [
    (np.array([[1.0, 5.0], [3.0, 2.0]]), 2),
    (np.array([[-3.0, -1.0], [-7.0, -2.0]]), 2),
    (np.array([[4.0, -6.0]]), 1),
    (np.array([[1.0, 4.0, -2.0], [3.0, -5.0, 8.0]]), 2),
    (np.array([[0.0, 2.0, -6.0, 1.0], [-1.0, 7.0, -3.0, -9.0]]), 2),
    (np.array([[-1000.5, -2000.0, -0.25, 0.0], [-1500.0, -1000.75, -3.0, -0.5]]), 2),
    (np.array([[2.5], [-1.5], [0.5]]), 1),
    (-1e6 * np.arange(1, 13).reshape(3, 4), 1),  # below whatever somebody may start from
]


def _each_window(x, size, keep, stride=None, partial=False):
    """Fill a map with ``keep(window)`` of each window, the whole ones unless ``partial`` ones count too."""
    stride = stride or size
    starts = (range(0, n if partial else n - size + 1, stride) for n in x.shape)
    rows, columns = map(list, starts)
    out = np.zeros((len(rows), len(columns)))
    for i, j in np.ndindex(out.shape):
        out[i, j] = keep(x[rows[i] : rows[i] + size, columns[j] : columns[j] + size])
    return out


def _grid(rng):
    return (1 if rng.integers(4) else 500) * quarters(rng, *sides(rng, 4, 9)), int(rng.integers(1, 5))


@exercise(
    cases=GRIDS,
    draw=_grid,
    hints=[
        "How many whole windows fit? x.shape[0] // size from top to bottom.",
        "The window at (i, j) is x[i * size : (i + 1) * size, j * size : (j + 1) * size].",
        "out[i, j] = window.max()",
    ],
    without=("cnnlab.ops",),
)
def max_pool(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return out


max_pool.mistake("That is the mean; keep the largest.")(lambda x, n: _each_window(x, n, np.mean))
max_pool.mistake("That is the smallest number; keep the largest.")(lambda x, n: _each_window(x, n, np.min))
max_pool.mistake("Only the last cell of each window is looked at.")(
    lambda x, n: _each_window(x, n, lambda w: w[-1, -1])
)
max_pool.mistake("Only the first cell of each window is looked at.")(
    lambda x, n: _each_window(x, n, lambda w: w[0, 0])
)
max_pool.mistake("Negative numbers become 0: a window of negative numbers keeps the largest of them.")(
    lambda x, n: np.maximum(_each_window(x, n, np.max), 0)
)
max_pool.mistake("The largest in size is kept; −7 is smaller than −1.")(
    lambda x, n: _each_window(np.abs(x), n, np.max)
)
max_pool.mistake("The windows overlap: move on by size, not by 1.")(
    lambda x, n: _each_window(x, n, np.max, stride=1)
)
max_pool.mistake("Partial windows at the edges count too in yours; leave them out here.")(
    lambda x, n: _each_window(x, n, np.max, partial=True)
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


@max_pool.mistake(
    "The last window is missing where the windows fit exactly: it ends at the edge, and is whole."
)
def _(x, size):
    rows, columns = (range(0, n - size, size) for n in x.shape)
    return np.array([[x[i : i + size, j : j + size].max() for j in columns] for i in rows])


@max_pool.mistake("One window is missing where the windows fit exactly: n // size, not (n − 1) // size.")
def _(x, size):
    rows, columns = ((n - 1) // size for n in x.shape)
    return _each_window(x[: rows * size, : columns * size], size, np.max)


@max_pool.mistake("Each window lacks its last row and column: the end of a slice is not part of it.")
def _(x, size):
    return _each_window(x, size, lambda window: (window[:-1, :-1] if size > 1 else window).max())


@max_pool.mistake("The rows tell how many windows fit along the columns, too: a matrix need not be square.")
def _(x, size):
    count = x.shape[0] // size
    out = np.zeros((count, count))
    for i, j in np.ndindex(out.shape):
        out[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max(initial=-np.inf)
    return np.where(np.isinf(out), 0, out)


@max_pool.mistake("size is how wide a window is, not how many windows there are.")
def _(x, size):
    rows, columns = (np.array_split(range(n), size) for n in x.shape)
    return np.array([[x[np.ix_(r, c)].max() if r.size and c.size else 0 for c in columns] for r in rows])


max_pool.mistake("The windows are always 2 × 2 in yours, whatever size is given.")(
    lambda x, n: _each_window(x, 2, np.max)
)
max_pool.mistake("The windows always move on by 2 in yours: move on by size.")(
    lambda x, n: _each_window(x, n, np.max, stride=2)
)
max_pool.mistake("The rows of yours are pooled, but not the columns.")(
    lambda x, n: x[: len(x) // n * n].reshape(len(x) // n, n, x.shape[1]).max(axis=1)
)
max_pool.mistake("The columns of yours are pooled, but not the rows.")(
    lambda x, n: x[:, : x.shape[1] // n * n].reshape(len(x), x.shape[1] // n, n).max(axis=2)
)
max_pool.mistake("That is the largest number of the whole matrix; there is one for each window.")(
    lambda x, n: x.max()
)
max_pool.mistake("Yours tells where in its window the largest number stands; return the number.")(
    lambda x, n: _each_window(x, n, np.argmax)
)
max_pool.mistake("The windows begin at the bottom right in yours; begin at the top left.")(
    lambda x, n: _each_window(x[::-1, ::-1], n, np.max)[::-1, ::-1]
)
max_pool.mistake("Yours writes the largest to every place of its window: one number for each is enough.")(
    lambda x, n: _each_window(x, n, np.max).repeat(n, axis=0).repeat(n, axis=1)
)


@max_pool.mistake(
    "reshape takes the numbers in reading order, so your windows are no squares: make the shape "
    "(rows, size, columns, size), and take the largest along axes 1 and 3."
)
def _(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[: rows * size, : columns * size].reshape(rows, columns, size, size).max(axis=(2, 3))


def _axis(rng):
    return tuple(rng.integers(1, (31, 10, 10)).tolist())


@exercise(
    cases=[
        (4, 2, 2),
        (7, 2, 2),
        (5, 3, 2),
        (3, 2, 3),
        (3, 5, 2),
        (10, 3, 3),
        (9, 2, 4),
        (4, 1, 5),
        (8, 5, 2),
        (1, 1, 1),
        (2, 9, 4),
        (6, 6, 1),
        (700, 3, 2),
    ],
    draw=_axis,
    hints=[
        "Whole windows only: (size − window) // stride + 1. What if something is left over at the end?",
        "Follow the text with a loop: a window starts at 0, at stride, at 2 · stride, … When do you stop?",
        "for start in range(0, size, stride): count it, and stop if start + window >= size.",
    ],
)
def ragged_size(size, window, stride):
    count = 0
    for start in range(0, size, stride):
        count += 1
        if start + window >= size:
            break
    return count


def _until(size, stride, reached):
    """Count starts below ``size``, up to the first at which ``reached`` says so."""
    starts = list(range(0, size, stride))
    return next((k + 1 for k, start in enumerate(starts) if reached(start)), len(starts))


def _rounded_up(size, window, stride):
    """Return how many windows there are if none is too wide, and none starts beyond the end."""
    return -(-(size - window) // stride) + 1


ragged_size.mistake("Only whole windows are counted: round up, not down.")(
    lambda n, w, s: max((n - w) // s + 1, 0)
)
ragged_size.mistake("You count the moves; the place the window starts from counts too.")(
    lambda n, w, s: ragged_size.solve(n, w, s) - 1
)
ragged_size.mistake("A last window would start beyond the edge, where there is nothing left to see.")(
    lambda n, w, s: max(_rounded_up(n, w, s), 1)
)
ragged_size.mistake(
    "Two things are left: with a stride larger than the window, a last window may start beyond the edge; "
    "and a window wider than the axis is one window."
)(_rounded_up)
ragged_size.mistake("A window wider than the axis reaches the last number at once: that is one window.")(
    lambda n, w, s: 0 if w > n else ragged_size.solve(n, w, s)
)
ragged_size.mistake("You go on after a window has reached the edge: how wide the window is matters too.")(
    lambda n, w, s: -(-n // s)
)
ragged_size.mistake("The stride is left out.")(lambda n, w, s: max(n - w, 0) + 1)
ragged_size.mistake("You divide by the window; the stride is how far it moves on.")(
    lambda n, w, s: -(-n // w)
)
ragged_size.mistake("Only whole windows side by side are counted.")(lambda n, w, s: n // w)
ragged_size.mistake("One place too many.")(lambda n, w, s: ragged_size.solve(n, w, s) + 1)
ragged_size.mistake("Places are whole: // divides and rounds down, / does not round.")(
    lambda n, w, s: (n - w) / s + 1
)
ragged_size.mistake("A partial window is added even where the last whole one ends at the edge.")(
    lambda n, w, s: max(n - w, 0) // s + 2
)
ragged_size.mistake("A window that hangs over ends it, too; yours stops only at one that ends at the edge.")(
    lambda n, w, s: next(
        (k + 1 for k, start in enumerate(range(0, n, s)) if start + w == n), len(range(0, n, s))
    )
)

ragged_size.mistake("Whole windows are counted; a partial one at the end counts, too: round up.")(
    lambda n, w, s: max((n - w) // s + 1, 1)
)
ragged_size.mistake("If the last whole window reaches the last number, no partial one comes after it.")(
    lambda n, w, s: max((n - w) // s + 1, 0) + 1
)
ragged_size.mistake("Round up, not to the nearest: whatever is left over needs a window.")(
    lambda n, w, s: min(max(round((n - w) / s), 0) + 1, -(-n // s))
)
ragged_size.mistake("window and stride have changed places in yours.")(
    lambda n, w, s: ragged_size.solve(n, s, w)
)
ragged_size.mistake("A window that ends just at the last number has reached it: >= ends the loop, not >.")(
    lambda n, w, s: _until(n, s, lambda start: start + w > n)
)
ragged_size.mistake("The last number is at size − 1, so a window that starts at size is beyond it.")(
    lambda n, w, s: _until(n + 1, s, lambda start: start + w >= n)
)
ragged_size.mistake("Return how many windows there are, not where they start.")(
    lambda n, w, s: s * np.arange(ragged_size.solve(n, w, s))
)
ragged_size.mistake("What is left over is the rest of size − window by stride, not that of size.")(
    lambda n, w, s: (n - w) // s + 1 + (n % s > 0)
)
ragged_size.mistake(
    "Where the axis is wider than the window, what is left over is the rest of size − window by stride."
)(lambda n, w, s: max((n - w) // s, 0) + 1 + (n > w and n % s > 0))
ragged_size.mistake("A window wider than the axis is one window; there your formula falls to 0, or below.")(
    lambda n, w, s: min(_rounded_up(n, w, s), -(-n // s))
)
ragged_size.mistake("A stride larger than the window leaves gaps; yours lays the windows side by side.")(
    lambda n, w, s: ragged_size.solve(n, w, min(w, s))
)
ragged_size.mistake("Only the windows that hang over are counted; the whole ones count, too.")(
    lambda n, w, s: ragged_size.solve(n, w, s) - max((n - w) // s + 1, 0)
)


# --- An open exercise: it has no solution to compare with, only something to measure -----------------------

SHEETS = [on_a_sheet(letter, 17) for letter in (letters.X, letters.O)]
WINDOW = 4  # rows and columns that a number may look at


def measure(gentle_pool):
    """Return the ``Verdict`` on a pooling: whether it keeps the rules, and how far apart it keeps X and O."""
    if is_empty(gentle_pool):
        return Verdict("not attempted", "Replace the three dots with your code, then run the cell again.")
    try:
        wrong = _against_the_rules(gentle_pool)
        yours = (
            None
            if wrong
            else apart(lambda image: np.asarray(gentle_pool(_map_of(image)), dtype=float), SHEETS)
        )
    except Exception as error:  # whatever a learner's function does
        wrong = f"Your function stopped with {type(error).__name__}: {error}"
    if wrong:
        return Verdict("not yet", wrong)
    largest = apart(lambda image: ops.max_pool2d(_map_of(image), 2, ceil_mode=True), SHEETS)
    if np.isnan(yours):
        return Verdict("not yet", "Your results for X and O are the same: nothing is told apart.")
    told = f"Yours: {yours:.2f}; max-pooling: {largest:.2f}; to beat: 1.50."
    return Verdict("correct" if yours > 1.5 else "not yet", told)


def _map_of(image):
    return ops.relu(ops.correlate2d(image, letters.FILTERS[0], normalize=True))


def _against_the_rules(pool):
    """Return which rule a pooling breaks, in words, or None."""
    rng = np.random.default_rng(0)
    for shape in ((15, 15), (8, 11)):
        found = np.shape(pool(rng.random(shape)))
        if len(found) != 2 or any(f not in (n // 2, (n + 1) // 2) for f, n in zip(found, shape, strict=True)):
            return f"A map of shape {shape} should become half as high and wide, yours has shape {found}."
    base = rng.random((8, 11))
    before, seen = np.asarray(pool(base.copy()), dtype=float), []
    for place in np.ndindex(base.shape):
        for by in (-100, 100):
            nudged = base.copy()
            nudged[place] += by
            after = np.asarray(pool(nudged), dtype=float)
            seen += [(*cell, *place) for cell in np.argwhere(~np.isclose(before, after)).tolist()]
    seen = np.array(seen).reshape(-1, 4)
    for cell in np.unique(seen[:, :2], axis=0):
        looks = seen[(seen[:, :2] == cell).all(axis=1), 2:]
        if (np.ptp(looks, axis=0) >= WINDOW).any():
            rows, columns = np.ptp(looks, axis=0) + 1
            return f"Each number may look at 4 × 4 numbers at most; one of yours looks at {rows} × {columns}."
    return None
