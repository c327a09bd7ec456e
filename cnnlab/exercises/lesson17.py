"""Predictions and exercises of lesson 17, Go deeper with skips."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_quarters = Predict(
    "Five sigmoid layers of one neuron each, all weights 1, each sigmoid where it is steepest: slope 1/4. "
    "By what number is a slope divided on its way back through all five?",
    answer=1024,
    because="4 · 4 · 4 · 4 · 4 = 1024. And this is the best case: elsewhere a sigmoid is flatter.",
    slips={
        20: "Slopes in a row multiply; they do not add up.",
        256: "That is four layers.",
        4096: "That is six layers.",
        625: "Five factors of 4, not four of 5.",
        4: "That is one layer.",
        5: "That is the number of layers. Each divides by 4.",
        # As close to 0 as to 1/1024, so it must be true of both.
        1 / 1024: "The slope is divided, so that little is left of it. By what number? It is above 1.",
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

predict_he = Predict(
    "A layer with 50 inputs, followed by ReLU. "
    "What standard deviation should its weights have by He's rule? (The root of the variance.)",
    answer=0.2,
    because="The variance is 2 / 50 = 0.04, and its root is 0.2.",
    slips={
        0.04: "That is the variance. Take the root.",
        0.1414: "ReLU loses half of the mean square: the variance is 2 / n.",
        0.02: "2 / n, not 1 / n; and then the root.",
        0.4: "The root of 0.04 is 0.2.",
        10: "Divide by the number of inputs; do not multiply.",
        5: "2 / n, not n / 2.",
        0.2828: "The 2 stands below the root as well: √(2 / 50).",
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

predict_skip = Predict(
    "Two layers with skips, y = x + f(x), and f has slope 1/4 in both. "
    "What is the slope of the two together?",
    answer=25 / 16,
    because="(1 + 1/4) · (1 + 1/4) = 25/16 ≈ 1.56. Without the skips it would be 1/16.",
    slips={
        1 / 16: "That is without the skips. With one, each layer has slope 1 + 1/4.",
        1.25: "That is one layer.",
        1.5: "Multiply: there is also the path that leads through both, worth 1/4 · 1/4.",
        17 / 16: "That counts the path around both and the one through both. There are two more.",
        2.5: "Slopes in a row multiply; they do not add up.",
        0.5: "Each layer has slope 1 + 1/4; and slopes in a row multiply.",
        1: "The skip adds 1, and the layer itself 1/4.",
        2: "Two times 1 is what the skips alone would add up to. Slopes multiply.",
        9 / 16: "1 + 1/4, not 1 − 1/4.",
        1.6: "Nearly. Give two decimals, or a fraction.",
    },
    unit=16,
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

predict_one_by_one = Predict(
    "On the skip, a convolution of 1 × 1 makes 16 maps out of 8, with stride 2 and without biases. "
    "How many numbers does it learn?",
    answer=128,
    because="Each of 16 filters has 1 · 1 weight for each of 8 maps: 16 · 8. The stride costs nothing.",
    slips={
        1152: "That is a filter of 3 × 3.",
        144: "It has no biases.",
        24: "Every new map listens to every old one: multiply.",
        16: "Each filter has a weight for each of the 8 maps.",
        8: "That is one filter.",
        512: "The stride has no weights.",
        32: "The stride leaves the weights as they are; it only skips places.",
        256: "The stride leaves the weights as they are; it only skips places.",
        2: "16 · 8, not 16 / 8.",
    },
)


@exercise(
    cases=[
        ((1, 2, 1, 1),),
        ((16, 8, 3, 3),),
        ((6, 1, 5, 3),),
        ((4, 32, 3, 3),),
        ((64, 3, 7, 7),),
    ],
    draw=lambda rng: (tuple(sides(rng, 1, 12, 4)),),
    hints=[
        "One result of a convolution is a weighted sum. Of how many numbers?",
        "It listens to height · width pixels in each of the channels. The filters do not matter.",
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
    "That is how many results each number speaks to. Count those that a result listens to: "
    "channels, not filters."
)(lambda s: np.sqrt(2 / (s[0] * s[2] * s[3])))
he_scale.mistake("The kernel's places count too: a result listens to each of them in each channel.")(
    lambda s: np.sqrt(2 / s[1])
)
he_scale.mistake("The channels count too: a result listens to all of them.")(
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


def _batch(rng):
    images, channels = sides(rng, 2, 6)
    weight, bias = quarters(rng, 2, channels)
    return quarters(rng, images, channels), weight, bias, float(rng.choice([1e-5, 0.1, 0.5, 2.0]))


@exercise(
    cases=[
        (np.array([[1.0], [7.0], [7.0], [9.0]]), np.array([1.0]), np.array([0.0]), 7.0),
        (np.array([[1.0, 4.0], [5.0, 4.5]]), np.array([2.0, 0.5]), np.array([1.0, -1.0]), 0.25),
    ],
    draw=_batch,
    hints=[
        "Mean and variance are taken over the batch, axis 0: one of each for every channel.",
        "The variance is the mean of the squared distances from the mean. Add eps, then take the root.",
        "(x - mean) / np.sqrt(variance + eps) * weight + bias",
    ],
)
def batch_norm(x, weight, bias, eps):
    mean = x.mean(axis=0)
    variance = ((x - mean) ** 2).mean(axis=0)
    return (x - mean) / np.sqrt(variance + eps) * weight + bias


def _normalized(x, w, b, eps, *, axis=0, ddof=0):
    mean, var = x.mean(axis, keepdims=True), x.var(axis, ddof=ddof, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * w + b


batch_norm.mistake("Divide by the root of variance + eps.")(
    lambda x, w, b, e: (x - x.mean(0)) / (x.var(0) + e) * w + b
)
batch_norm.mistake("The division by the root of variance + eps is missing.")(
    lambda x, w, b, e: (x - x.mean(0)) * w + b
)
batch_norm.mistake("Take the mean away first.")(lambda x, w, b, e: x / np.sqrt(x.var(0) + e) * w + b)
batch_norm.mistake("eps is missing: add it to the variance.")(
    lambda x, w, b, e: (x - x.mean(0)) / x.std(0) * w + b
)
batch_norm.mistake("eps belongs under the root: √(variance + eps).")(
    lambda x, w, b, e: (x - x.mean(0)) / (x.std(0) + e) * w + b
)
batch_norm.mistake("Divide by n, not by n − 1, when you take the mean of the squares.")(
    lambda x, w, b, e: _normalized(x, w, b, e, ddof=1)
)
batch_norm.mistake(
    "Mean and variance are those of a channel, over the batch: axis 0. Yours are those of an image."
)(lambda x, w, b, e: _normalized(x, w, b, e, axis=1))
batch_norm.mistake(
    "Each channel has a mean and a variance of its own: axis 0. Yours are those of all numbers."
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
    lambda x, w, b, e: (x - x.mean(0)) / np.sqrt((x**2).mean(0) + e) * w + b
)
batch_norm.mistake("Scale first, then shift: the bias is not multiplied by the weight.")(
    lambda x, w, b, e: (_normalized(x, 1, 0, e) + b) * w
)
batch_norm.mistake("The number minus the mean, not the mean minus the number.")(
    lambda x, w, b, e: _normalized(x, -w, b, e)
)
batch_norm.mistake("Square the distances from the mean. Yours takes their sizes.")(
    lambda x, w, b, e: (x - x.mean(0)) / np.sqrt(np.abs(x - x.mean(0)).mean(0) + e) * w + b
)


def _block(rng):
    images, size = sides(rng, 1, 5)
    return *quarters(rng, 2, images, size), quarters(rng, size, size)


@exercise(
    cases=[
        (np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]]), np.array([[1.0, -1.0], [0.5, -2.0]])),
        (np.array([[3.0, -1.0]]), np.array([[2.0, 1.0]]), np.array([[1.0, -2.0], [0.5, 1.5]])),  # a sum of 0
    ],
    draw=_block,
    hints=[
        "x reaches y in two ways, and slopes over several paths add up. Around the layer the slope is 1.",
        "Through the layer: first ReLU's gate, grad_out * (x @ weight.T > 0), then the weights.",
        "grad_out + (grad_out * (x @ weight.T > 0)) @ weight",
    ],
)
def residual_backward(grad_out, x, weight):
    gate = x @ weight.T > 0
    return grad_out + (grad_out * gate) @ weight


residual_backward.mistake("That is the way through the layer alone. Add grad_out, which comes around it.")(
    lambda g, x, w: (g * (x @ w.T > 0)) @ w
)
residual_backward.mistake("That is the way around the layer alone. Add what comes back through it.")(
    lambda g, x, w: g.copy()
)
residual_backward.mistake(
    "ReLU's gate is missing: where the sum is not above 0, nothing comes back through the layer."
)(lambda g, x, w: g + g @ w)
residual_backward.mistake("The weights are turned round: forward is x @ weight.T, back is … @ weight.")(
    lambda g, x, w: g + (g * (x @ w.T > 0)) @ w.T
)
residual_backward.mistake("The gate looks at the sum in front of ReLU, x @ weight.T, not at x.")(
    lambda g, x, w: g + (g * (x > 0)) @ w
)
residual_backward.mistake("The gate looks at the sum inside the layer, before the skip is added.")(
    lambda g, x, w: g + (g * (x + x @ w.T > 0)) @ w
)
residual_backward.mistake("On the way back the gate comes first: gate grad_out, then multiply by weight.")(
    lambda g, x, w: g + (g @ w) * (x @ w.T > 0)
)
residual_backward.mistake("The gate stands inside the layer: what comes around it is not gated.")(
    lambda g, x, w: (g * (x @ w.T > 0)) @ w + g * (x @ w.T > 0)
)
residual_backward.mistake("Around the layer comes grad_out, not 1: the slope 1 is multiplied by it.")(
    lambda g, x, w: 1 + (g * (x @ w.T > 0)) @ w
)
residual_backward.mistake("The weights are missing on the way back through the layer: … @ weight.")(
    lambda g, x, w: g + g * (x @ w.T > 0)
)
residual_backward.mistake("At a sum of exactly 0 the gate is shut: > 0, not >= 0.")(
    lambda g, x, w: g + (g * (x @ w.T >= 0)) @ w
)
residual_backward.mistake("The two ways add up; they are not multiplied.")(
    lambda g, x, w: g * ((g * (x @ w.T > 0)) @ w)
)
residual_backward.mistake("The skip hands back grad_out, not x.")(lambda g, x, w: x + (g * (x @ w.T > 0)) @ w)
residual_backward.mistake("That is the result of the block. Return the slope in x.")(
    lambda g, x, w: x + np.maximum(x @ w.T, 0)
)
residual_backward.mistake("The gate is turned round: it is open where the sum is above 0.")(
    lambda g, x, w: g + (g * (x @ w.T <= 0)) @ w
)
residual_backward.mistake("The gate belongs to x @ weight.T; yours is that of x @ weight.")(
    lambda g, x, w: g + (g * (x @ w > 0)) @ w
)
