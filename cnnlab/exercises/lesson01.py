"""Predictions and exercises of lesson 01, Images are numbers."""

import numpy as np

from cnnlab.data import letters
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_count = Predict(
    "A photograph is 100 pixels high and 160 wide, in color. How many numbers is it?",
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

predict_products = PredictCells(
    "Multiply the matrix W by the matrix X. Each column of X is a picture, each row of W a neuron. "
    "Which four numbers come out?",
    answer=[[1, -1], [7, 1]],
    because="Row 1 of W: 3 − 2 = 1 and 0 − 1 = −1; row 2: 6 + 1 = 7 and 0 + 1 = 1. The first column is the "
    "result from above.",
    given={"W": [[1, 0, -1], [2, 1, 0]], "X": [[3, 0], [1, 1], [2, 1]]},
    slips=[
        ([[1, 7], [-1, 1]], "Neurons are rows of the result, pictures are columns: yours is transposed."),
        ([[5, 1], [7, 1]], "The weight −1 is negative: its product is subtracted."),
        ([[1, 1], [7, 1]], "The second picture and the first neuron: 1·0 + 0·1 + (−1)·1."),
        (
            [[1, -1], [1, 7]],
            "The numbers of the second row have changed places: its first column is W times "
            "the picture (3, 1, 2).",
        ),
        ([[3, 0], [2, 1]], "Those are single products. Multiply number by number, and add all three."),
        ([[3, 0], [6, 0]], "That is only the first product of each. Add the other two."),
    ],
)

predict_weights = Predict(
    "One neuron looks at every number of a picture of 32 × 32 pixels in color. "
    "How many weights does it need, not counting its bias?",
    answer=3072,
    because="32 · 32 · 3 = 3072: one weight for each number it looks at.",
    slips={
        1024: "That is a gray picture. In color each pixel is three numbers.",
        96: "The two sides are multiplied with each other, too.",
        3073: "That is with the bias.",
        67: "Multiply instead of adding.",
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
    pictures, neurons, rows, columns = (int(n) for n in rng.permutation([1, 2, 3, 4, 5])[:4])
    images = quarters(rng, pictures, rows, columns)
    return quarters(rng, neurons, rows * columns), images, quarters(rng, neurons)


@exercise(
    cases=[
        (np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[[5.0, 7.0]]]), np.array([1.0, -2.0])),
        (
            np.array([[2.0, 0.0, 1.0, -1.0], [1.0, 1.0, 0.0, 4.0], [0.0, -2.0, 0.5, 3.0]]),
            np.array([[[1.0, 4.0], [-3.0, 2.0]], [[0.0, 1.0], [10.0, 100.0]]]),
            np.array([0.5, -1.0, 2.0]),
        ),
        (np.array([[3.0]]), np.array([[[-2.0]], [[0.5]], [[1000.0]]]), np.array([0.25])),
        (  # whole pixels and weights that are not
            np.array([[0.5, -1.25, 2.0, 0.25], [1.0, 0.75, -0.5, 3.0]]),
            np.array([[[1, 2], [3, -4]], [[0, 255], [-1, 1]]]),
            np.array([0.25, -1.0]),
        ),
    ],
    draw=_layer,
    without=("cnnlab.ops",),
    hints=[
        "First make each picture a row: images.reshape(len(images), -1) has shape (pictures, numbers).",
        "The result of picture n and neuron k is the dot product of row n of that and row k of weight, plus "
        "bias[k].",
        "All at once: pictures @ weight.T + bias.",
    ],
)
def dense(weight, images, bias):
    pictures = images.reshape(len(images), -1)
    out = np.zeros((len(pictures), len(weight)))
    for n in range(len(pictures)):
        for k in range(len(weight)):
            out[n, k] = weight[k] @ pictures[n] + bias[k]
    return out


def _of_rows(change):
    """Return a wrong twin: it takes the pictures as rows."""
    return lambda weight, images, bias: change(weight, images.reshape(len(images), -1), bias)


dense.mistake("The bias is left out.")(_of_rows(lambda w, x, b: x @ w.T))
dense.mistake("The bias is subtracted; it is added.")(_of_rows(lambda w, x, b: x @ w.T - b))
dense.mistake("The bias is added once for each number of a picture; add it once for each neuron.")(
    _of_rows(lambda w, x, b: x @ w.T + x.shape[1] * b)
)
dense.mistake("Every neuron gets the first one's bias: each has its own.")(
    _of_rows(lambda w, x, b: x @ w.T + b[0])
)
dense.mistake("Every neuron uses the first row of weights: each has a row of its own.")(
    _of_rows(lambda w, x, b: np.repeat(x @ w[:1].T, len(w), axis=1) + b)
)
dense.mistake("That is the mean of the products; add them, without dividing.")(
    _of_rows(lambda w, x, b: x @ w.T / x.shape[1] + b)
)
dense.mistake("Negative results become 0 in yours. That is ReLU, which comes after the sum (lesson 05).")(
    _of_rows(lambda w, x, b: np.maximum(x @ w.T + b, 0))
)
dense.mistake("Pictures are rows of the result, neurons are columns: yours is transposed.")(
    _of_rows(lambda w, x, b: (x @ w.T + b).T)
)
dense.mistake("Every picture gets the result of the first one.")(
    _of_rows(lambda w, x, b: np.repeat(x[:1] @ w.T + b, len(x), axis=0))
)
dense.mistake("Yours reads each picture column by column; read it row by row.")(
    lambda w, images, b: images.transpose(0, 2, 1).reshape(len(images), -1) @ w.T + b
)
dense.mistake("Each picture is read from its end: weight i belongs to number i.")(
    _of_rows(lambda w, x, b: x[:, ::-1] @ w.T + b)
)
dense.mistake("Only the last product of each sum is kept: add it to what is there.")(
    _of_rows(lambda w, x, b: x[:, -1:] @ w[:, -1:].T + b)
)
dense.mistake("Weights and numbers are added; multiply them.")(
    _of_rows(lambda w, x, b: (x[:, None] + w).sum(axis=2) + b)
)
dense.mistake("All pictures are added up in yours: return one row for each of them.")(
    _of_rows(lambda w, x, b: x.sum(axis=0) @ w.T + b)
)
dense.mistake("All pictures are added up in yours, and make one row: there is a row for each of them.")(
    _of_rows(lambda w, x, b: x.sum(axis=0, keepdims=True) @ w.T + b)
)
dense.mistake("That is the first picture alone: return a row for each of them.")(
    _of_rows(lambda w, x, b: w @ x[0] + b)
)
dense.mistake(
    "That reshape mixes the pictures: make rows of them, images.reshape(len(images), -1), and transpose."
)(lambda w, images, b: (w @ images.reshape(-1, len(images))).T + b)
dense.mistake("Every neuron gets the sum of all biases: each has its own.")(
    _of_rows(lambda w, x, b: x @ w.T + b.sum())
)
dense.mistake("The sums are multiplied by the bias; it is added.")(_of_rows(lambda w, x, b: x @ w.T * b))
dense.mistake("The last number of each picture is left out: the loop ends one too early.")(
    _of_rows(lambda w, x, b: x[:, :-1] @ w[:, :-1].T + b)
)
dense.mistake("Take the pixels as they are: yours are divided by 255.")(
    _of_rows(lambda w, x, b: x @ w.T / 255 + b)
)
dense.mistake("That is which neuron makes most of each picture; return what every one of them makes.")(
    _of_rows(lambda w, x, b: (x @ w.T + b).argmax(axis=1))
)
dense.mistake("Only the first row of each picture is read: read them all, one after the other.")(
    lambda w, images, b: images[:, 0] @ w[:, : images.shape[2]].T + b
)
dense.mistake(
    "Yours has the type of images, and whole pixels do not make whole sums: collect in an array of floats."
)(_of_rows(lambda w, x, b: (x @ w.T + b).astype(x.dtype)))


def ink(*rows):
    """Return a picture from rows of ``#`` and ``.``."""
    return np.array([[1.0 if pixel == "#" else -1.0 for pixel in row] for row in rows])


def _two_pictures(rng):
    shape = sides(rng, 1, 6)
    if rng.random() < 0.5:
        return tuple(rng.choice([-1.0, 1.0], (2, *shape)))
    a, b = quarters(rng, 2, *shape)
    return a, np.where(rng.random(shape) < 0.5, a, b)


@exercise(
    cases=[
        (ink("#.", "#."), ink("##", "..")),
        (ink("#..", "..."), ink("#..", "##.")),
        (ink("###.", "....", "#.##"), ink("##..", "...#", "#.##")),
        (ink(".....", "..#.."), ink(".....", "##.##")),
        (np.array([[0.0, 0.5, -2.0], [3.0, 0.0, 255.0]]), np.array([[0.0, 0.25, -2.0], [3.0, -1.0, 254.0]])),
        (np.array([[4.0]]), np.array([[4.0]])),
        (np.array([[1.0, 0.5, -0.25, 3.0]]), np.array([[1.001, 0.5, -0.254, 3.0]])),
    ],
    draw=_two_pictures,
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
agreement.mistake("That is in percent: the share goes from 0 to 1.")(lambda a, b: 100 * (a == b).mean())
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
agreement.mistake("Two pixels agree if they are equal; the same sign is not enough.")(
    lambda a, b: (np.sign(a) == np.sign(b)).mean()
)
agreement.mistake("Only the whole part of each number is compared: 0.5 and 0.25 differ.")(
    lambda a, b: (np.trunc(a) == np.trunc(b)).mean()
)
agreement.mistake("That compares how much ink there is, not where.")(
    lambda a, b: 1 - abs((a == 1).mean() - (b == 1).mean())
)
agreement.mistake("Two pixels agree if they are equal; nearly equal is not enough.")(
    lambda a, b: (np.abs(a - b) < 0.01).mean()
)
agreement.mistake("Products tell whether two pixels agree if all are 1 or −1. These may be any numbers.")(
    lambda a, b: ((a * b).mean() + 1) / 2
)
agreement.mistake("That is the share for each column; return one for the whole picture.")(
    lambda a, b: (a == b).mean(axis=0)
)
agreement.mistake("That is the share for each row; return one for the whole picture.")(
    lambda a, b: (a == b).mean(axis=1)
)
agreement.mistake("Divide by the number of pixels that these pictures have, not always by 81.")(
    lambda a, b: (a == b).sum() / 81
)
agreement.mistake("How far two pixels are apart does not count, only whether they are equal.")(
    lambda a, b: 1 - np.abs(a - b).mean()
)
agreement.mistake("That counts the rows that agree altogether; compare pixel by pixel.")(
    lambda a, b: (a == b).all(axis=1).mean()
)
agreement.mistake("Yours are sorted before they are compared: it matters where a pixel stands.")(
    lambda a, b: (np.sort(a, axis=None) == np.sort(b, axis=None)).mean()
)
agreement.mistake("Two pixels that are both 0 agree as well.")(lambda a, b: ((a == b) & (a != 0)).mean())
agreement.mistake("Divide by height times width; these pictures need not be square.")(
    lambda a, b: (a == b).sum() / len(a) ** 2
)
agreement.mistake(
    "Those that differ are subtracted in yours: the share of those that agree goes from 0 to 1."
)(lambda a, b: 2 * (a == b).mean() - 1)


@exercise(
    cases=[
        (2, 3, 1, 1),
        (1, 1, 1, 1),
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
parameters.mistake("Yours has three channels, whatever channels says.")(
    lambda h, w, c, n: n * (3 * h * w + 1)
)
parameters.mistake("The height is taken twice: pictures need not be square.")(
    lambda h, w, c, n: n * (h * h * c + 1)
)
parameters.mistake("The width is taken twice: pictures need not be square.")(
    lambda h, w, c, n: n * (w * w * c + 1)
)
parameters.mistake("Multiply height and width, do not add them.")(lambda h, w, c, n: n * ((h + w) * c + 1))
parameters.mistake("A neuron adds up all channels, with one bias; yours has one for each channel.")(
    lambda h, w, c, n: n * c * (h * w + 1)
)
parameters.mistake("The biases belong to the neurons, not to the channels.")(
    lambda h, w, c, n: h * w * c * n + c
)
parameters.mistake("The bias is one number more, not one less.")(lambda h, w, c, n: n * (h * w * c - 1))
parameters.mistake("Multiply the pixels by the channels, do not add them.")(
    lambda h, w, c, n: n * (h * w + c + 1)
)
parameters.mistake("Those are the weights and the biases: return their sum.")(
    lambda h, w, c, n: (n * h * w * c, n)
)


# --- The open exercise --------------------------------------------------------------------------------------

# How letters are varied by chance, of each kind.
KINDS = {
    "moved": {"shift": 1, "flips": 0, "thick": 0},
    "noise": {"shift": 0, "flips": 20, "thick": 0},
    "both": {"shift": 1, "flips": 20, "thick": 0},
    "thick": {"shift": 0, "flips": 0, "thick": 1},
}
TARGET = 0.95


def measure_rule(rule):
    """Return in words how many of 1,000 letters a rule tells right: moved, bent, thick and noisy ones."""
    images, labels = letters.renditions(
        1000, np.random.default_rng(7), shift=1, flips=20, thick=0.5, bend=0.5
    )
    told = rule(images)
    if told is None:
        return "not attempted"
    if np.shape(told) != labels.shape:
        return (
            f"a rule returns {len(labels)} numbers, one for each letter; this one has shape {np.shape(told)}"
        )
    right = (np.asarray(told) == labels).mean()
    return f"{right:.3f} right, {'the target is reached' if right >= TARGET else f'the target is {TARGET}'}"
