"""Predictions and exercises of lesson 02, Slide a filter."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_bend = Predict(
    "What does the filter report on this patch? Write it as a fraction, such as 3/9.",
    answer=1 / 9,
    unit=9,
    because="Five products are 1 and four are −1: their sum is 1, divided by 9 is 1/9.",
    slips={
        1: "That is the sum of the products. One step is left: divide by 9.",
        5 / 9: "Five products are 1, but the other four are −1 and count against them.",
        -1
        / 9: "Count again: the centre agrees, and so do the four cells beside it. Only the corners do not.",
        -1: "Not everything disagrees: the centre, for one, is ink in both.",
        0: "Nearly as many agree as disagree, but nine products cannot split evenly.",
    },
)

predict_places = Predict(
    "A filter 5 wide slides over an image 28 wide. How many places are there in a row?",
    answer=24,
    because="28 − 5 + 1 = 24.",
    slips={
        5: "The places overlap: the filter moves on by one pixel, not by its own width.",
        23: "28 − 5 counts the moves. The place it starts from is one more.",
        28: "At the last pixels the filter would hang over the edge.",
        26: "That would be a filter 3 wide.",
        5.6: "The places overlap: the filter moves on by one pixel, not by its own width.",
    },
)

predict_largest = Predict(
    "What would nine products have to add up to, so that dividing by nine gives 1.77? "
    "Round to a whole number.",
    answer=16,
    because="1.77 · 9 is nearly 16. But nine products of 1 or −1 add up to at most 9: 1.77 cannot be.",
    slips={
        0.2: "Go backwards: what was divided by nine has to be multiplied by it again.",
        9: "9 divided by nine is 1. Go backwards: multiply 1.77 by nine.",
        15.93: "Right so far. Sums of nine whole numbers are whole: round it.",
    },
)

predict_ramp = Predict(
    "What is the sum of all nine products at the first place?",
    answer=6,
    because="Each of the three rows gives 4 − 2 = 2, so the sum is 6. The blog post states 10.",
    slips={
        10: "You get 10 if you subtract only one 2. But there is a 2 in each of the three rows.",
        2: "That is one row. The filter has three.",
        6 / 9: "The sum is right; here nothing is divided.",
        12: "Those are the three 4s. The pixels under the weights −1 still have to be subtracted.",
        18: "The right column has the weight −1: subtract there.",
    },
)

predict_turned = Predict(
    "Turn the vertical-edge filter by 180° and lay it on the first patch of the ramp. What is the sum now?",
    answer=-6,
    because="The weights 1 now stand on the right: each row gives 2 − 4 = −2, and three rows give −6.",
    slips={
        6: "Turned by 180°, left and right change places: the weights 1 now stand on the right.",
        0: "Nothing cancels: in each row 2 is added and 4 subtracted.",
        -2: "That is one row. The filter has three.",
        2: "That is one row of the filter before it is turned.",
        -6 / 9: "The sum is right; here nothing is divided.",
    },
)

predict_size = Predict(
    "How many cells has the map along one axis, for 9 pixels, 3 weights, stride 2 and padding 1?",
    answer=5,
    because="(9 + 2 − 2 − 1) / 2 = 4, and 4 + 1 = 5.",
    slips={
        4: "Is the + 1 left out, or the padding? The padding counts on both sides: 9 + 2 = 11.",
        9: "With stride 1 that would be so. Stride 2 leaves every other place out.",
        4.5: "Places are whole: round down before you add 1, and count the padding on both sides.",
        5.5: "Places are whole: round down before you add 1.",
        6: "Take away d (K − 1) + 1 = 3 before you divide.",
    },
)

predict_shift = Predict(
    "The filter matches perfectly at row 2, column 2 of the map. Move the X one pixel to the right. "
    "In which column is that match now?",
    answer=3,
    because="The match moves along with the letter, from column 2 to column 3.",
    slips={
        2: "That would mean that the map ignores the move. The patch that matched now stands one "
        "pixel further right: where does the filter stand on it?",
        1: "Right, not left.",
    },
)


@exercise(
    cases=[
        (4, 2, 1, 0),
        (5, 2, 2, 0),
        (3, 3, 1, 1),
        (9, 3, 2, 1),
        (10, 3, 2, 0),
        (28, 5, 3, 2),
        (7, 4, 5, 3),
    ],
    draw=lambda rng: tuple(rng.integers([6, 1, 1, 0], [31, 7, 5, 4]).tolist()),
    hints=[
        "With stride 1 and no padding the answer is size − kernel + 1. What does padding do to size?",
        "Padding makes the axis longer at both ends. The stride divides the number of moves, not of places.",
        "Moves: (size + 2·padding − kernel) // stride. Places: one more.",
    ],
)
def output_size(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1


output_size.mistake("One place is missing: you count the moves, but the place it starts from counts too.")(
    lambda n, k, s, p: (n + 2 * p - k) // s
)
output_size.mistake("The padding counts on both sides: add it twice.")(
    lambda n, k, s, p: (n + p - k) // s + 1
)
output_size.mistake("The padding is left out.")(lambda n, k, s, p: (n - k) // s + 1)
output_size.mistake("The stride is left out.")(lambda n, k, s, p: n + 2 * p - k + 1)
output_size.mistake("A place that does not fit whole is left out: round down, not up.")(
    lambda n, k, s, p: -(-(n + 2 * p - k) // s) + 1
)
output_size.mistake("Places are whole numbers: divide with //.")(lambda n, k, s, p: (n + 2 * p - k) / s + 1)
output_size.mistake("Add the 1 after dividing, not before.")(lambda n, k, s, p: (n + 2 * p - k + 1) // s)
output_size.mistake("That is right for stride 1 and no padding. How do the two come in?")(
    lambda n, k, s, p: n - k + 1
)
output_size.mistake("You take away one too many: d (K − 1) + 1 is just K where the dilation d is 1.")(
    lambda n, k, s, p: (n + 2 * p - k - 1) // s + 1
)
output_size.mistake("The kernel's size is left out.")(lambda n, k, s, p: (n + 2 * p) // s + 1)


def _image_and_kernel(rng):
    return quarters(rng, *sides(rng, 4, 9)), quarters(rng, *sides(rng, 1, 4)), int(rng.integers(1, 4))


@exercise(
    cases=[
        (np.array([[2.0, 1.0]]), np.array([[3.0]]), 1),
        (np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 0.0]]), 1),
        (np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, -1.0], [2.0, 0.0]]), 1),
        (np.array([[1.0, 2.0, 0.0, -1.0, 3.0]]), np.array([[2.0, -1.0]]), 2),
    ],
    draw=_image_and_kernel,
    hints=[
        "How many places are there? Exercise 1, once for the rows and once for the columns.",
        "Make an array of zeros of that size; then fill one place at a time in two loops over i and j.",
        "The patch at place (i, j) starts at row i * stride, column j * stride: multiply by the kernel, sum.",
    ],
)
def slide(image, kernel, stride):
    height, width = kernel.shape
    rows = (image.shape[0] - height) // stride + 1
    columns = (image.shape[1] - width) // stride + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            out[i, j] = (image[top : top + height, left : left + width] * kernel).sum()
    return out


def _visited(image, kernel, stride, visit):
    """Fill a map as the solution does, but with ``visit(patch, i, j)`` at each place."""
    out = slide.solve(image, kernel, stride)
    height, width = kernel.shape
    for i, j in np.ndindex(out.shape):
        out[i, j] = visit(image[i * stride :, j * stride :][:height, :width], i, j)
    return out


slide.mistake("The kernel is turned by 180°: that is convolution. Lay it on as it is.")(
    lambda image, kernel, stride: ops.convolve2d(image, kernel, stride=stride)
)
slide.mistake("The sum is divided by the number of weights; here it should not be.")(
    lambda image, kernel, stride: ops.correlate2d(image, kernel, stride=stride, normalize=True)
)
slide.mistake("The sum is divided by nine; here it should not be divided at all.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride) / 9
)
slide.mistake("The stride is left out: the kernel always moves on by one pixel.")(
    lambda image, kernel, stride: ops.correlate2d(image, kernel)
)
slide.mistake("The kernel moves on by its own width; it should move on by stride pixels.")(
    lambda image, kernel, stride: ops.correlate2d(image, kernel, stride=kernel.shape)
)
slide.mistake(
    "The map has the right size, but the patches are taken one pixel apart: multiply i and j by the stride."
)(
    lambda image, kernel, stride: ops.correlate2d(image, kernel)[
        tuple(slice(size) for size in slide.solve(image, kernel, stride).shape)
    ]
)
slide.mistake("The kernel is mirrored left to right.")(
    lambda image, kernel, stride: ops.correlate2d(image, kernel[:, ::-1], stride=stride)
)
slide.mistake("The kernel is mirrored top to bottom.")(
    lambda image, kernel, stride: ops.correlate2d(image, kernel[::-1], stride=stride)
)
slide.mistake("The last row and the last column of places are missing: one more fits.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride)[:-1, :-1]
)
slide.mistake("The loops end one place early: the last row and column of the map stay 0.")(
    lambda image, kernel, stride: np.pad(slide.solve(image, kernel, stride)[:-1, :-1], ((0, 1), (0, 1)))
)
slide.mistake("Only the last product of each patch is kept: add to what is there, with +=.")(
    lambda image, kernel, stride: _visited(
        image, kernel, stride, lambda patch, i, j: patch[-1, -1] * kernel[-1, -1]
    )
)
slide.mistake(
    "The same patch, the one at the top left, is used at every place: the pixel depends on i and j."
)(
    lambda image, kernel, stride: np.full_like(
        slide.solve(image, kernel, stride), slide.solve(image, kernel, stride)[0, 0]
    )
)
slide.mistake("Rows and columns of the map are swapped.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride).T
)
slide.mistake("Pixels and weights are added; they should be multiplied.")(
    lambda image, kernel, stride: _visited(image, kernel, stride, lambda patch, i, j: (patch + kernel).sum())
)


def _channels(rng):
    channels = int(rng.integers(1, 5))
    image = quarters(rng, channels, *sides(rng, 4, 7))
    kernel = quarters(rng, channels, *sides(rng, 1, 4))
    return image, kernel, float(quarters(rng))


@exercise(
    cases=[
        (np.array([[[1.0]]]), np.array([[[2.0]]]), 3.0),
        (np.array([[[1.0]], [[4.0]]]), np.array([[[2.0]], [[3.0]]]), 5.0),
    ],
    draw=_channels,
    hints=[
        "One channel gives one map. What happens to the maps of the three channels?",
        "Add up ops.correlate2d(image[c], kernel[c]) over all channels c.",
        "The bias is added to the finished sum, once.",
    ],
)
def filter_channels(image, kernel, bias):
    maps = [ops.correlate2d(image[c], kernel[c]) for c in range(len(image))]
    return sum(maps) + bias


def _sum_of_maps(image, kernel):
    return sum(ops.correlate2d(image[c], kernel[c]) for c in range(len(image)))


filter_channels.mistake("The bias is left out.")(lambda x, k, b: _sum_of_maps(x, k))
filter_channels.mistake("The bias is added once for each channel; it belongs to the filter, so add it once.")(
    lambda x, k, b: _sum_of_maps(x, k) + b * len(x)
)
filter_channels.mistake("Only the first channel is used.")(lambda x, k, b: ops.correlate2d(x[0], k[0]) + b)
filter_channels.mistake("Only the last channel is used.")(lambda x, k, b: ops.correlate2d(x[-1], k[-1]) + b)
filter_channels.mistake("The channels' maps are averaged; they should be added.")(
    lambda x, k, b: _sum_of_maps(x, k) / len(x) + b
)
filter_channels.mistake("The bias is subtracted.")(lambda x, k, b: _sum_of_maps(x, k) - b)
filter_channels.mistake("The bias is multiplied; it should be added.")(lambda x, k, b: _sum_of_maps(x, k) * b)
filter_channels.mistake("Every channel has a kernel of its own; you use the first one for all.")(
    lambda x, k, b: _sum_of_maps(x, np.repeat(k[:1], len(x), axis=0)) + b
)
filter_channels.mistake("The maps of the channels still have to be added into one.")(
    lambda x, k, b: np.array([ops.correlate2d(x[c], k[c]) + b for c in range(len(x))])
)
