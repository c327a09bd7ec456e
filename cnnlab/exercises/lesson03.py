"""Predictions and exercises of lesson 03, Stride, pad and stack channels."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_size = Predict(
    "Three weights slide over 9 pixels, with stride 2 and padding 1. How many cells does the map have "
    "along this axis?",
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

predict_parameters = Predict(
    "A layer has 16 filters of 3 × 3 on a color picture of 3 × 32 × 32 numbers, and a bias for each filter. "
    "How many parameters does it have?",
    answer=448,
    because="Each filter has 3 · 3 · 3 = 27 weights and one bias: 16 · 28 = 448. The picture's size does not "
    "come in.",
    slips={
        432: "Those are the weights. Each of the 16 filters has a bias, too.",
        160: "A filter has 3 × 3 weights for each of the three channels.",
        144: "A filter has 3 × 3 weights for each of the three channels, and a bias.",
        480: "A bias belongs to a filter, not to each of its channels.",
        28: "That is one filter. There are 16.",
        435: "Each of the 16 filters has a bias, not each of the 3 channels.",
    },
)

predict_not_zero = Predict(
    "How many of the matrix's 49 · 81 = 3969 numbers are not zero?",
    answer=441,
    because="Each of the 49 rows holds the nine weights: 49 · 9 = 441. None of these weights is zero.",
    slips={
        9: "That is one row: one place of the filter. There is a row for each of the 49 places.",
        49: "That many rows there are. How many weights stand in each of them?",
        81: "That many columns there are. Count the weights in a row, then the rows.",
        729: "There are 81 columns, but 49 rows: one for each place of the filter.",
        3528: "Those are the zeros.",
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
        (1, 1, 1, 0),
        (3, 9, 2, 3),
        (1000, 7, 4, 3),
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


def _layer(rng):
    channels, filters = sides(rng, 1, 4)
    rows, columns = sides(rng, 4, 7)
    image = quarters(rng, channels, rows, columns)
    weight = quarters(rng, filters, channels, *sides(rng, 1, 4))
    return image, weight, quarters(rng, filters), int(rng.integers(0, 3))


@exercise(
    cases=[
        (np.array([[[3.0]]]), np.array([[[[2.0]]]]), np.array([5.0]), 0),
        (np.array([[[1.0, -2.0]]]), np.array([[[[1.0]]], [[[2.0]]]]), np.array([5.0, -7.0]), 0),
        (
            np.array([[[1.0, 2.0]], [[4.0, -1.0]], [[0.5, 3.0]]]),
            np.array([[[[2.0, 1.0]], [[3.0, 0.0]], [[-1.0, 4.0]]]]),
            np.array([0.25]),
            1,
        ),
        (
            np.array([[[1000.0, 0.0, -2.5], [2.0, 7.0, 1.0]], [[1.0, -3.0, 4.0], [0.5, 2.0, 6.0]]]),
            np.array(
                [[[[1.0, 2.0]], [[0.0, -1.0]]], [[[3.0, 1.0]], [[-2.0, 0.5]]], [[[1.0, -4.0]], [[5.0, 2.0]]]]
            ),
            np.array([-1.0, 0.0, 10.0]),
            2,
        ),
    ],
    draw=_layer,
    hints=[
        "Write it for one filter first: its maps of all channels are added, then its bias.",
        "ops.correlate2d(image[c], weight[f, c], padding=padding) is the map of channel c under filter f.",
        "One such map for each filter f; np.stack (or np.array) puts them into one array.",
    ],
    without=(
        "cnnlab.ops.conv2d",
        "cnnlab.ops.conv2d_loops",
        "cnnlab.ops.conv2d_as_matrix",
        "cnnlab.ops.convolution.conv2d",
        "cnnlab.ops.convolution.conv2d_loops",
        "cnnlab.ops.convolution.conv2d_as_matrix",
        "cnnlab.nn",
    ),
)
def conv_layer(image, weight, bias, padding):
    maps = []
    for f in range(len(weight)):
        by_channel = [ops.correlate2d(image[c], weight[f, c], padding=padding) for c in range(len(image))]
        maps.append(sum(by_channel) + bias[f])
    return np.array(maps)


def _padded(image, padding, **how):
    return np.pad(image, ((0, 0), (padding, padding), (padding, padding)), **how)


conv_layer.mistake("The bias is left out.")(lambda x, w, b, p: conv_layer.solve(x, w, 0 * b, p))
conv_layer.mistake("The bias is added once for each channel; it belongs to the filter, so add it once.")(
    lambda x, w, b, p: conv_layer.solve(x, w, b * len(x), p)
)
conv_layer.mistake("The bias of the first filter is added to all maps.")(
    lambda x, w, b, p: conv_layer.solve(x, w, np.full(len(b), b[0]), p)
)
conv_layer.mistake("The bias is subtracted.")(lambda x, w, b, p: conv_layer.solve(x, w, -b, p))
conv_layer.mistake("Only the first channel is used.")(
    lambda x, w, b, p: conv_layer.solve(x[:1], w[:, :1], b, p)
)
conv_layer.mistake("Only the last channel is used.")(
    lambda x, w, b, p: conv_layer.solve(x[-1:], w[:, -1:], b, p)
)
conv_layer.mistake("The channels' maps are averaged; they should be added.")(
    lambda x, w, b, p: conv_layer.solve(x, w / len(x), b, p)
)
conv_layer.mistake("A filter has weights of its own for each channel; you use those of the first for all.")(
    lambda x, w, b, p: conv_layer.solve(x, np.repeat(w[:, :1], len(x), axis=1), b, p)
)
conv_layer.mistake("The weights of the first filter are used for all of them.")(
    lambda x, w, b, p: conv_layer.solve(x, np.repeat(w[:1], len(w), axis=0), b, p)
)
conv_layer.mistake("The padding is left out.")(lambda x, w, b, p: conv_layer.solve(x, w, b, 0))
conv_layer.mistake("The padding stands above and on the left only; it belongs on all four sides.")(
    lambda x, w, b, p: conv_layer.solve(np.pad(x, ((0, 0), (p, 0), (p, 0))), w, b, 0)
)
conv_layer.mistake("The padding stands below and on the right only; it belongs on all four sides.")(
    lambda x, w, b, p: conv_layer.solve(np.pad(x, ((0, 0), (0, p), (0, p))), w, b, 0)
)
conv_layer.mistake("The padding repeats the pixels of the border; it should be zeros.")(
    lambda x, w, b, p: conv_layer.solve(_padded(x, p, mode="edge"), w, b, 0)
)
conv_layer.mistake("The padding is filled with −1; it should be zeros.")(
    lambda x, w, b, p: conv_layer.solve(_padded(x, p, constant_values=-1), w, b, 0)
)
conv_layer.mistake(
    "np.pad(image, padding) puts zeros before the first channel, too: pad rows and columns only."
)(lambda x, w, b, p: conv_layer.solve(np.pad(x, p)[: len(x)], w, b, 0))
conv_layer.mistake("The kernels are turned by 180°: that is convolution. Lay them on as they are.")(
    lambda x, w, b, p: conv_layer.solve(x, w[:, :, ::-1, ::-1], b, p)
)
conv_layer.mistake("The maps of all filters are added into one; each filter keeps a map of its own.")(
    lambda x, w, b, p: conv_layer.solve(x, w, b, p).sum(axis=0)
)
conv_layer.mistake("Each sum is divided by the number of weights; a layer does not divide.")(
    lambda x, w, b, p: conv_layer.solve(x, w / w[0].size, b, p)
)
