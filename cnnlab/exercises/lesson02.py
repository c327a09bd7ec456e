"""Exercises of lesson 02, Slide a filter."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import Exercise, Mutant

rng = np.random.default_rng(2)


def output_size(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1


output_size = Exercise(
    output_size,
    cases=[
        (4, 2, 1, 0),
        (5, 2, 2, 0),
        (3, 3, 1, 1),
        (9, 3, 2, 1),
        (10, 3, 2, 0),
        (28, 5, 3, 2),
        (7, 4, 5, 3),
    ],
    mutants=[
        Mutant(
            "One place is missing: you count the moves, but the place it starts from counts too.",
            lambda n, k, s, p: (n + 2 * p - k) // s,
        ),
        Mutant("The padding counts on both sides: add it twice.", lambda n, k, s, p: (n + p - k) // s + 1),
        Mutant("The padding is left out.", lambda n, k, s, p: (n - k) // s + 1),
        Mutant("The stride is left out.", lambda n, k, s, p: n + 2 * p - k + 1),
        Mutant(
            "A place that does not fit whole is left out: round down, not up.",
            lambda n, k, s, p: -(-(n + 2 * p - k) // s) + 1,
        ),
        Mutant("Places are whole numbers: divide with //.", lambda n, k, s, p: (n + 2 * p - k) / s + 1),
        Mutant("Add the 1 after dividing, not before.", lambda n, k, s, p: (n + 2 * p - k + 1) // s),
        Mutant("The kernel's size is left out.", lambda n, k, s, p: (n + 2 * p) // s + 1),
    ],
    hints=[
        "With stride 1 and no padding the answer is size − kernel + 1. What does padding do to size?",
        "Padding makes the axis longer at both ends. The stride divides the number of moves, not of places.",
        "Moves: (size + 2·padding − kernel) // stride. Places: one more.",
    ],
)


def slide(image, kernel):
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            patch = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
            out[i, j] = (patch * kernel).sum()
    return out


def _without_overlap(image, kernel):
    return ops.correlate2d(image, kernel, stride=kernel.shape)


slide = Exercise(
    slide,
    cases=[
        (np.array([[2.0, 1.0]]), np.array([[3.0]])),
        (np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 0.0]])),
        (np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, -1.0], [2.0, 0.0]])),
        (rng.integers(-4, 5, (4, 4)).astype(float), rng.integers(-4, 5, (2, 2)).astype(float)),
        (rng.integers(-4, 5, (5, 6)).astype(float), rng.integers(-4, 5, (3, 3)).astype(float)),
    ],
    mutants=[
        Mutant(
            "The kernel is turned by 180°: that is convolution. Lay it on as it is.",
            lambda image, kernel: ops.convolve2d(image, kernel),
        ),
        Mutant(
            "The sum is divided by the number of weights; here it should not be.",
            lambda image, kernel: ops.correlate2d(image, kernel, normalize=True),
        ),
        Mutant(
            "The kernel moves on by its own width; it should move by one pixel, so that places overlap.",
            _without_overlap,
        ),
        Mutant(
            "The kernel is mirrored left to right.",
            lambda image, kernel: ops.correlate2d(image, kernel[:, ::-1]),
        ),
        Mutant(
            "The kernel is mirrored top to bottom.",
            lambda image, kernel: ops.correlate2d(image, kernel[::-1]),
        ),
        Mutant(
            "The last row and the last column of places are missing: there are size − kernel + 1.",
            lambda image, kernel: slide.solve(image, kernel)[
                : max(1, image.shape[0] - kernel.shape[0]), : max(1, image.shape[1] - kernel.shape[1])
            ],
        ),
        Mutant(
            "Rows and columns of the map are swapped.",
            lambda image, kernel: slide.solve(image, kernel).T,
        ),
        Mutant(
            "Pixels and weights are added; they should be multiplied.",
            lambda image, kernel: ops.correlate2d(image, np.ones_like(kernel)) + kernel.sum(),
        ),
    ],
    hints=[
        "Make an array of zeros of the right size first; then fill one place at a time in two loops.",
        "The patch at place (i, j) is image[i : i + kernel rows, j : j + kernel columns].",
        "out[i, j] = (patch * kernel).sum()",
    ],
)


def filter_channels(image, kernel, bias):
    maps = [ops.correlate2d(image[c], kernel[c]) for c in range(len(image))]
    return sum(maps) + bias


def _sum_of_maps(image, kernel, weights=None):
    channels = range(len(image))
    return sum(
        ops.correlate2d(image[c], kernel[c]) * (1 if weights is None else weights[c]) for c in channels
    )


filter_channels = Exercise(
    filter_channels,
    cases=[
        (np.array([[[1.0]]]), np.array([[[2.0]]]), 3.0),
        (np.array([[[1.0]], [[4.0]]]), np.array([[[2.0]], [[3.0]]]), 5.0),
        (rng.integers(-4, 5, (3, 4, 5)).astype(float), rng.integers(-4, 5, (3, 2, 3)).astype(float), -2.0),
        (rng.integers(-4, 5, (2, 3, 3)).astype(float), rng.integers(-4, 5, (2, 2, 2)).astype(float), 0.5),
    ],
    mutants=[
        Mutant("The bias is left out.", lambda x, k, b: _sum_of_maps(x, k)),
        Mutant(
            "The bias is added once for each channel; it belongs to the filter, so add it once.",
            lambda x, k, b: _sum_of_maps(x, k) + b * len(x),
        ),
        Mutant(
            "Only the first channel is used.",
            lambda x, k, b: ops.correlate2d(x[0], k[0]) + b,
        ),
        Mutant(
            "Only the last channel is used.",
            lambda x, k, b: ops.correlate2d(x[-1], k[-1]) + b,
        ),
        Mutant(
            "The channels' maps are averaged; they should be added.",
            lambda x, k, b: _sum_of_maps(x, k) / len(x) + b,
        ),
        Mutant("The bias is subtracted.", lambda x, k, b: _sum_of_maps(x, k) - b),
        Mutant("The bias is multiplied; it should be added.", lambda x, k, b: _sum_of_maps(x, k) * b),
        Mutant(
            "Every channel has a kernel of its own; you use the first one for all.",
            lambda x, k, b: _sum_of_maps(x, np.repeat(k[:1], len(x), axis=0)) + b,
        ),
        Mutant(
            "The maps of the channels still have to be added into one.",
            lambda x, k, b: np.array([ops.correlate2d(x[c], k[c]) + b for c in range(len(x))]),
        ),
    ],
    hints=[
        "One channel gives one map. What happens to the maps of the three channels?",
        "Add up ops.correlate2d(image[c], kernel[c]) over all channels c.",
        "The bias is added to the finished sum, once.",
    ],
)
