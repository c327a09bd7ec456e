"""Predictions and exercises of lesson 04, Find edges with Sobel."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells
from cnnlab.scenes.photo_filter import SOBEL_X, SOBEL_Y

predict_row = PredictCells(
    "Slide the weights −1, 0, 1 along the row. Which four numbers come out?",
    answer=[[0, 190, 190, 0]],
    because="Where all three pixels are alike the sum is 0; the step from 10 to 200 shows at two places.",
    given={"Row": [[10, 10, 10, 200, 200, 200]], "Weights": [[-1, 0, 1]]},
    slips=[
        ([[0, -190, -190, 0]], "The right neighbour counts plus, the left one minus: it gets brighter here."),
        (
            [[10, 10, 200, 200]],
            "The weight in the middle is 0: subtract the left neighbour from the right one.",
        ),
        ([[20, 210, 210, 400]], "The first weight is −1: its product is subtracted."),
        ([[0, 190, 0, 0]], "The step shows at two places: one pixel before it and one after it."),
        (
            [[0, 0, 190, 0]],
            "That is the difference of two neighbours. These weights skip the one in the middle.",
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
    ],
    draw=lambda rng: (quarters(rng, *sides(rng, 3, 8)),),
    hints=[
        "The map has two rows and two columns less than the image.",
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


def _by(kernel, **options):
    return lambda image: ops.correlate2d(image, kernel, **options)


gx_of.mistake("That is Gy: it compares above and below. Gx compares right and left.")(_by(SOBEL_Y))
gx_of.mistake("The sign is turned round: what gets brighter to the right is positive.")(_by(-SOBEL_X))
gx_of.mistake("In yours all rows count once: that is Prewitt's filter. Let the middle row count twice.")(
    _by(np.sign(SOBEL_X))
)
gx_of.mistake("Divide by nothing: Sobel's sums are left as they are.")(_by(SOBEL_X, normalize=True))
gx_of.mistake("Yours are an eighth of Sobel's sums, which are left as they are.")(_by(SOBEL_X / 8))
gx_of.mistake("Only the middle row is compared: the rows above and below count once each.")(
    _by([[0, 0, 0], [-2, 0, 2], [0, 0, 0]])
)
gx_of.mistake("Only the middle row is compared, and once: 2 · it, and the rows above and below.")(
    _by([[0, 0, 0], [-1, 0, 1], [0, 0, 0]])
)
gx_of.mistake("Keep the sign: the size alone does not tell which side is brighter.")(
    lambda image: np.abs(ops.correlate2d(image, SOBEL_X))
)
gx_of.mistake("The map is as large as the image in yours, with zeros around it; leave them out.")(
    _by(SOBEL_X, padding=1)
)
gx_of.mistake("One place is missing at the end of each axis.")(
    lambda image: ops.correlate2d(image, SOBEL_X)[:-1, :-1]
)
gx_of.mistake("The columns in the middle belong to neither side: their weights are 0.")(
    _by([[-1, 1, 1], [-2, 2, 2], [-1, 1, 1]])
)


@exercise(
    cases=[
        (np.array([[3.0]]), np.array([[-4.0]])),
        (np.array([[0.0, -6.0]]), np.array([[5.0, 8.0]])),
        (np.array([[-300.0], [1020.0]]), np.array([[400.0], [0.0]])),
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
magnitude.mistake("Divide by nothing under the root.")(lambda a, b: np.sqrt((a**2 + b**2) / 2))
magnitude.mistake("That is the size of Gx alone.")(lambda a, b: np.abs(a))
magnitude.mistake("That is the size of Gy alone.")(lambda a, b: np.abs(b))
magnitude.mistake("The squares are added, not subtracted.")(lambda a, b: np.sqrt(np.abs(a**2 - b**2)))


@exercise(
    cases=[
        (np.array([[0.0, 4.0], [8.0, 24.0]]), 2),
        (np.array([[0.0, 9.0, 3.0], [18.0, 6.0, 0.0], [1.0, 30.0, 5.0]]), 3),
    ],
    draw=lambda rng: (quarters(rng, *sides(rng, 4, 8)), int(rng.integers(1, 5))),
    hints=[
        "How many places are there? rows − size moves, and the place you start from: rows − size + 1.",
        "The window at (i, j) is image[i : i + size, j : j + size].",
        "out[i, j] = window.mean()",
    ],
)
def blur(image, size):
    rows, columns = image.shape
    out = np.zeros((rows - size + 1, columns - size + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = image[i : i + size, j : j + size].mean()
    return out


def _windowed(keep):
    """Return a function that writes ``keep(window)`` at every place."""

    def run(image, size):
        out = np.zeros((image.shape[0] - size + 1, image.shape[1] - size + 1))
        for i, j in np.ndindex(out.shape):
            out[i, j] = keep(image[i : i + size, j : j + size])
        return out

    return run


blur.mistake("That is the sum: divide by the number of pixels in the window.")(_windowed(np.sum))
blur.mistake("Divide by the number of pixels in the window, size · size, not by size.")(
    lambda x, n: _windowed(np.sum)(x, n) / n
)
blur.mistake("Dividing by 9 is right for windows of 3 × 3 only.")(lambda x, n: _windowed(np.sum)(x, n) / 9)
blur.mistake("That is the median, the one in the middle; take the mean.")(_windowed(np.median))
blur.mistake("That is the largest; take the mean.")(_windowed(np.max))
blur.mistake("That is the smallest; take the mean.")(_windowed(np.min))
blur.mistake("The windows lie side by side in yours: move on by 1, not by size.")(
    lambda x, n: ops.avg_pool2d(x, n)
)
blur.mistake("The windows hang over the edges in yours: only whole windows count.")(
    lambda x, n: ops.correlate2d(x, np.full((n, n), 1 / n**2), padding="same")
)
blur.mistake("Only the first row of each window is averaged.")(_windowed(lambda w: w[0].mean()))
