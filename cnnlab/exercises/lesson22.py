"""Predictions and exercises of lesson 22, Go from LeNet to PyTorch."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters
from cnnlab.exercises.predict import Predict, PredictCells
from cnnlab.nn.blueprint import Blueprint, summary

FEW, HALF, MOST = "about 4 of 100", "about half", "about 96 of 100"

predict_dense = Predict(
    "AlexNet has five convolutions with up to 384 filters, then three dense layers. "
    "Which share of its 61 million parameters do the three dense layers hold?",
    answer=MOST,
    because="The first dense layer alone joins 9,216 numbers with 4,096: nearly 38 million weights.",
    slips={
        FEW: "It is the other way around: a kernel is used at all places, a dense weight at one.",
        HALF: "Work out the first dense layer: 9,216 numbers in, 4,096 out.",
    },
    choices=(FEW, HALF, MOST),
)


def share_in_words(share):
    """Say a share in the words of ``predict_dense``."""
    return FEW if share < 0.1 else HALF if share < 0.8 else MOST


predict_separable = Predict(
    "A convolution of 3 × 3 makes 16 maps out of 8 and has 16 · 8 · 9 = 1,152 weights. Instead: one kernel "
    "of 3 × 3 for each of the 8 maps by itself, then a convolution of 1 × 1 from 8 maps to 16. No biases. "
    "How many weights are that?",
    answer=200,
    because="8 · 9 = 72 for the kernels, 8 · 16 = 128 for the mixing: 200, about a sixth of 1,152.",
    slips={
        72: "Those are the kernels of 3 × 3. The 1 × 1 convolution has weights, too.",
        128: "That is the 1 × 1 convolution. The kernels of 3 × 3 count, too.",
        1152: "That is the full convolution. Here each kernel of 3 × 3 looks at one map.",
        1280: "That is a full convolution and a 1 × 1 one. Here each kernel of 3 × 3 looks at one map.",
        272: "There are 8 kernels of 3 × 3, one for each map that comes in, not 16.",
        704: "Each of the 8 kernels looks at its own map only: 8 · 9.",
        224: "That has biases: 8 and 16 of them.",
        137: "One kernel for each map: 8 · 9, not 9.",
        9216: "The two steps follow each other: their weights add up.",
    },
)

predict_sees = Predict(
    "Two convolutions of 3 × 3, max-pooling of 2 × 2 with stride 2, then a third convolution of 3 × 3. "
    "How many pixels wide is what a cell in the result of the third convolution sees?",
    answer=10,
    because="1 + 2 + 2 + 1 = 6 behind the pooling. From there on a step is 2 pixels: 6 + 2 · 2 = 10.",
    slips={
        8: "Behind the pooling neighboring cells are 2 pixels apart: the third convolution adds 2 · 2.",
        6: "That is what a cell behind the pooling sees.",
        9: "The pooling counts, too: its window is 2 wide and adds 1.",
        7: "That is three convolutions without the pooling.",
        12: "The step is 2 only behind the pooling.",
        14: "Add, layer by layer: 1, 3, 5, 6, and then 2 steps of 2 pixels.",
        11: "The pooling adds 2 − 1 = 1, not 2.",
        18: "Windows do not multiply; each adds (its size − 1) steps.",
        3: "That is what it sees of the maps before it. Go back to the image.",
        5: "That is what two convolutions see.",
    },
)

# The case by hand: an image of 3 × 3, a filter of 2 × 2. The scene ``Im2col`` below it has other numbers.
IMAGE = np.array([[2.0, 1.0, 0.0], [4.0, 3.0, 1.0], [1.0, 0.0, 2.0]])
KERNEL = np.array([[1.0, 2.0], [0.0, -1.0]])


def by_hand():
    """Return the four columns of the case by hand, shape (4, 4)."""
    return np.array([IMAGE[i : i + 2, j : j + 2].ravel() for i in (0, 1) for j in (0, 1)]).T


predict_products = PredictCells(
    "Each column below is a patch of an image of 3 × 3; the row is the filter (1, 2; 0, −1). What is their "
    "matrix product?",
    given={"Image": IMAGE, "Columns": by_hand(), "Row": KERNEL.reshape(1, -1)},
    answer=KERNEL.reshape(1, -1) @ by_hand(),
    because="Each column times the row, added up: the same four sums as by sliding.",
    slips=[
        (KERNEL[::-1, ::-1].reshape(1, -1) @ by_hand(), "The filter is not turned."),
        (KERNEL.T.reshape(1, -1) @ by_hand(), "The row is 1, 2, 0, −1: read the filter line by line."),
        (np.abs(KERNEL).reshape(1, -1) @ by_hand(), "Mind the sign of −1."),
    ],
)


# --- Exercises ----------------------------------------------------------------------------------------------


def _layer(rng):
    return tuple(rng.integers([1, 1, 1, 1, 1], [65, 65, 8, 40, 40]).tolist())


@exercise(
    cases=[(8, 16, 3, 10, 10), (1, 1, 1, 1, 1), (3, 5, 2, 4, 7), (32, 64, 3, 112, 56)],
    draw=_layer,
    hints=[
        "Two layers: in_channels kernels of one map each; then 1 × 1 kernels, out_channels of them.",
        "The weights are in_channels * kernel_size**2 + in_channels * out_channels.",
        "Every weight is used once at each of height * width places.",
    ],
)
def separable_cost(in_channels, out_channels, kernel_size, height, width):
    weights = in_channels * kernel_size**2 + in_channels * out_channels
    return weights, weights * height * width


def _cost(weights):
    """Return the function that tells a cost from a way to count the weights."""
    return lambda i, o, k, h, w: (weights(i, o, k), weights(i, o, k) * h * w)


separable_cost.mistake("That is the full convolution. Here each kernel looks at one map only.")(
    _cost(lambda i, o, k: i * o * k**2)
)
separable_cost.mistake("The 1 × 1 convolution is missing: in_channels · out_channels more weights.")(
    _cost(lambda i, o, k: i * k**2)
)
separable_cost.mistake(
    "The kernels of each map by itself are missing: in_channels · kernel_size² more weights."
)(_cost(lambda i, o, k: i * o))
separable_cost.mistake("The kernels have kernel_size rows and as many columns: kernel_size².")(
    _cost(lambda i, o, k: i * k + i * o)
)
separable_cost.mistake("There are no biases.")(_cost(lambda i, o, k: i * k**2 + i * o + i + o))
separable_cost.mistake("There are no biases, the 1 × 1 convolution has none either.")(
    _cost(lambda i, o, k: i * k**2 + i * o + o)
)
separable_cost.mistake("One kernel for each map that comes in: in_channels of them, not out_channels.")(
    _cost(lambda i, o, k: o * k**2 + i * o)
)
separable_cost.mistake("The two layers follow each other: their weights add up.")(
    _cost(lambda i, o, k: i * k**2 * i * o)
)
separable_cost.mistake("Every weight is used at each place: multiply by height · width.")(
    lambda i, o, k, h, w: (i * k**2 + i * o, i * k**2 + i * o)
)
separable_cost.mistake("There are height · width places: yours multiplies by the height alone.")(
    lambda i, o, k, h, w: (i * k**2 + i * o, (i * k**2 + i * o) * h)
)
separable_cost.mistake("There are height · width places: yours multiplies by the width alone.")(
    lambda i, o, k, h, w: (i * k**2 + i * o, (i * k**2 + i * o) * w)
)
separable_cost.mistake("Count a product and its addition as one, not as two.")(
    lambda i, o, k, h, w: (i * k**2 + i * o, 2 * (i * k**2 + i * o) * h * w)
)
separable_cost.mistake("First the weights, then the multiply-adds.")(
    lambda i, o, k, h, w: ((i * k**2 + i * o) * h * w, i * k**2 + i * o)
)
separable_cost.mistake("The result has height rows already: nothing is lost at the edge.")(
    lambda i, o, k, h, w: (i * k**2 + i * o, (i * k**2 + i * o) * (h - k + 1) * (w - k + 1))
)
separable_cost.mistake("The multiply-adds of the 1 × 1 convolution are missing.")(
    lambda i, o, k, h, w: (i * k**2 + i * o, i * k**2 * h * w)
)
separable_cost.mistake("The multiply-adds of the kernels of each map by itself are missing.")(
    lambda i, o, k, h, w: (i * k**2 + i * o, i * o * h * w)
)
separable_cost.mistake("Only the first kernel is counted: there is one of them for each map that comes in.")(
    _cost(lambda i, o, k: k**2 + i * o)
)


def _columns(rng):
    height, width, size, stride = (int(each) for each in rng.integers([1, 1, 1, 1], [8, 8, 4, 4]))
    size = min(size, height, width)
    places = [(side - size) // stride + 1 for side in (height, width)]
    values = quarters(rng, size * size, places[0] * places[1])
    return (1000 if rng.integers(3) == 0 else 1) * values, height, width, size, stride


@exercise(
    cases=[
        (np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]), 2, 3, 2, 1),
        (np.arange(16.0).reshape(4, 4), 3, 3, 2, 1),
        (np.arange(1.0, 17.0).reshape(4, 4), 5, 6, 2, 3),
        (np.arange(1.0, 37.0).reshape(9, 4), 4, 4, 3, 1),
        (np.arange(1.0, 5.0).reshape(1, 4), 3, 4, 1, 2),
        (np.arange(1.0, 13.0).reshape(4, 3), 3, 7, 2, 2),
    ],
    draw=_columns,
    hints=[
        "Begin with zeros of shape (height, width). With `across` places side by side, column p belongs to "
        "place p // across from the top and p % across from the left.",
        "A column's patch is column.reshape(size, size). It begins at row stride · i, column stride · j.",
        "Patches overlap: image[top : top + size, left : left + size] += patch",
    ],
    without=("cnnlab.ops", "cnnlab.nn"),
)
def from_columns(columns, height, width, size, stride):
    image = np.zeros((height, width))
    across = (width - size) // stride + 1
    for p, column in enumerate(columns.T):
        i, j = divmod(p, across)
        top, left = stride * i, stride * j
        image[top : top + size, left : left + size] += column.reshape(size, size)
    return image


def _folded(columns, height, width, size, stride, *, put=np.add, patch=np.asarray, place=None):
    """Return ``from_columns`` with one thing done otherwise."""
    image = np.zeros((height, width))
    down, across = ((side - size) // stride + 1 for side in (height, width))
    for p, column in enumerate(columns.T):
        i, j = divmod(p, across) if place is None else place(p, down, across)
        rows, cols = slice(stride * i, stride * i + size), slice(stride * j, stride * j + size)
        seen = image[rows, cols]
        new = patch(column.reshape(size, size))
        seen[...] = put(seen, new[: seen.shape[0], : seen.shape[1]])
    return image


def _counts(columns, height, width, size, stride):
    return _folded(np.ones_like(columns), height, width, size, stride)


from_columns.mistake("Where patches overlap, add up. In yours the last one stays.")(
    lambda c, h, w, k, s: _folded(c, h, w, k, s, put=lambda old, new: new)
)
from_columns.mistake("Where patches overlap, add up. Yours keeps the largest.")(
    lambda c, h, w, k, s: _folded(c, h, w, k, s, put=np.maximum)
)
from_columns.mistake("Add up, and do not divide by how many patches see the pixel.")(
    lambda c, h, w, k, s: _folded(c, h, w, k, s) / np.maximum(_counts(c, h, w, k, s), 1)
)
from_columns.mistake("Rows and columns of the patches have changed places.")(
    lambda c, h, w, k, s: _folded(c, h, w, k, s, patch=np.transpose)
)
from_columns.mistake("The patches are turned by 180°: put them back as they are.")(
    lambda c, h, w, k, s: _folded(c, h, w, k, s, patch=lambda one: one[::-1, ::-1])
)
from_columns.mistake("The next patch is stride pixels further on, in both directions.")(
    lambda c, h, w, k, s: _step_of_one(c, h, w, k, s)
)
from_columns.mistake("The places run from left to right first, then down.")(
    lambda c, h, w, k, s: _folded(c, h, w, k, s, place=lambda p, down, across: divmod(p, down)[::-1])
)
from_columns.mistake("The first patch is missing.")(
    lambda c, h, w, k, s: _folded(np.hstack([0 * c[:, :1], c[:, 1:]]), h, w, k, s)
)
from_columns.mistake("The last patch is missing.")(
    lambda c, h, w, k, s: _folded(np.hstack([c[:, :-1], 0 * c[:, -1:]]), h, w, k, s)
)
from_columns.mistake("Yours puts back the first number of each patch only.")(
    lambda c, h, w, k, s: _folded(np.vstack([c[:1], 0 * c[1:]]), h, w, k, s)
)
from_columns.mistake("That is how many patches see each pixel. Add up the numbers of the columns.")(_counts)
from_columns.mistake("Yours puts the patches side by side: they overlap where stride is less than size.")(
    lambda c, h, w, k, s: _side_by_side(c, h, w, k, s)
)
from_columns.mistake("Yours adds every number twice.")(lambda c, h, w, k, s: 2 * _folded(c, h, w, k, s))
from_columns.mistake("A patch is a column of the matrix. Yours takes the matrix's numbers row by row.")(
    lambda c, h, w, k, s: _folded(c.reshape(c.shape[::-1]).T, h, w, k, s)
)
from_columns.mistake("Patches are subtracted in yours: add them up.")(
    lambda c, h, w, k, s: -_folded(c, h, w, k, s)
)


def _step_of_one(columns, height, width, size, stride):
    image = np.zeros((height, width))
    across = (width - size) // stride + 1
    for p, column in enumerate(columns.T):
        i, j = divmod(p, across)
        image[i : i + size, j : j + size] += column.reshape(size, size)
    return image


def _side_by_side(columns, height, width, size, stride):
    image = np.zeros((height, width))
    across = (width - size) // stride + 1
    for p, column in enumerate(columns.T):
        i, j = divmod(p, across)
        seen = image[size * i : size * i + size, size * j : size * j + size]
        seen += column.reshape(size, size)[: seen.shape[0], : seen.shape[1]]
    return image


# --- Open ---------------------------------------------------------------------------------------------------

BUDGET = {"parameters": 100_000, "multiply-adds": 5_000_000, "sees": 24}  # for images of 32 × 32 × 3


def budget(plan):
    """Say how a blueprint for color images of 32 × 32 and ten classes stands against ``BUDGET``.

    Parameters
    ----------
    plan : Blueprint or None
        None is an exercise that nobody has begun.

    Returns
    -------
    bool
        Whether all is kept.
    """
    if plan is None or plan is ...:
        print("Not attempted: let design return a blueprint.")
        return False
    if not isinstance(plan, Blueprint):
        raise TypeError(f"budget: plan must be a blueprint, got {type(plan).__name__}")
    found = summary(plan, (3, 32, 32))
    maps = [row for row in found.rows if row.receptive_field is not None and row.output_shape[1:] != (1, 1)]
    sees = min(maps[-1].receptive_field) if maps else 0
    lines = {
        f"{found.parameters:,} parameters, at most {BUDGET['parameters']:,}": (
            found.parameters <= BUDGET["parameters"]
        ),
        f"{found.multiplications:,} multiply-adds, at most {BUDGET['multiply-adds']:,}": (
            found.multiplications <= BUDGET["multiply-adds"]
        ),
        f"the last maps see {sees} pixels, at least {BUDGET['sees']}": sees >= BUDGET["sees"],
        f"the result has shape {found.rows[-1].output_shape}, it should be (10,)": (
            found.rows[-1].output_shape == (10,)
        ),
    }
    for line, kept in lines.items():
        print("✓" if kept else "✗", line)
    return all(lines.values())
