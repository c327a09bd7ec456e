"""Predictions and exercises of lesson 04, Find edges with Sobel."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells
from cnnlab.scenes.photo_filter import SOBEL_X, SOBEL_Y

predict_row = PredictCells(
    "Slide the weights −1, 0, 1 along the row. Which four numbers come out?",
    answer=[[0, 190, 190, 0]],
    because="Where all three pixels are alike the sum is 0; the step from 10 to 200 shows at two places.",
    given={"Row": [[10, 10, 10, 200, 200, 200]], "Weights": [[-1, 0, 1]]},
    slips=[
        ([[0, -190, -190, 0]], "The right neighbor counts plus, the left one minus: it gets brighter here."),
        (
            [[10, 10, 200, 200]],
            "The weight in the middle is 0: subtract the left neighbor from the right one.",
        ),
        ([[20, 210, 210, 400]], "The first weight is −1: its product is subtracted."),
        ([[0, 190, 0, 0]], "The step shows at two places: one pixel before it and one after it."),
        (
            [[0, 0, 190, 0]],
            "That is the difference of two neighbors. These weights skip the one in the middle.",
        ),
    ],
)

predict_even = Predict(
    "Lay Sobel's Gx on an even wall: all nine pixels are 100. What is the sum?",
    answer=0,
    because="The weights add up to 0, so what all pixels have in common cancels.",
    slips={
        100: "That is what a filter gives whose weights add up to 1.",
        800: "The left column counts minus: −400, and the right one +400.",
        400: "The left column counts minus: −400, and the right one +400.",
    },
)

predict_sharpen = Predict(
    "And the filter called sharpen, on the same wall? It has 5 in the middle, −1 beside, below and above it, "
    "and 0 in the corners.",
    answer=100,
    because="Its weights add up to 5 − 4 = 1: an even wall stays as bright as it was.",
    slips={
        500: "The four weights around the middle are −1.",
        0: "Its weights add up to 1, not to 0.",
        900: "The four weights around the middle are −1.",
        -300: "There are four weights of −1, and 5 in the middle.",
        400: "Is it 5 · 100 − 4 · 100?",
    },
)

predict_magnitude = Predict(
    "At some pixel Gx is 5 and Gy is −12. What is the magnitude?",
    answer=13,
    because="√(25 + 144) = √169 = 13.",
    slips={
        17: "That is |Gx| + |Gy|.",
        -7: "Square both before you add: −12 becomes 144.",
        7: "Square both before you add: −12 becomes 144.",
        169: "Take the root.",
        12: "That is the larger of the two.",
    },
)

predict_stripes = Predict(
    "The finest stripes there are: columns of 0 and 255 in turn, one pixel wide. What does Gx give inside?",
    answer=0,
    because="The pixels to the left and to the right of any pixel are equal, so each difference is 0.",
    slips={
        1020: "Compare the pixel to the left with the one to the right: are they different?",
        255: "Compare the pixel to the left with the one to the right: are they different?",
        -1020: "Compare the pixel to the left with the one to the right: are they different?",
        510: "Compare the pixel to the left with the one to the right: are they different?",
    },
)


@exercise(
    cases=[
        (np.array([[0.0, 0.0, 9.0], [0.0, 3.0, 9.0], [0.0, 0.0, 9.0]]),),
        (np.array([[1.0, 2.0, 3.0, 9.0], [4.0, 0.0, 6.0, 5.0], [7.0, 8.0, 2.0, 1.0]]),),
        (np.array([[0.0, 255.0, 255.0], [10.0, 0.0, 255.0], [0.0, 90.0, 255.0]]),),
        (
            np.array(
                [[1.0, 5.0, 0.0, 2.0], [4.0, 0.5, 6.0, -3.0], [7.0, 8.0, 2.0, 1.0], [0.0, 3.0, 9.0, 4.0]]
            ),
        ),
    ],
    draw=lambda rng: (quarters(rng, *sides(rng, 3, 8)) * rng.choice([1, 100]),),
    without=("cnnlab.ops", "scipy"),
    hints=[
        "The map has two rows and two columns fewer than the image.",
        "patch = image[i : i + 3, j : j + 3]; its right column is patch[:, 2].",
        "Right column with weights 1, 2, 1, minus the left one with the same weights.",
    ],
)
def gx_of(image):
    rows, columns = image.shape
    out = np.zeros((rows - 2, columns - 2))
    for i in range(rows - 2):
        for j in range(columns - 2):
            patch = image[i : i + 3, j : j + 3]
            right = patch[0, 2] + 2 * patch[1, 2] + patch[2, 2]
            left = patch[0, 0] + 2 * patch[1, 0] + patch[2, 0]
            out[i, j] = right - left
    return out


def _by(kernel, padding=0):
    """Return a function that lays a filter at every place."""

    def run(image):
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, padding), (3, 3))
        return (windows * np.asarray(kernel)).sum(axis=(2, 3))

    return run


gx_of.mistake("That is Gy: it compares above and below. Gx compares right and left.")(_by(SOBEL_Y))
gx_of.mistake("The sign is flipped: what gets brighter to the right is positive.")(_by(-SOBEL_X))
gx_of.mistake("In yours all rows count once: that is Prewitt's filter. Let the middle row count twice.")(
    _by(np.sign(SOBEL_X))
)
gx_of.mistake("Do not divide: Sobel's sums are left as they are.")(_by(SOBEL_X / 9))
gx_of.mistake("Yours are an eighth of Sobel's sums, which are left as they are.")(_by(SOBEL_X / 8))
gx_of.mistake("Only the middle row is compared: the rows above and below count once each.")(
    _by([[0, 0, 0], [-2, 0, 2], [0, 0, 0]])
)
gx_of.mistake(
    "Only the middle row is compared, and only once: it counts twice, the rows above and below once each."
)(_by([[0, 0, 0], [-1, 0, 1], [0, 0, 0]]))
gx_of.mistake("Keep the sign: the size alone does not tell which side is brighter.")(
    lambda image: np.abs(_by(SOBEL_X)(image))
)
gx_of.mistake("The map is as large as the image in yours, with zeros around it; leave them out.")(
    _by(SOBEL_X, padding=1)
)
gx_of.mistake("One place is missing at the end of each axis.")(lambda image: _by(SOBEL_X)(image)[:-1, :-1])
gx_of.mistake("The column in the middle belongs to neither side: its weights are 0.")(
    _by([[-1, 1, 1], [-2, 2, 2], [-1, 1, 1]])
)
gx_of.mistake("Rows and columns of the filter have changed places: yours compares below and above.")(
    _by(SOBEL_X.T)
)
gx_of.mistake("Compare the pixels two apart, right and left of the middle; yours are neighbors.")(
    _by([[-1, 1, 0], [-2, 2, 0], [-1, 1, 0]])
)
gx_of.mistake("The middle row counts twice, not the upper one.")(_by([[-2, 0, 2], [-1, 0, 1], [-1, 0, 1]]))
gx_of.mistake("The middle row counts twice, not the lower one.")(_by([[-1, 0, 1], [-1, 0, 1], [-2, 0, 2]]))
gx_of.mistake("The middle row counts twice; in yours it counts three times.")(
    _by([[-1, 0, 1], [-3, 0, 3], [-1, 0, 1]])
)
gx_of.mistake("That is the first place alone: move on, to every place where the filter fits.")(
    lambda image: (image[:3, :3] * SOBEL_X).sum()
)
gx_of.mistake("That is the magnitude, made of both filters. Return Gx alone.")(
    lambda image: np.hypot(_by(SOBEL_X)(image), _by(SOBEL_Y)(image))
)
gx_of.mistake("Yours moves on by three; the windows overlap, and it moves by one.")(
    lambda image: _by(SOBEL_X)(image)[::3, ::3]
)
gx_of.mistake("All of the left column is subtracted; in yours the lower left pixel is added.")(
    _by([[-1, 0, 1], [-2, 0, 2], [1, 0, 1]])
)
gx_of.mistake("The right and the left column are added in yours: subtract the left one.")(
    _by(np.abs(SOBEL_X))
)


@exercise(
    cases=[
        (np.array([[3.0]]), np.array([[-4.0]])),
        (np.array([[0.0, -6.0]]), np.array([[5.0, 8.0]])),
        (np.array([[-300.0], [1020.0]]), np.array([[400.0], [0.0]])),
        (np.array([[0.0]]), np.array([[0.0]])),
        (np.array([[-5, 3], [1, 0]]), np.array([[12, 3], [-1, 0]])),
    ],
    draw=lambda rng: tuple(quarters(rng, 2, *sides(rng, 1, 5))),
    hints=[
        "Think of Gx and Gy as the two short sides of a right-angled triangle.",
        "gx**2 squares every number of the array.",
        "np.sqrt(gx**2 + gy**2)",
    ],
)
def magnitude(gx, gy):
    return np.sqrt(gx**2 + gy**2)


magnitude.mistake("That is |Gx| + |Gy|, the cheap one.")(lambda a, b: np.abs(a) + np.abs(b))
magnitude.mistake("Take the root of the sum.")(lambda a, b: a**2 + b**2)
magnitude.mistake("**1/2 takes the power 1 and divides by 2: write **0.5, or np.sqrt.")(
    lambda a, b: (a**2 + b**2) / 2
)
magnitude.mistake("Square before you add.")(lambda a, b: np.sqrt(np.abs(a + b)))
magnitude.mistake("Square each of them first, then add: (a + b)² is another number.")(
    lambda a, b: np.abs(a + b)
)
magnitude.mistake("That is the larger of the two.")(lambda a, b: np.maximum(np.abs(a), np.abs(b)))
magnitude.mistake("Do not divide under the root.")(lambda a, b: np.sqrt((a**2 + b**2) / 2))
magnitude.mistake("That is the size of Gx alone.")(lambda a, b: np.abs(a))
magnitude.mistake("That is the size of Gy alone.")(lambda a, b: np.abs(b))
magnitude.mistake("The squares are added, not subtracted.")(lambda a, b: np.sqrt(np.abs(a**2 - b**2)))
magnitude.mistake(
    "Yours has the type of gx, and whole numbers do not make whole roots: collect in an array of floats."
)(lambda a, b: np.sqrt(a**2 + b**2).astype(a.dtype))
magnitude.mistake("That is one number for the whole array; return one for each place.")(
    lambda a, b: np.sqrt((a**2 + b**2).sum())
)
magnitude.mistake("That is the direction. How long is the arrow?")(lambda a, b: np.arctan2(b, a))
magnitude.mistake("Nothing is left out: small magnitudes are 0 in yours.")(
    lambda a, b: np.where(np.hypot(a, b) > 100, np.hypot(a, b), 0)
)
magnitude.mistake("That is the sum of the two. Square each of them, add, and take the root.")(
    lambda a, b: a + b
)
magnitude.mistake("Take one root, that of the sum of the squares.")(
    lambda a, b: np.sqrt(np.abs(a)) + np.sqrt(np.abs(b))
)
magnitude.mistake("A magnitude has no sign: yours has that of Gx.")(
    lambda a, b: np.where(a < 0, -1, 1) * np.hypot(a, b)
)
magnitude.mistake("Yours is scaled so that the largest is 255; return the numbers as they are.")(
    lambda a, b: np.hypot(a, b) / max(np.hypot(a, b).max(), 1e-9) * 255
)
magnitude.mistake("Two stars square, gx**2; one doubles.")(lambda a, b: np.sqrt(2 * a + 2 * b))
magnitude.mistake("Gy is squared, too, before the two are added.")(lambda a, b: np.sqrt(a**2 + np.abs(b)))


@exercise(
    cases=[
        (np.array([[100.0, 100, 100], [100, 190, 100], [100, 100, 100]]), 1.0),
        (np.array([[100.0, 100, 100, 100], [100, 120, 100, 10], [100, 100, 100, 250]]), 2.0),
        (np.array([[0.0, 9, 3], [18, 6, 0], [1, 30, 5], [-4, 2, 255]]), 0.0),
        (np.array([[0.0, 9, 3], [18, 6, 0], [1, 30, 5], [-4, 2, 255]]), -1.0),
        (np.array([[10, 20, 30, 40], [0, 255, 7, 9], [1, 2, 3, 200], [50, 60, 71, 80]]), 0.5),
    ],
    draw=lambda rng: (quarters(rng, *sides(rng, 3, 8)) * rng.choice([1, 100]), float(quarters(rng))),
    without=("cnnlab.ops", "scipy"),
    hints=[
        "The result has two rows and two columns fewer: it begins at the second row and column of image.",
        "The window around pixel (i + 1, j + 1) is image[i : i + 3, j : j + 3]; its mean is window.mean().",
        "out[i, j] = pixel + amount * (pixel - window.mean()), where pixel is window[1, 1].",
    ],
)
def sharpen(image, amount):
    rows, columns = image.shape
    out = np.zeros((rows - 2, columns - 2))
    for i in range(rows - 2):
        for j in range(columns - 2):
            window = image[i : i + 3, j : j + 3]
            pixel = window[1, 1]
            out[i, j] = pixel + amount * (pixel - window.mean())
    return out


def _windowed(keep):
    """Return a function that writes ``keep(window, amount)`` at every place."""

    def run(image, amount):
        out = np.zeros((image.shape[0] - 2, image.shape[1] - 2))
        for i, j in np.ndindex(out.shape):
            out[i, j] = keep(image[i : i + 3, j : j + 3], amount)
        return out

    return run


def _around(window):
    """Return the eight pixels around the middle of a window."""
    return np.delete(window.ravel(), 4)


sharpen.mistake(
    "The difference is turned around: take the pixel minus the mean, not the mean minus the pixel."
)(_windowed(lambda w, a: w[1, 1] + a * (w.mean() - w[1, 1])))
sharpen.mistake("That is the difference alone; add it to the pixel.")(
    _windowed(lambda w, a: a * (w[1, 1] - w.mean()))
)
sharpen.mistake("The amount is left out.")(_windowed(lambda w, a: 2 * w[1, 1] - w.mean()))
sharpen.mistake("The difference is added to the mean in yours; add it to the pixel.")(
    _windowed(lambda w, a: w.mean() + a * (w[1, 1] - w.mean()))
)
sharpen.mistake("Yours compares with the mean of the eight pixels around; the window has nine.")(
    _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] - _around(w).mean()))
)
sharpen.mistake("Yours compares with the sum of the window; divide it by nine.")(
    _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] - w.sum()))
)
sharpen.mistake("Yours compares with the median of the window; take the mean.")(
    _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] - np.median(w)))
)
sharpen.mistake("Yours compares with the four pixels beside, above and below; the window has nine pixels.")(
    _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] - (w[0, 1] + w[1, 0] + w[1, 2] + w[2, 1]) / 4))
)
sharpen.mistake("Yours is cut off at 0 and 255; return the numbers as they are.")(
    _windowed(lambda w, a: np.clip(w[1, 1] + a * (w[1, 1] - w.mean()), 0, 255))
)
sharpen.mistake("Yours takes the pixel in the corner of the window; the middle one is window[1, 1].")(
    _windowed(lambda w, a: w[0, 0] + a * (w[0, 0] - w.mean()))
)
sharpen.mistake("Only the middle row of each window is averaged; take all nine pixels.")(
    _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] - w[1].mean()))
)
sharpen.mistake("Yours compares with the mean of the whole image; take that of each window.")(
    lambda image, a: image[1:-1, 1:-1] + a * (image[1:-1, 1:-1] - image.mean())
)
sharpen.mistake("The mean is subtracted from the pixel; in yours it is added.")(
    _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] + w.mean()))
)
sharpen.mistake("The mean is rounded in yours before it is used.")(
    _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] - np.round(w.mean())))
)
sharpen.mistake("A window has nine pixels: divide their sum by 9, not by 8.")(
    _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] - w.sum() / 8))
)
sharpen.mistake("The difference keeps its sign: darker pixels become darker still.")(
    _windowed(lambda w, a: w[1, 1] + a * abs(w[1, 1] - w.mean()))
)
sharpen.mistake("Pixels that are darker than their windows change, too.")(
    _windowed(lambda w, a: w[1, 1] + a * max(w[1, 1] - w.mean(), 0))
)
sharpen.mistake("A negative amount is allowed: it blurs.")(
    _windowed(lambda w, a: w[1, 1] + max(a, 0) * (w[1, 1] - w.mean()))
)
sharpen.mistake("The amount may have a fraction, which is cut off in yours.")(
    _windowed(lambda w, a: w[1, 1] + int(a) * (w[1, 1] - w.mean()))
)
sharpen.mistake("Parentheses are missing: the amount multiplies the whole difference, the mean as well.")(
    _windowed(lambda w, a: w[1, 1] + a * w[1, 1] - w.mean())
)
sharpen.mistake("That is the filter called sharpen, times the amount; compare with the mean of the window.")(
    _windowed(lambda w, a: a * (5 * w[1, 1] - w[0, 1] - w[1, 0] - w[1, 2] - w[2, 1]))
)
sharpen.mistake(
    "Yours has the type of image, and whole pixels do not stay whole: collect in an array of floats."
)(lambda image, a: _windowed(lambda w, a: w[1, 1] + a * (w[1, 1] - w.mean()))(image, a).astype(image.dtype))


@sharpen.mistake("Work on a copy: yours takes the means of pixels some of which it has changed already.")
def _(image, amount):
    out = image.astype(float)
    for i in range(1, len(out) - 1):
        for j in range(1, out.shape[1] - 1):
            out[i, j] += amount * (out[i, j] - out[i - 1 : i + 2, j - 1 : j + 2].mean())
    return out[1:-1, 1:-1]


# --- The open exercise --------------------------------------------------------------------------------------

CLARITY, DEGREES, ROWS = 3.5, 1.9, 5


def measure_filter(kernel):
    """Return in words how clear a filter is in noise, and by how much it misses the direction of an edge.

    Parameters
    ----------
    kernel : array_like, shape (n, n)
        With an odd n; it should be positive where it gets brighter to the right.
    """
    if kernel is None or kernel is ...:
        return "not attempted"
    kernel = np.asarray(kernel, dtype=float)
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1] or len(kernel) % 2 == 0 or len(kernel) > 15:
        wanted = "as many rows as columns, an odd number up to 15"
        return f"a filter needs {wanted}; this one has shape {kernel.shape}"
    half = len(kernel) // 2
    if not np.isfinite(kernel).all() or not kernel.any():
        return "a filter needs numbers that are not all 0"
    if kernel[:, half + 1 :].sum() < kernel[:, :half].sum() - 1e-9 * np.abs(kernel).sum():
        return "it is negative where it gets brighter to the right: flip every sign"
    clarity = 100 * max(kernel[:, k:].sum() for k in range(len(kernel))) / (50 * np.sqrt((kernel**2).sum()))
    y, x = np.mgrid[half : -half - 1 : -1, -half : half + 1]
    worst = 0.0
    for angle in range(46):
        side = np.cos(np.radians(angle)) * x + np.sin(np.radians(angle)) * y
        image = np.clip(side + 0.5, 0, 1) * 100
        found = np.degrees(np.arctan2((image * np.rot90(kernel)).sum(), (image * kernel).sum()))
        worst = max(worst, abs((found - angle + 180) % 360 - 180))
    found = f"clarity {clarity:.2f}, wrong by at most {worst:.1f}°"
    if abs(kernel.sum()) > 1e-9 * np.abs(kernel).sum():
        return f"{found}; but the weights do not add up to 0, so it answers to an even wall"
    if clarity < CLARITY or worst > DEGREES:
        return f"{found}; not yet"
    if len(kernel) != ROWS:
        return f"{found}; but it is no {ROWS} × {ROWS} filter"
    return f"{found}; the target is reached"
