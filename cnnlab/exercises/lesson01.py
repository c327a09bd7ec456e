"""Predictions and exercises of lesson 01, Images are numbers."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_sum = Predict(
    "The X has 81 pixels; 13 of them are ink (1), the others paper (−1). What do all 81 numbers add up to?",
    answer=-55,
    because="13 · 1 + 68 · (−1) = −55.",
    slips={
        13: "That is the ink alone. Each pixel of paper counts −1.",
        -68: "That is the paper alone. Each pixel of ink counts 1.",
        81: "That is how many numbers there are.",
        55: "There is more paper than ink: mind the sign.",
        -81: "Only if all of it were paper.",
    },
)

predict_count = Predict(
    "A photograph is 100 pixels high and 160 wide, in colour. How many numbers is it?",
    answer=48000,
    because="100 · 160 = 16,000 pixels, and each of them is three numbers.",
    slips={
        16000: "Those are the pixels. Each of them is more than one number.",
        260: "Height and width are multiplied, not added.",
        780: "Height and width are multiplied, not added.",
        480: "You forgot one of the two sides.",
    },
)

predict_product = PredictCells(
    "Multiply the matrix W by the vector x. Which two numbers come out?",
    answer=[[1], [7]],
    because="1·3 + 0·1 + (−1)·2 = 1 and 2·3 + 1·1 + 0·2 = 7.",
    given={"W": [[1, 0, -1], [2, 1, 0]], "x": [[3], [1], [2]]},
    slips=[
        ([[5], [9]], "The weight −1 is negative: its product is subtracted."),
        ([[0], [3]], "Multiply each weight by the number of x in its place before you add."),
        ([[3], [6]], "That is only the first product of the row. Add the other two."),
    ],
)

predict_weights = Predict(
    "One neuron looks at every number of a picture of 28 × 28 pixels in colour. "
    "How many weights does it need, not counting its bias?",
    answer=2352,
    because="28 · 28 · 3 = 2352: one weight for each number it looks at.",
    slips={
        784: "That is a gray picture. In colour each pixel is three numbers.",
        84: "The two sides are multiplied with each other, too.",
        2353: "That is with the bias.",
        59: "Multiply instead of adding.",
    },
)

predict_shift = Predict(
    "Move the O by one pixel down and one to the right. Compare it, pixel by pixel, with the X and with the "
    "O as they were. With which one do more pixels agree?",
    choices=("the X", "the O"),
    answer="the X",
    because="60 pixels agree with the X, only 57 with the O it was made from.",
    slips={
        "the O": "One would think so. Count: most of its 16 pixels of ink now stand where the O has paper.",
    },
)


def _layer(rng):
    neurons, inputs = sides(rng, 1, 5)
    return quarters(rng, neurons, inputs), quarters(rng, inputs), quarters(rng, neurons)


@exercise(
    cases=[
        (np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([5.0, 7.0]), np.array([1.0, -2.0])),
        (np.array([[2.0, 0.0, 1.0]]), np.array([1.0, 4.0, -3.0]), np.array([0.5])),
    ],
    draw=_layer,
    hints=[
        "There is one result for each row of weight: start with out = np.zeros(len(weight)).",
        "Two loops: k over the rows, i over the numbers of x. What is added to out[k]?",
        "out[k] += weight[k, i] * x[i], and after the inner loop out[k] += bias[k].",
    ],
)
def dense(weight, x, bias):
    out = np.zeros(len(weight))
    for k in range(len(weight)):
        for i in range(len(x)):
            out[k] += weight[k, i] * x[i]
        out[k] += bias[k]
    return out


dense.mistake("The bias is left out.")(lambda w, x, b: w @ x)
dense.mistake("The bias is subtracted; it is added.")(lambda w, x, b: w @ x - b)
dense.mistake("The bias is added once for each number of x; add it once for each neuron.")(
    lambda w, x, b: w @ x + len(x) * b
)
dense.mistake("Every neuron gets the first one's bias: each has its own.")(lambda w, x, b: w @ x + b[0])
dense.mistake("Every neuron uses the first row of weights: each has a row of its own.")(
    lambda w, x, b: np.full(len(w), w[0] @ x) + b
)
dense.mistake("That is the mean of the products; add them, without dividing.")(
    lambda w, x, b: w @ x / len(x) + b
)
dense.mistake("Negative results become 0 in yours. That is ReLU, which comes after the sum (lesson 05).")(
    lambda w, x, b: np.maximum(w @ x + b, 0)
)
dense.mistake("Only the last product of each row is kept: add it to what is there.")(
    lambda w, x, b: w[:, -1] * x[-1] + b
)
dense.mistake("x is taken from its end: weight i belongs to number i.")(lambda w, x, b: w @ x[::-1] + b)
dense.mistake("Weights and numbers are added; multiply them.")(lambda w, x, b: (w + x).sum(axis=1) + b)


def ink(*rows):
    """Return a picture from rows of ``#`` and ``.``."""
    return np.array([[1.0 if pixel == "#" else -1.0 for pixel in row] for row in rows])


@exercise(
    cases=[
        (ink("#.", "#."), ink("##", "..")),
        (ink("#..", "..."), ink("#..", "##.")),
        (ink("###.", "....", "#.##"), ink("##..", "...#", "#.##")),
        (ink(".....", "..#.."), ink(".....", "##.##")),
    ],
    draw=lambda rng: tuple(rng.choice([-1.0, 1.0], (2, *sides(rng, 2, 6)))),
    hints=[
        "a == b is True wherever the two pictures agree.",
        "(a == b).sum() counts the pixels that agree.",
        "Divide that by a.size, or take (a == b).mean() at once.",
    ],
)
def agreement(a, b):
    same = 0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] == b[i, j]:
                same += 1
    return same / a.size


agreement.mistake("That is how many agree; divide by how many there are.")(lambda a, b: float((a == b).sum()))
agreement.mistake("That is the share that differs.")(lambda a, b: (a != b).mean())
agreement.mistake("That is in per cent: the share goes from 0 to 1.")(lambda a, b: 100 * (a == b).mean())
agreement.mistake("Only ink is counted: two pixels of paper agree as well.")(
    lambda a, b: ((a == 1) & (b == 1)).mean()
)
agreement.mistake("Only paper is counted: two pixels of ink agree as well.")(
    lambda a, b: ((a == -1) & (b == -1)).mean()
)
agreement.mistake("That is the mean of the products: it goes from −1 to 1.")(lambda a, b: (a * b).mean())
agreement.mistake("Divide by the number of pixels, not of rows.")(lambda a, b: (a == b).sum() / len(a))
agreement.mistake("Divide by the number of pixels, not of columns.")(lambda a, b: (a == b).sum() / a.shape[1])
agreement.mistake("Only the first row is compared.")(lambda a, b: (a[0] == b[0]).mean())
agreement.mistake("That compares how much ink there is, not where.")(
    lambda a, b: 1 - abs((a == 1).mean() - (b == 1).mean())
)


@exercise(
    cases=[
        (2, 3, 1, 1),
        (28, 28, 3, 100),
        (9, 9, 1, 147),
        (5, 4, 3, 2),
        (20, 20, 3, 50),
    ],
    draw=lambda rng: tuple(sides(rng, 2, 30, 4)),
    hints=[
        "How many numbers does one neuron look at?",
        "It has one weight for each of these numbers, and one bias.",
        "All neurons together: neurons · (height · width · channels + 1).",
    ],
)
def parameters(height, width, channels, neurons):
    weights = height * width * channels
    return neurons * (weights + 1)


parameters.mistake("The biases are left out: one for each neuron.")(lambda h, w, c, n: h * w * c * n)
parameters.mistake("Each neuron has a bias of its own, not all of them one.")(
    lambda h, w, c, n: h * w * c * n + 1
)
parameters.mistake("Channels are left out: each pixel is that many numbers.")(
    lambda h, w, c, n: n * (h * w + 1)
)
parameters.mistake("That is one neuron.")(lambda h, w, c, n: h * w * c + 1)
parameters.mistake("Each number of the picture gets a bias in yours; neurons have biases.")(
    lambda h, w, c, n: n * h * w * c + h * w * c
)
parameters.mistake("Multiply the sides and the channels, do not add them.")(
    lambda h, w, c, n: n * (h + w + c + 1)
)
parameters.mistake("All neurons share their weights in yours; here each has its own.")(
    lambda h, w, c, n: h * w * c + n
)
