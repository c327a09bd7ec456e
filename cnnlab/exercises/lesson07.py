"""Predictions and exercises of lesson 07, Stack the layers."""

import numpy as np

from cnnlab.exercises.engine import exercise, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_three = Predict(
    "Three convolutions with 3 × 3 filters, one after the other, no padding. The image is 9 × 9. "
    "How wide is the last map?",
    answer=3,
    because="9 → 7 → 5 → 3: each takes away a border of one pixel on every side.",
    slips={
        6: "Each convolution takes away 2: one pixel on the left, one on the right.",
        1: "Nothing divides here: each convolution takes away 2.",
        7: "That is after the first one.",
        5: "That is after the second one.",
        0: "Each convolution takes away 2, not 3.",
    },
)

predict_field = Predict(
    "Two convolutions with 3 × 3 filters, one after the other. How many pixels wide is the part of the image "
    "that a number of the second map can see?",
    answer=5,
    because="It sees 3 numbers of the first map; each of these sees 3 pixels, moved on by one: 3 + 2 = 5.",
    slips={
        3: "That is how much of the first map it sees. Each of those sees 3 pixels.",
        6: "The three see overlapping parts.",
        9: "The three see overlapping parts.",
        7: "That would be three convolutions.",
        25: "That is how many pixels. How wide is the part?",
    },
)

predict_parameters = Predict(
    "A convolution takes 3 maps and makes 8, with 3 × 3 filters. "
    "How many numbers does it learn, biases included?",
    answer=224,
    because="Each of the 8 filters has 3 · 3 · 3 = 27 weights and a bias: 8 · 28 = 224.",
    slips={
        216: "The biases are missing: one for each filter.",
        80: "Each filter has weights for all 3 of the maps it takes.",
        72: "Each filter has weights for all 3 of the maps it takes, and a bias.",
        240: "A filter has one bias, not one for each map it takes.",
        217: "Each filter has a bias of its own.",
        219: "There is a bias for each filter it makes, not for each map it takes.",
    },
)

predict_pooling = PredictCells(
    "Max-pool this map with window 2 and stride 2. Which four numbers are left?",
    answer=[[1, 7 / 9], [5 / 9, 1]],
    because="Each is the largest of its quarter of the map.",
    given={"Map": np.array([[9, 3, 5, 7], [3, 1, 1, 3], [5, 3, 9, 1], [3, 5, 1, 7]]) / 9},
    slips=[
        ([[4 / 9, 4 / 9], [4 / 9, 4.5 / 9]], "That is the mean. Keep the largest."),
        ([[1 / 9, 1 / 9], [3 / 9, 1 / 9]], "That is the smallest. Keep the largest."),
        ([[1, 5 / 9], [5 / 9, 1]], "Look again: a larger number stands beside it in the same quarter."),
    ],
    unit=9,
)


def _layers(rng):
    windows_and_strides = rng.integers(1, [5, 4], (rng.integers(2, 4), 2)).tolist()
    return [tuple(layer) for layer in windows_and_strides]


@exercise(
    cases=[
        (9, [(3, 1)]),
        (12, [(3, 1), (2, 2)]),
        (28, [(5, 1), (2, 2), (3, 1), (2, 2)]),
        (33, [(3, 2), (3, 1), (3, 3)]),
    ],
    draw=lambda rng: (int(rng.integers(40, 70)), _layers(rng)),
    hints=[
        "Start with a list that holds the image's size: out = [size].",
        "Each new size follows from the one before, out[-1], by the formula of lesson 02.",
        "out.append((out[-1] - kernel) // stride + 1)",
    ],
)
def sizes(size, layers):
    out = [size]
    for kernel, stride in layers:
        out.append((out[-1] - kernel) // stride + 1)
    return np.array(out)


def _folded(step):
    """Return a function that goes from size to size by ``step(size, kernel, stride)``."""

    def run(size, layers):
        out = [size]
        for kernel, stride in layers:
            out.append(step(out[-1], kernel, stride))
        return np.array(out)

    return run


sizes.mistake("Every layer starts from the image in yours; it starts from the size before.")(
    lambda n, layers: np.array([n] + [(n - k) // s + 1 for k, s in layers])
)
sizes.mistake("You count the moves; the place the window starts from counts too.")(
    _folded(lambda n, k, s: (n - k) // s)
)
sizes.mistake("The stride is left out.")(_folded(lambda n, k, s: n - k + 1))
sizes.mistake("First divide by the stride, then add 1.")(_folded(lambda n, k, s: (n - k + 1) // s))
sizes.mistake("Sizes are whole: // divides and rounds down, / does not round.")(
    _folded(lambda n, k, s: (n - k) / s + 1)
)
sizes.mistake("Round down: only whole windows count.")(_folded(lambda n, k, s: -(-(n - k) // s) + 1))
sizes.mistake("Divide by the stride, not by the window.")(_folded(lambda n, k, s: (n - k) // k + 1))
sizes.mistake("The window's size is left out.")(_folded(lambda n, k, s: n // s))
sizes.mistake("The size of the image itself comes first in the list.")(
    lambda n, layers: sizes.solve(n, layers)[1:]
)
sizes.mistake("Only the last size is returned.")(lambda n, layers: sizes.solve(n, layers)[-1])
sizes.mistake("The layers are taken from the last to the first.")(
    lambda n, layers: sizes.solve(n, layers[::-1])
)


@exercise(
    cases=[
        ([(3, 1)],),
        ([(3, 1), (3, 1)],),
        ([(3, 1), (2, 2), (2, 2)],),
        ([(5, 2), (3, 1), (2, 3), (3, 1)],),
        ([(2, 2), (3, 1), (2, 2), (5, 1)],),
    ],
    draw=lambda rng: (_layers(rng),),
    hints=[
        "Keep two numbers: how wide the field is, and how many pixels apart two neighbours are (the step).",
        "A window of size k reaches over k − 1 steps more. Before any layer, field and step are both 1.",
        "field += (kernel - 1) * step, and then step *= stride.",
    ],
)
def receptive_field(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
    return field


def _walked(add, multiply=lambda step, kernel, stride: step * stride):
    """Return a function that adds ``add(kernel, stride, step)`` for each layer."""

    def run(layers):
        field, step = 1, 1
        for kernel, stride in layers:
            field += add(kernel, stride, step)
            step = multiply(step, kernel, stride)
        return field

    return run


receptive_field.mistake("Strides are left out: after a stride of 2, neighbours are 2 pixels apart.")(
    _walked(lambda k, s, step: k - 1)
)
receptive_field.mistake("Windows overlap: a layer adds its size less one.")(
    _walked(lambda k, s, step: k * step)
)
receptive_field.mistake("A layer's own stride counts only for the layers after it.")(
    _walked(lambda k, s, step: (k - 1) * step * s)
)
receptive_field.mistake("Strides multiply from layer to layer, they do not add up.")(
    _walked(lambda k, s, step: (k - 1) * step, lambda step, k, s: step + s - 1)
)
receptive_field.mistake("Only the stride of the layer just before counts in yours.")(
    _walked(lambda k, s, step: (k - 1) * step, lambda step, k, s: s)
)
receptive_field.mistake("Strides multiply from layer to layer: step *= stride, not step += stride.")(
    _walked(lambda k, s, step: (k - 1) * step, lambda step, k, s: step + s)
)
receptive_field.mistake(
    "What counts is the step that the layers before have made, not the layer's own stride."
)(_walked(lambda k, s, step: (k - 1) * s))
receptive_field.mistake("Start from 1: a number that has gone through no layer sees itself.")(
    lambda layers: receptive_field.solve(layers) - 1
)
receptive_field.mistake("The windows are multiplied in yours; they overlap.")(
    lambda layers: int(np.prod([k for k, _ in layers]))
)
receptive_field.mistake("The layers are taken from the last to the first.")(
    lambda layers: receptive_field.solve(layers[::-1])
)


@exercise(
    cases=[
        (1, 3, 3, 3),
        (3, 8, 3, 3),
        (2, 5, 4, 3),
        (16, 32, 1, 1),
        (6, 4, 2, 5),
    ],
    draw=lambda rng: tuple(sides(rng, 1, 9, 4)),
    hints=[
        "How many weights does one filter have? It covers height · width places on every channel.",
        "And one bias for each filter.",
        "filters · (channels · height · width + 1)",
    ],
)
def conv_parameters(channels, filters, height, width):
    return filters * (channels * height * width + 1)


conv_parameters.mistake("The biases are left out: one for each filter.")(lambda c, f, h, w: f * c * h * w)
conv_parameters.mistake("Each filter has weights for every channel it takes.")(
    lambda c, f, h, w: f * (h * w + 1)
)
conv_parameters.mistake("Each filter has its own bias, not all of them one.")(
    lambda c, f, h, w: f * c * h * w + 1
)
conv_parameters.mistake("A filter has one bias, not one for each channel.")(
    lambda c, f, h, w: f * c * (h * w + 1)
)
conv_parameters.mistake("That is one filter.")(lambda c, f, h, w: c * h * w + 1)
conv_parameters.mistake("There is a bias for each filter, not for each channel it takes.")(
    lambda c, f, h, w: f * c * h * w + c
)
conv_parameters.mistake("A filter has height · width weights for each channel, not height + width.")(
    lambda c, f, h, w: f * (c * (h + w) + 1)
)
conv_parameters.mistake("A filter is not always square.")(lambda c, f, h, w: f * (c * h * h + 1))
