"""Predictions and exercises of lesson 07, Stack the layers."""

import numpy as np

from cnnlab.checks import integer
from cnnlab.exercises.engine import Verdict, exercise
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

predict_paths = Predict(
    "Two convolutions with 3 × 3 filters, one after the other. How many pathways lead from the pixel in the "
    "middle of its field to a number of the second map?",
    answer=9,
    because="That pixel is seen by all nine numbers of the first map that the number sees: 3 · 3 ways.",
    slips={
        1: "Only a corner of the field has a single way. Which numbers of the first map see the middle?",
        81: "So many pathways lead there from all pixels together.",
        2: "Count ways, not layers. Which numbers of the first map see this pixel?",
        3: "Three along the rows, and for each of them three along the columns.",
        25: "So many pixels are in the field. How many ways are there from the middle one?",
        6: "Ways along rows and along columns multiply.",
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
        (1, [(1, 1), (1, 3)]),
        (12, [(3, 1), (2, 2)]),
        (28, [(5, 1), (2, 2), (3, 1), (2, 2)]),
        (33, [(3, 2), (3, 1), (3, 3)]),
        (1200, [(5, 2), (2, 2)]),
    ],
    draw=lambda rng: (int(rng.integers(40, 70)), _layers(rng)),
    hints=[
        "Start with a list that holds the image's size: out = [size].",
        "Each new size follows from the one before, out[-1], by the formula of lesson 03.",
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

sizes.mistake("Window and stride have changed places in yours: window comes first.")(
    _folded(lambda n, k, s: (n - s) // k + 1)
)
sizes.mistake("The image is 9 wide in yours, whatever size is given.")(
    lambda n, layers: sizes.solve(9, layers)
)
sizes.mistake("Where window and stride are alike yours rounds up: here, too, only whole windows count.")(
    _folded(lambda n, k, s: (-(-(n - k) // s) if k == s else (n - k) // s) + 1)
)
sizes.mistake("One number for each layer is enough: yours gives rows and columns.")(
    lambda n, layers: np.stack([sizes.solve(n, layers)] * 2, axis=1)
)
sizes.mistake("Round down, not to the nearest: only whole windows count.")(
    _folded(lambda n, k, s: round((n - k) / s) + 1)
)
sizes.mistake("Nothing is padded here: yours adds a pixel on each side.")(
    _folded(lambda n, k, s: (n + 2 - k) // s + 1)
)
sizes.mistake("Only the first two layers count in yours.")(lambda n, layers: sizes.solve(n, layers[:2]))
sizes.mistake("First take the window away, then divide by the stride.")(
    _folded(lambda n, k, s: n // s - k + 1)
)
sizes.mistake("The size after the last layer is missing.")(lambda n, layers: sizes.solve(n, layers)[:-1])
sizes.mistake("Yours tells how much each layer takes away; tell what is left.")(
    lambda n, layers: np.concatenate([[n], -np.diff(sizes.solve(n, layers))])
)


def _dilated(rng):
    windows_strides_dilations = rng.integers(1, [6, 4, 4], (rng.integers(1, 5), 3)).tolist()
    return ([tuple(layer) for layer in windows_strides_dilations],)


@exercise(
    cases=[
        ([(3, 1, 1)],),
        ([(3, 1, 2)],),
        ([(3, 1, 1), (3, 1, 1)],),
        ([(3, 1, 1), (2, 2, 1), (2, 2, 1)],),
        ([(3, 2, 2), (3, 1, 3)],),
        ([(5, 2, 1), (3, 1, 2), (2, 3, 1), (3, 1, 4)],),
        ([(1, 2, 3), (2, 1, 2)],),
    ],
    draw=_dilated,
    hints=[
        "Keep two numbers: how wide the field is, and how many pixels apart two neighbors are (the step).",
        "A window of K numbers reaches over K − 1 gaps. How wide is one of them with a dilation of d?",
        "field += (window - 1) * dilation * step, and then step *= stride.",
    ],
)
def receptive_field(layers):
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1) * dilation * step
        step *= stride
    return field


def _walked(add, multiply=lambda step, kernel, stride, dilation: step * stride):
    """Return a function that adds ``add(kernel, stride, dilation, step)`` for each layer."""

    def run(layers):
        field, step = 1, 1
        for kernel, stride, dilation in layers:
            field += add(kernel, stride, dilation, step)
            step = multiply(step, kernel, stride, dilation)
        return field

    return run


def _right(k, s, d, step):
    return (k - 1) * d * step


receptive_field.mistake("Dilations are left out: with a dilation of 2 the gaps are twice as wide.")(
    _walked(lambda k, s, d, step: (k - 1) * step)
)
receptive_field.mistake("Strides are left out: after a stride of 2, neighbors are 2 pixels apart.")(
    _walked(lambda k, s, d, step: (k - 1) * d)
)
receptive_field.mistake("Count the gaps in a window: there is one fewer than numbers.")(
    _walked(lambda k, s, d, step: k * d * step)
)
receptive_field.mistake("A window of K numbers has K − 1 gaps of width d; yours adds K · d − 1.")(
    _walked(lambda k, s, d, step: (k * d - 1) * step)
)
receptive_field.mistake("A window reaches over K − 1 gaps of width d; yours adds the dilation instead.")(
    _walked(lambda k, s, d, step: (k - 1 + d - 1) * step)
)
receptive_field.mistake("A dilation spreads its own window only; the step grows by the stride alone.")(
    _walked(_right, lambda step, k, s, d: step * s * d)
)
receptive_field.mistake("A layer's own stride counts only for the layers after it.")(
    _walked(lambda k, s, d, step: (k - 1) * d * step * s)
)
receptive_field.mistake("Only the stride of the layer just before counts in yours.")(
    _walked(_right, lambda step, k, s, d: s)
)
receptive_field.mistake("Strides multiply from layer to layer: step *= stride, not step += stride.")(
    _walked(_right, lambda step, k, s, d: step + s)
)
receptive_field.mistake("Strides multiply from layer to layer; yours adds stride − 1 to the step.")(
    _walked(_right, lambda step, k, s, d: step + s - 1)
)
receptive_field.mistake(
    "What counts is the step that the layers before have made, not the layer's own stride."
)(_walked(lambda k, s, d, step: (k - 1) * d * s))
receptive_field.mistake("Start from 1: a number that has gone through no layer sees itself.")(
    lambda layers: receptive_field.solve(layers) - 1
)
receptive_field.mistake("The layers are taken from the last to the first.")(
    lambda layers: receptive_field.solve(layers[::-1])
)

receptive_field.mistake("A window adds the K − 1 gaps between its numbers; yours adds one more step.")(
    _walked(lambda k, s, d, step: ((k - 1) * d + 1) * step)
)
receptive_field.mistake(
    "A dilation of 1 leaves no gap, and one of 2 takes every second number: d, not d + 1."
)(_walked(lambda k, s, d, step: (k - 1) * (d + 1) * step))
receptive_field.mistake("Return the field alone, without the step.")(
    lambda layers: (receptive_field.solve(layers), np.prod([s for _, s, _ in layers]))
)
receptive_field.mistake("The windows are multiplied in yours; each adds to the field.")(
    lambda layers: np.prod([(k - 1) * d + 1 for k, _, d in layers])
)
receptive_field.mistake("Only the widest window counts in yours; each adds to the field.")(
    lambda layers: max((k - 1) * d + 1 for k, _, d in layers)
)
receptive_field.mistake("Return only the last of them, the field after all layers.")(
    lambda layers: [receptive_field.solve(layers[: k + 1]) for k in range(len(layers))]
)
receptive_field.mistake("The last layer is left out.")(lambda layers: receptive_field.solve(layers[:-1]))
receptive_field.mistake("That is the step, how far apart the fields of two neighbors begin.")(
    lambda layers: np.prod([s for _, s, _ in layers])
)
receptive_field.mistake("Stride and dilation have changed places in yours: the stride comes first.")(
    lambda layers: receptive_field.solve([(k, s, d) for k, d, s in layers])
)
receptive_field.mistake("The gaps of a dilation are as wide as the step, too, not one pixel.")(
    _walked(lambda k, s, d, step: (k - 1) * (step + d - 1))
)


@receptive_field.mistake("Yours counts the pixels that are seen; the gaps between them belong to the width.")
def _(layers):
    seen = {0}
    for window, stride, dilation in reversed(layers):
        seen = {place * stride + k * dilation for place in seen for k in range(window)}
    return len(seen)


# --- An open exercise: it has no solution to compare with, only something to measure -----------------------

IMAGE, MAPS, FIELD, PARAMETERS, WORK = 32, 16, 26, 4_000, 100_000


def measure(stack):
    """Return the ``Verdict`` on a list of layers, (maps, window, stride) each; 0 maps stand for a pooling."""
    if stack is ...:
        return Verdict("not attempted", "Replace the three dots with a list, then run the cell again.")
    try:
        size, maps, field, parameters, work = _count(stack)
    except (TypeError, ValueError) as error:
        said = str(error)
        return Verdict("not yet", f"{said[0].upper()}{said[1:]}")
    told = (
        f"{maps} {'map' if maps == 1 else 'maps'} of {size} × {size}, each number sees {field} × {field} "
        f"pixels; {parameters:,} parameters, {work:,} multiplications."
    )
    convolutions = sum(layer[0] > 0 and layer[1] == 3 for layer in stack)
    missed = {
        "No window should be above 3.": any(layer[1] > 3 for layer in stack),
        "No stride should be above 2.": any(layer[2] > 2 for layer in stack),
        "At least three convolutions of 3 × 3 should be among the layers.": convolutions < 3,
        f"In the end there should be {MAPS} maps.": maps != MAPS,
        "The last maps should be 2 × 2 at least.": size < 2,
        f"Each number should see {FIELD} × {FIELD} pixels at least.": field < FIELD,
        f"At most {PARAMETERS:,} parameters are allowed.": parameters > PARAMETERS,
        f"At most {WORK:,} multiplications are allowed.": work > WORK,
    }
    missed = [sentence for sentence, is_so in missed.items() if is_so]
    return Verdict("not yet" if missed else "correct", " ".join([told, *missed]))


def _count(stack):
    """Return size and number of the last maps, the field, parameters and multiplications of a stack."""
    size, maps, field, step, parameters, work = IMAGE, 1, 1, 1, 0, 0
    if not isinstance(stack, list):
        raise TypeError(f"The stack should be a list of layers, got {type(stack).__name__}.")
    for number, layer in enumerate(stack, 1):
        if not isinstance(layer, (tuple, list)) or len(layer) != 3:
            raise TypeError(f"Layer {number} should be (maps, window, stride), got {layer!r}.")
        new = integer(f"layer {number}", "maps", layer[0], 0)
        window = integer(f"layer {number}", "window", layer[1], 1)
        stride = integer(f"layer {number}", "stride", layer[2], 1)
        if window > size:
            raise ValueError(f"Layer {number}: a window of {window} has no room on a map of {size} × {size}.")
        size = (size - window) // stride + 1
        field += (window - 1) * step
        step *= stride
        if new:
            weights = new * maps * window**2
            parameters += weights + new
            work += weights * size**2
            maps = new
    return size, maps, field, parameters, work
