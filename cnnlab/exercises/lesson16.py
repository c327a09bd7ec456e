"""Predictions and exercises of lesson 16, Keep deep networks alive."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_quarters = Predict(
    "Five sigmoid layers of one neuron each, all weights 1, each sigmoid where it is steepest: derivative "
    "1/4. By what number is a derivative divided on its way back through all five?",
    answer=1024,
    because="4 · 4 · 4 · 4 · 4 = 1024. And this is the best case: elsewhere a sigmoid is flatter.",
    slips={
        20: "Derivatives in a row multiply; they do not add up.",
        256: "That is four layers.",
        4096: "That is six layers.",
        625: "Five factors of 4, not four of 5.",
        4: "That is one layer.",
        5: "That is the number of layers. Each divides by 4.",
        # As close to 0 as to 1/1024, so it must be true of both.
        1 / 1024: "The derivative is divided, so that little is left of it. By what number? It is above 1.",
        1: "The weights are 1, but each sigmoid has a slope too.",
    },
)

predict_square = Predict(
    "Three inputs, 1, 2 and 2. Each weight is 1/2 or −1/2, by the toss of a coin. "
    "What is the mean of the squares of the weighted sums, over all eight cases?",
    answer=2.25,
    because="1/4 · (1 + 4 + 4) = 9/4: the mean square of a weight, times the sum of the squared inputs.",
    slips={
        9: "That is the sum of the squared inputs. The weights are 1/2 or −1/2, and they are squared too.",
        4.5: "The weight is squared as well: 1/4, not 1/2.",
        1.5: "That is its root: the typical size of the sum.",
        0: "The sums are 0 on average; their squares are not.",
        6.25: "That is the square of the largest sum. In the other cases the signs differ.",
        0.75: "Add the three squares; do not take their mean.",
        1.25: "Square each input, then add: 1 + 4 + 4.",
        18: "That is the sum over all eight cases. What is the mean?",
    },
)

predict_half = Predict(
    "All weights are half as large as He's rule says. "
    "By what number are the sizes divided on the way through three layers with ReLU?",
    answer=8,
    because="With He's weights sizes stay. With half of them every sum is half as large: 2 · 2 · 2 = 8.",
    slips={
        64: "That is what the mean square is divided by; the size is its root.",
        2: "That is one layer.",
        6: "It multiplies from layer to layer.",
        4: "That is two layers.",
        16: "That is four layers.",
        0.125: "That is what is left of a size of 1. By what number has it been divided?",
        1: "He's weights keep the sizes. These are smaller.",
        1.5: "Each layer halves: three factors of 2.",
        2.8284: "Weights half as large have a quarter of the variance, and halve the sizes in each layer.",
    },
)

predict_norm = PredictCells(
    "One channel, a batch of four: 1, 7, 7, 9. What does batch normalization make of it? "
    "(eps is 0, the learned scale 1 and the learned shift 0.)",
    answer=[[-5 / 3, 1 / 3, 1 / 3, 1]],
    because="The mean is 6. From it: −5, 1, 1, 3. The mean of their squares is 9, its root 3: divide by it.",
    given={"The batch": [[1, 7, 7, 9]]},
    slips=[
        ([[-5, 1, 1, 3]], "Now divide by the root of the mean square of these."),
        ([[-5 / 9, 1 / 9, 1 / 9, 1 / 3]], "Divide by the root of the variance, not by the variance."),
        ([[1 / 3, 7 / 3, 7 / 3, 3]], "Take the mean away first."),
        ([[-1.443, 0.289, 0.289, 0.866]], "Divide by all four when you take the mean of the squares."),
        ([[0, 0.75, 0.75, 1]], "Not from 0 to 1: take the mean away; divide by the root of the variance."),
        ([[5 / 3, -1 / 3, -1 / 3, -1]], "The number minus the mean, not the mean minus the number."),
        ([[1, 7, 7, 9]], "That is the batch itself."),
        ([[-2, 0.4, 0.4, 1.2]], "Square the distances from the mean; then take the root of their mean."),
    ],
    unit=3,
)  # fmt: skip

predict_running = Predict(
    "A running mean starts at 0. Each batch moves it by a tenth of the way to the batch's own mean. Two "
    "batches come, both with mean 5. Where is the running mean then? (Two decimals.)",
    answer=0.95,
    because="0 + 0.1 · 5 = 0.5, then 0.5 + 0.1 · (5 − 0.5) = 0.95. It gets there slowly.",
    slips={
        1: "The second step is a tenth of the way that is left, 5 − 0.5, not of 5.",
        0.5: "That is after the first batch. A second one comes.",
        5: "Each batch moves it by only a tenth of the way.",
        4.95: "It keeps nine tenths of what it was and takes one tenth of the batch's mean. You have it "
        "the other way round.",
        0.05: "It is a tenth of the way to 5, twice; not a tenth of a tenth.",
        1.355: "That is after three batches.",
        10: "It is a mean: it moves toward 5 and does not pass it.",
        2.5: "Each batch counts for a tenth, whatever came before.",
        0.45: "That is the second step alone; add it to where the first one led.",
        0.9: "The first step leads to 0.5; the second is a tenth of 5 − 0.5.",
    },
)


@exercise(
    cases=[
        ((1, 2, 1, 1),),
        ((8, 8, 3, 3),),
        ((512, 256, 3, 3),),
        ((6, 1, 5, 3),),
        ((4, 32, 3, 3),),
        ((64, 3, 7, 7),),
    ],
    draw=lambda rng: (tuple(sides(rng, 1, 12, 4)),),
    hints=[
        "One result of a convolution is a weighted sum. Of how many numbers?",
        "It takes height · width pixels of each channel. How many filters there are does not matter.",
        "np.sqrt(2 / (channels * height * width))",
    ],
)
def he_scale(shape):
    _, channels, height, width = shape
    return np.sqrt(2 / (channels * height * width))


he_scale.mistake("That is the variance. The standard deviation is its root.")(
    lambda s: 2 / (s[1] * s[2] * s[3])
)
he_scale.mistake("ReLU loses half of the mean square: 2 / n, not 1 / n, for n inputs.")(
    lambda s: np.sqrt(1 / (s[1] * s[2] * s[3]))
)
he_scale.mistake(
    "Count the inputs of one result: the channels and the places of the kernel. Yours counts the filters too."
)(lambda s: np.sqrt(2 / (s[0] * s[1] * s[2] * s[3])))
he_scale.mistake(
    "That is how many results each input reaches. Count the inputs of one result: channels, not filters."
)(lambda s: np.sqrt(2 / (s[0] * s[2] * s[3])))
he_scale.mistake(
    "The kernel's places count too: a result takes in one number at each of them, in each channel."
)(lambda s: np.sqrt(2 / s[1]))
he_scale.mistake("The channels count too: a result takes in all of them.")(
    lambda s: np.sqrt(2 / (s[2] * s[3]))
)
he_scale.mistake("The kernel need not be square: multiply its height by its width.")(
    lambda s: np.sqrt(2 / (s[1] * s[2] ** 2))
)
he_scale.mistake("Divide by the number of inputs; do not multiply.")(
    lambda s: np.sqrt(2 * s[1] * s[2] * s[3])
)
he_scale.mistake("The 2 belongs under the root.")(lambda s: 2 / np.sqrt(s[1] * s[2] * s[3]))
he_scale.mistake("The root is taken of the whole variance, 2 / n, not of the 2 alone.")(
    lambda s: np.sqrt(2) / (s[1] * s[2] * s[3])
)
he_scale.mistake("That is Xavier's rule, which asks for both ways.")(
    lambda s: np.sqrt(2 / ((s[0] + s[1]) * s[2] * s[3]))
)
he_scale.mistake(
    "That is the limit of an even distribution with He's variance. Return the standard deviation."
)(lambda s: np.sqrt(6 / (s[1] * s[2] * s[3])))


he_scale.mistake(
    "The filters come first in the shape: the inputs are channels, height and width, the last three."
)(lambda s: np.sqrt(2 / (s[0] * s[1] * s[2])))
he_scale.mistake("There are channels · height · width inputs: multiply, do not add.")(
    lambda s: np.sqrt(2 / (s[1] + s[2] + s[3]))
)
he_scale.mistake("The bias is no input: leave out the 1 more.")(
    lambda s: np.sqrt(2 / (s[1] * s[2] * s[3] + 1))
)


def _maps(rng):
    images, channels, height, width = sides(rng, 2, 5, 4)
    x = quarters(rng, images, channels, height, width)
    kind = rng.integers(4)
    if kind == 1:
        x = 1000 * x + 2000  # far from 0
    elif kind == 2:
        x[:, 0] = 0.75  # a channel that is the same everywhere
    elif kind == 3:
        x = x[:, :, :1, :1]  # one pixel
    weight, bias = quarters(rng, 2, channels)
    return x, weight, bias, float(rng.choice([1e-5, 0.1, 0.5, 2.0]))


@exercise(
    cases=[
        (np.array([[[[1.0, 7.0]]], [[[7.0, 9.0]]]]), np.array([1.0]), np.array([0.0]), 7.0),
        (
            np.array([[[[1.0, 4.0, 2.0]], [[-3.0, 0.0, 1.0]]], [[[5.0, 4.5, 0.5]], [[2.0, 2.0, -6.0]]]]),
            np.array([2.0, 0.5]), np.array([1.0, -1.0]), 0.25,
        ),
        # One image.
        (np.array([[[[3.0, -1.0], [0.5, 2.0], [4.0, 1.0]]]]), np.array([-1.5]), np.array([2.0]), 1e-5),
    ],
    draw=_maps,
    hints=[
        "A channel has one mean and one variance, over all images and all pixels: which axes are these?",
        "x.mean(axis=(0, 2, 3), keepdims=True) has shape (1, C, 1, 1). weight[:, None, None] fits x, too.",
        "(x - mean) / np.sqrt(variance + eps) * weight[:, None, None] + bias[:, None, None]",
    ],
    without=("cnnlab.ops", "cnnlab.nn"),
)  # fmt: skip
def batch_norm(x, weight, bias, eps):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=(0, 2, 3), keepdims=True)
    return (x - mean) / np.sqrt(variance + eps) * weight[:, None, None] + bias[:, None, None]


OVER = (0, 2, 3)


def _normalized(x, w, b, eps, *, axis=OVER, ddof=0):
    mean, var = x.mean(axis, keepdims=True), x.var(axis, ddof=ddof, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * _wide(w) + _wide(b)


def _wide(numbers):
    return np.reshape(numbers, (-1, 1, 1))


def _away(x):
    return x - x.mean(OVER, keepdims=True)


def _var(x):
    return x.var(OVER, keepdims=True)


batch_norm.mistake("Divide by the root of variance + eps.")(
    lambda x, w, b, e: _away(x) / (_var(x) + e) * _wide(w) + _wide(b)
)
batch_norm.mistake("The division by the root of variance + eps is missing.")(
    lambda x, w, b, e: _away(x) * _wide(w) + _wide(b)
)
batch_norm.mistake("Subtract the mean first.")(
    lambda x, w, b, e: x / np.sqrt(_var(x) + e) * _wide(w) + _wide(b)
)
batch_norm.mistake("eps is missing: add it to the variance.")(
    lambda x, w, b, e: _away(x) / np.sqrt(_var(x)) * _wide(w) + _wide(b)
)
batch_norm.mistake("eps belongs under the root: √(variance + eps).")(
    lambda x, w, b, e: _away(x) / (np.sqrt(_var(x)) + e) * _wide(w) + _wide(b)
)
batch_norm.mistake("Divide by n, not by n − 1, when you take the mean of the squares.")(
    lambda x, w, b, e: _normalized(x, w, b, e, ddof=1)
)
batch_norm.mistake(
    "Mean and variance are taken over the pixels, too: axes 0, 2 and 3. Yours are those of "
    "each pixel over the batch."
)(lambda x, w, b, e: _normalized(x, w, b, e, axis=0))
batch_norm.mistake(
    "Mean and variance are taken over the images, too: axes 0, 2 and 3. Yours are those of "
    "each map by itself."
)(lambda x, w, b, e: _normalized(x, w, b, e, axis=(2, 3)))
batch_norm.mistake(
    "Yours takes the mean over the channels of each image: that is layer normalization. A channel has a mean "
    "and a variance of its own: axes 0, 2 and 3."
)(lambda x, w, b, e: _normalized(x, w, b, e, axis=(1, 2, 3)))
batch_norm.mistake(
    "Each channel has a mean and a variance of its own: axes 0, 2 and 3. Yours are those of all numbers."
)(lambda x, w, b, e: _normalized(x, w, b, e, axis=None))
batch_norm.mistake("The learned shift is missing: add bias.")(lambda x, w, b, e: _normalized(x, w, 0, e))
batch_norm.mistake("The learned scale is missing: multiply by weight.")(
    lambda x, w, b, e: _normalized(x, 1, b, e)
)
batch_norm.mistake("The learned scale and shift are missing: multiply by weight, then add bias.")(
    lambda x, w, b, e: _normalized(x, 1, 0, e)
)
batch_norm.mistake("Multiply by the weight, then add the bias. Yours multiplies by their sum.")(
    lambda x, w, b, e: _normalized(x, w + b, 0, e)
)
batch_norm.mistake("Square the distances from the mean. Yours squares the numbers themselves.")(
    lambda x, w, b, e: _away(x) / np.sqrt((x**2).mean(OVER, keepdims=True) + e) * _wide(w) + _wide(b)
)
batch_norm.mistake("Scale first, then shift: the bias is not multiplied by the weight.")(
    lambda x, w, b, e: (_normalized(x, 1, 0, e) + _wide(b)) * _wide(w)
)
batch_norm.mistake("The number minus the mean, not the mean minus the number.")(
    lambda x, w, b, e: _normalized(x, -w, b, e)
)
batch_norm.mistake("Square the distances from the mean. Yours takes their sizes.")(
    lambda x, w, b, e: (
        _away(x) / np.sqrt(np.abs(_away(x)).mean(OVER, keepdims=True) + e) * _wide(w) + _wide(b)
    )
)


batch_norm.mistake("weight is the scale and bias the shift: yours has them the other way round.")(
    lambda x, w, b, e: _normalized(x, b, w, e)
)
batch_norm.mistake("eps is an argument: use it, whatever it is, not 0.00001.")(
    lambda x, w, b, e: _normalized(x, w, b, 1e-5)
)
batch_norm.mistake("In training mode mean and variance are those of the batch, not 0 and 1.")(
    lambda x, w, b, e: x / np.sqrt(1 + e) * _wide(w) + _wide(b)
)
batch_norm.mistake(
    "The variance is about the mean of the whole batch. Yours is the mean of the variances of single images."
)(
    lambda x, w, b, e: (
        _away(x) / np.sqrt(x.var((2, 3), keepdims=True).mean(0, keepdims=True) + e) * _wide(w) + _wide(b)
    )
)
batch_norm.mistake("Each channel has a mean of its own. Yours are taken over the channels, at each pixel.")(
    lambda x, w, b, e: _normalized(x, w, b, e, axis=1)
)
batch_norm.mistake("Add eps to the variance. Yours takes the larger of the two.")(
    lambda x, w, b, e: _away(x) / np.sqrt(np.maximum(_var(x), e)) * _wide(w) + _wide(b)
)
batch_norm.mistake("Divide by the root of variance + eps, not by the largest distance from the mean.")(
    lambda x, w, b, e: _away(x) / (np.abs(_away(x)).max(OVER, keepdims=True) + e) * _wide(w) + _wide(b)
)
batch_norm.mistake("Each channel has its own scale and shift: yours uses those of the first for all.")(
    lambda x, w, b, e: _normalized(x, w[:1], b[:1], e)
)
batch_norm.mistake("Scale and shift belong to the channels, axis 1. Yours lays them along the columns.")(
    lambda x, w, b, e: _away(x) / np.sqrt(_var(x) + e) * np.resize(w, x.shape[3]) + np.resize(b, x.shape[3])
)
