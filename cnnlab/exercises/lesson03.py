"""Predictions and exercises of lesson 03, Stride, pad and stack channels."""

import numpy as np

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
output_size.mistake("The last place is missing where the kernel just fits. Do you take away one too many?")(
    lambda n, k, s, p: (n + 2 * p - k - 1) // s + 1
)
output_size.mistake("The kernel's size is left out.")(lambda n, k, s, p: (n + 2 * p) // s + 1)
output_size.mistake("A place that does not fit whole is left out: round down, not to the nearest.")(
    lambda n, k, s, p: round((n + 2 * p - k) / s) + 1
)
output_size.mistake("2 * (kernel // 2) is not kernel - 1 where the kernel is even.")(
    lambda n, k, s, p: (n + 2 * p - 2 * (k // 2) - 1) // s + 1
)
output_size.mistake(
    "The padding makes the image larger, before that is divided into moves; yours adds it to the places."
)(lambda n, k, s, p: (n - k) // s + 1 + 2 * p)
output_size.mistake("A map may be larger than its image: do not cut it off at size.")(
    lambda n, k, s, p: min(n, (n + 2 * p - k) // s + 1)
)
output_size.mistake("Those are the places themselves. Return how many there are.")(
    lambda n, k, s, p: np.arange(0, n + 2 * p - k + 1, s)
)
output_size.mistake("The kernel is not always 3 pixels wide: use kernel.")(
    lambda n, k, s, p: (n + 2 * p - 3) // s + 1
)
output_size.mistake("Places are counted where the kernel hangs over the end; it has to fit whole.")(
    lambda n, k, s, p: len(range(0, n + 2 * p, s))
)
output_size.mistake("The padding makes the image larger: add it.")(
    lambda n, k, s, p: (n - 2 * p - k) // s + 1
)
output_size.mistake("The places along one axis are asked for: return one number, not two.")(
    lambda n, k, s, p: 2 * ((n + 2 * p - k) // s + 1,)
)
output_size.mistake("That is size divided by stride, rounded up. Kernel and padding must come in.")(
    lambda n, k, s, p: -(-n // s)
)
output_size.mistake(
    "You take the stride for a dilation: it divides the moves, and does not widen the kernel."
)(lambda n, k, s, p: n + 2 * p - s * (k - 1))
output_size.mistake("Divide once, at the end. You divide and round each part by itself.")(
    lambda n, k, s, p: n // s + 2 * p // s - k // s + 1
)
output_size.mistake("Take the kernel away before you divide by the stride.")(
    lambda n, k, s, p: (n + 2 * p) // s - k + 1
)


def _layer(rng):
    channels, filters = sides(rng, 1, 4)
    rows, columns = sides(rng, 4, 7)
    image = quarters(rng, channels, rows, columns)
    weight = quarters(rng, filters, channels, *sides(rng, 1, 4))
    return image, weight, quarters(rng, filters), int(rng.integers(0, 3))


@exercise(
    cases=[
        (np.array([[[3.0]]]), np.array([[[[2.0]]]]), np.array([5.0]), 0),
        (
            np.array([[[1.0, 2.0]], [[4.0, -1.0]], [[0.5, 3.0]]]),
            np.array([[[[2.0, 1.0]], [[3.0, 0.0]], [[-1.0, 4.0]]]]),
            np.array([0.25]),
            1,
        ),
        (np.array([[[1.5, -2.0]]]), np.array([[[[1]]], [[[2]]]]), np.array([5.0, -7.5]), 0),
        (
            np.array([[[1000.0, 0.0, -2.5], [2.0, 7.0, 1.0]], [[1.0, -3.0, 4.0], [0.5, 2.0, 6.0]]]),
            np.array(
                [[[[1.0, 2.0]], [[0.0, -1.0]]], [[[3.0, 1.0]], [[-2.0, 0.5]]], [[[1.0, -4.0]], [[5.0, 2.0]]]]
            ),
            np.array([-1, 0, 10]),
            2,
        ),
        (
            np.array([[[1, -2, 3, 0], [4, 1, 0, -1]], [[2, 2, -3, 5], [1, 0, 6, -2]]]),
            np.array(
                [
                    [[[0.5, 1.0], [-2.0, 3.0]], [[1.0, 0.25], [0.0, -1.0]]],
                    [[[2.0, -0.5], [1.0, 0.0]], [[-3.0, 4.0], [0.75, 1.0]]],
                ]
            ),
            np.array([0.5, -2.0]),
            1,
        ),
    ],
    draw=_layer,
    hints=[
        "Two parts: a frame of zeros with the image in its middle, then the walk of lesson 02 over it.",
        "The frame: framed = np.zeros((channels, rows + 2 * padding, columns + 2 * padding)), and then "
        "framed[:, padding : padding + rows, padding : padding + columns] = image.",
        "At the place i, j a filter sees the patch framed[:, i : i + m, j : j + n], all channels at once.",
        "maps[f, i, j] = (patch * weight[f]).sum() + bias[f], in loops over f, i and j.",
    ],
    without=("cnnlab.ops", "cnnlab.nn", "numpy.convolve", "numpy.correlate", "scipy"),
)
def conv_layer(image, weight, bias, padding):
    channels, rows, columns = image.shape
    filters, _, m, n = weight.shape
    framed = np.zeros((channels, rows + 2 * padding, columns + 2 * padding))
    framed[:, padding : padding + rows, padding : padding + columns] = image
    maps = np.zeros((filters, framed.shape[1] - m + 1, framed.shape[2] - n + 1))
    for f, i, j in np.ndindex(maps.shape):
        patch = framed[:, i : i + m, j : j + n]
        maps[f, i, j] = (patch * weight[f]).sum() + bias[f]
    return maps


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


@conv_layer.mistake("The channels' maps are kept apart; add them into one map for each filter.")
def _(image, weight, bias, padding):
    channels = range(len(image))
    apart = [conv_layer.solve(image[c : c + 1], weight[:, c : c + 1], bias, padding) for c in channels]
    return np.stack(apart, axis=1)


conv_layer.mistake(
    "The weights' first axis is the filters and the second the channels; yours are exchanged."
)(lambda x, w, b, p: conv_layer.solve(x, w.swapaxes(0, 1) if w.shape[0] == w.shape[1] else w, b, p))
conv_layer.mistake("Square kernels are transposed: lay them on as they are.")(
    lambda x, w, b, p: conv_layer.solve(x, w.swapaxes(2, 3) if w.shape[2] == w.shape[3] else w, b, p)
)
conv_layer.mistake(
    "An array of the image's whole numbers drops the fractions put into it: np.zeros(shape) keeps them."
)(lambda x, w, b, p: conv_layer.solve(x, w, b, p).astype(x.dtype))
conv_layer.mistake("The filters stand on the last axis; they belong on the first.")(
    lambda x, w, b, p: np.moveaxis(conv_layer.solve(x, w, b, p), 0, -1)
)
conv_layer.mistake("Each map contains those of the filters before it: begin with 0 for each filter.")(
    lambda x, w, b, p: np.cumsum(conv_layer.solve(x, w, b, p), axis=0)
)
conv_layer.mistake(
    "The channels are added first, and so are their weights. Multiply first, channel by channel."
)(lambda x, w, b, p: conv_layer.solve(x.sum(0, keepdims=True), w.sum(1, keepdims=True), b, p))
conv_layer.mistake("A slice p:-p is empty where p is 0: the image never gets into the frame.")(
    lambda x, w, b, p: conv_layer.solve(x if p else 0 * x, w, b, p)
)
conv_layer.mistake("The bias is added to the pixels; it should be added to the sum.")(
    lambda x, w, b, p: np.concatenate(
        [conv_layer.solve(x + b[f], w[f : f + 1], np.zeros(1), p) for f in range(len(w))]
    )
)
conv_layer.mistake("The padding is always one row and column; it should be as many as padding says.")(
    lambda x, w, b, p: conv_layer.solve(x, w, b, 1)
)
conv_layer.mistake("The padding is added twice on each side.")(
    lambda x, w, b, p: conv_layer.solve(x, w, b, 2 * p)
)


@conv_layer.mistake("The bias is missing along the rim of the map: it belongs to every place.")
def _(image, weight, bias, padding):
    out = conv_layer.solve(image, weight, 0 * bias, padding)
    out[:, padding : out.shape[1] - padding, padding : out.shape[2] - padding] += bias[:, None, None]
    return out


@conv_layer.mistake("The biases are added along the columns; each belongs to a filter: bias[:, None, None].")
def _(image, weight, bias, padding):
    out = conv_layer.solve(image, weight, 0 * bias, padding)
    return out + (bias if out.shape[2] == len(bias) else bias[:, None, None])


conv_layer.mistake("The padding makes each map as large as the image; it should be what padding says.")(
    lambda x, w, b, p: conv_layer.solve(
        np.pad(x, ((0, 0), *(((size - 1) // 2, size // 2) for size in w.shape[2:]))), w, b, 0
    )
)
conv_layer.mistake(
    "A map that begins with a whole bias holds whole numbers only, and drops fractions: begin with 0.0."
)(lambda x, w, b, p: conv_layer.solve(x, w, 0 * b, p).astype(b.dtype) + b[:, None, None])
conv_layer.mistake(
    "An array of the weights' whole numbers drops the fractions put into it: np.zeros(shape) keeps them."
)(lambda x, w, b, p: conv_layer.solve(x, w, b, p).astype(w.dtype))
conv_layer.mistake("The map has as many places as without padding: count them on the padded image.")(
    lambda x, w, b, p: conv_layer.solve(x, w, b, p)[
        :, : max(0, x.shape[1] - w.shape[2] + 1), : max(0, x.shape[2] - w.shape[3] + 1)
    ]
)
conv_layer.mistake("The last row and the last column of places are missing: there are N − K + 1 of them.")(
    lambda x, w, b, p: conv_layer.solve(x, w, b, p)[:, :-1, :-1]
)
conv_layer.mistake("Weight and pixel are multiplied; yours adds them.")(
    lambda x, w, b, p: _walked(x, w, b, p, lambda patch, kernel: (patch + kernel).sum())
)
conv_layer.mistake("Only the largest product of each place is kept: add them all.")(
    lambda x, w, b, p: _walked(x, w, b, p, lambda patch, kernel: (patch * kernel).max())
)
conv_layer.mistake("Only the first number of each patch is used: cut out i : i + rows and j : j + columns.")(
    lambda x, w, b, p: _walked(x, w, b, p, lambda patch, kernel: (patch[:, :1, :1] * kernel).sum())
)


@conv_layer.mistake("The biases are added to the padding, too: fill the frame with zeros.")
def _(image, weight, bias, padding):
    maps = []
    for f in range(len(weight)):
        framed = _padded(image, padding, constant_values=bias[f])
        maps.append(conv_layer.solve(framed, weight[f : f + 1], bias[f : f + 1], 0)[0])
    return np.array(maps)


def _walked(image, weight, bias, padding, place):
    """Return the maps of a layer that makes ``place(patch, kernel)`` of each patch."""
    framed = _padded(image, padding)
    m, n = weight.shape[2:]
    maps = np.zeros((len(weight), framed.shape[1] - m + 1, framed.shape[2] - n + 1))
    for f, i, j in np.ndindex(maps.shape):
        maps[f, i, j] = place(framed[:, i : i + m, j : j + n], weight[f]) + bias[f]
    return maps
