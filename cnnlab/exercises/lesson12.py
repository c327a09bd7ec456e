"""Predictions and exercises of lesson 12, Train a CNN."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_parameters = Predict(
    "Three filters of 3 × 3 on one channel, then a dense layer from 12 numbers to 2 scores, each with its "
    "biases. How many numbers are there to learn?",
    answer=56,
    because="3 · 9 weights and 3 biases make 30; 2 · 12 weights and 2 biases make 26; 30 + 26 = 56.",
    slips={
        51: "Each filter and each score has a bias too: five more.",
        30: "That is the convolution alone. The dense layer learns as well.",
        26: "That is the dense layer alone. The filters are learned as well.",
        54: "The two scores have a bias each.",
        53: "The three filters have a bias each.",
        36: "There are two scores, with twelve weights each, and the biases count.",
        12: "That is how many numbers are left of a letter. Count the weights and biases.",
    },
)

predict_coin = Predict(
    "A network knows nothing and gives each of the two letters the share 1/2. What is its loss, "
    "−log of the right letter's share? (The natural logarithm of 2 is about 0.69.)",
    answer=np.log(2),
    because="−log(1/2) = log 2 ≈ 0.69, whatever the letter.",
    slips={
        -0.69: "log(1/2) is −0.69; the loss has a minus before it.",
        0.5: "That is the share. The loss is minus its logarithm.",
        0: "The loss is 0 only if the right letter's share is 1.",
        1: "Minus the logarithm of 1/2 is less than that.",
        0.3: "That is the logarithm to base 10. Here it is the natural one.",
        2: "Half a share is not a loss of 2: take minus the logarithm of it.",
        1.39: "Only one letter is the right one: the loss is −log of one share, not of both.",
    },
)

predict_steps = Predict(
    "200 letters, in batches of 20, 60 epochs. How many steps does the optimiser take?",
    answer=600,
    because="200 / 20 = 10 batches in each epoch, one step for each, and 60 · 10 = 600.",
    slips={
        10: "That is one epoch. There are 60.",
        60: "That would be one step for each epoch. There is one for each batch.",
        12000: "One step for each batch, not for each letter.",
        200: "There are 10 batches in an epoch, and 60 epochs.",
        1200: "20 is how many letters a batch has; an epoch has 10 batches.",
        4000: "20 is how many letters a batch has; an epoch has 10 batches, and there are 60 epochs.",
    },
)

predict_update = Predict(
    "A weight is 0.5, the slope of the loss in it is −2, the learning rate 0.1. "
    "What is the weight after one step of gradient descent?",
    answer=0.7,
    because="0.5 − 0.1 · (−2) = 0.5 + 0.2: the loss falls as the weight grows, so it grows.",
    slips={
        0.3: "Minus times minus is plus: go against the slope.",
        2.5: "Multiply the slope by the learning rate first.",
        -1.5: "Multiply the slope by the learning rate, and go against it.",
        0.2: "That is the change. What is the weight after it?",
        -0.2: "That is the learning rate times the slope. Take it away from the weight.",
        0.6: "That takes away the learning rate alone, times −1. Multiply it by the slope.",
        0.1: "That is the learning rate.",
    },
)

predict_confusion = PredictCells(
    "Seven letters: X X X X O O O. The network says: X X O X X O O. Count: in the first row the X, in the "
    "second the O; in the first column those called X, in the second those called O.",
    answer=[[3, 1], [1, 2]],
    names=("X", "O"),
    because="Of four X one is called O; of three O one is called X. What is right stands on the diagonal.",
    slips=[
        ([[4, 0], [0, 3]], "That is how many of each there are. Count what the network says of them."),
        ([[4, 4], [3, 3]], "That is how many of each there are. Count what the network says of them."),
        ([[0.75, 0.25], [1 / 3, 2 / 3]], "Those are shares. Write how many."),
        ([[2, 1], [1, 3]], "Rows and columns are for X first, then for O."),
        ([[1, 3], [2, 1]], "X stands in the first column, O in the second."),
    ],
)


def _layer(rng):
    images, inputs, outputs = sides(rng, 1, 6, 3)
    x, grad_out = quarters(rng, images, inputs), quarters(rng, images, outputs)
    return quarters(rng, outputs, inputs), x, grad_out, rng.integers(1, 10) / 10


@exercise(
    cases=[
        (np.array([[1.0]]), np.array([[2.0]]), np.array([[0.5]]), 0.1),
        (np.array([[1.0, 0.0]]), np.array([[1.0, -2.0], [3.0, 0.0]]), np.array([[0.5], [-1.0]]), 0.1),
    ],
    draw=_layer,
    hints=[
        "For one image, the slope in weight[k, i] is grad_out[k] · x[i]. All of them: np.outer(grad_out, x).",
        "Add up the slopes of all images; grad_out.T @ x does that at once.",
        "weight - rate * slope",
    ],
)
def sgd_step(weight, x, grad_out, rate):
    slope = np.zeros(weight.shape)
    for inputs, errors in zip(x, grad_out, strict=True):
        slope += np.outer(errors, inputs)
    return weight - rate * slope


sgd_step.mistake("That goes uphill: take the slope away from the weights.")(
    lambda w, x, g, r: w + r * (g.T @ x)
)
sgd_step.mistake("The learning rate is missing.")(lambda w, x, g, r: w - g.T @ x)
sgd_step.mistake("That is the slope. Take it, times the learning rate, away from the weights.")(
    lambda w, x, g, r: g.T @ x
)
sgd_step.mistake("That is the change. Add it to the weights.")(lambda w, x, g, r: -r * (g.T @ x))
sgd_step.mistake("Only the first image has a say: add up the slopes of all.")(
    lambda w, x, g, r: w - r * np.outer(g[0], x[0])
)
sgd_step.mistake("Only the last image has a say: add up the slopes of all.")(
    lambda w, x, g, r: w - r * np.outer(g[-1], x[-1])
)
sgd_step.mistake("grad_out is divided by the number of images already: add up, do not take the mean.")(
    lambda w, x, g, r: w - r * (g.T @ x) / len(x)
)
sgd_step.mistake("Only the sign of the slope counts in yours: its size counts too.")(
    lambda w, x, g, r: w - r * np.sign(g.T @ x)
)
sgd_step.mistake("Errors and inputs are added up first, then multiplied: multiply image by image, then add.")(
    lambda w, x, g, r: w - r * np.outer(g.sum(0), x.sum(0))
)
sgd_step.mistake(
    "The inputs are missing: the slope in a weight is the error times what the weight multiplies."
)(lambda w, x, g, r: w - r * g.sum(0)[:, None] * np.ones(w.shape))
sgd_step.mistake(
    "The errors are missing: the slope in a weight is the error times what the weight multiplies."
)(lambda w, x, g, r: w - r * x.sum(0) * np.ones(w.shape))
sgd_step.mistake(
    "The slope is taken away from 0, not from the weights, and the learning rate multiplies both."
)(lambda w, x, g, r: r * (w - g.T @ x))


def _answers(rng):
    classes, count = rng.integers([2, 1], [6, 20]).tolist()
    return *rng.integers(0, classes, (2, count)), classes


@exercise(
    cases=[
        (np.array([0, 0, 1]), np.array([0, 1, 1]), 2),
        (np.array([0, 0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 0, 0, 1, 1]), 2),
        (np.array([2, 0, 1, 2, 2, 0, 1, 1, 1]), np.array([2, 0, 2, 1, 2, 0, 1, 0, 2]), 3),
        (np.array([3, 1, 1, 0, 3]), np.array([3, 0, 0, 1, 1]), 5),
    ],
    draw=_answers,
    hints=[
        "Start from np.zeros((classes, classes)) and go through labels and said together, with zip.",
        "For each pair, one cell grows by 1. In which row, in which column?",
        "table[label, answer] += 1",
    ],
)
def confusion(labels, said, classes):
    table = np.zeros((classes, classes))
    for label, answer in zip(labels, said, strict=True):
        table[label, answer] += 1
    return table


def _confusion(labels, said, classes):
    table = np.zeros((classes, classes))
    np.add.at(table, (labels, said), 1)
    return table


confusion.mistake("Rows and columns are swapped: rows are for the labels.")(
    lambda y, s, k: _confusion(s, y, k)
)
confusion.mistake("Every pair is noted once only: count how often it comes.")(
    lambda y, s, k: np.minimum(_confusion(y, s, k), 1)
)
confusion.mistake("Only what is right is counted: what is wrong belongs beside the diagonal.")(
    lambda y, s, k: np.diag(_confusion(y, s, k).diagonal())
)
confusion.mistake("Only what is wrong is counted: what is right belongs on the diagonal.")(
    lambda y, s, k: _confusion(y, s, k) * (1 - np.eye(k))
)
confusion.mistake("Those are shares of all. Count.")(lambda y, s, k: _confusion(y, s, k) / len(y))
confusion.mistake("Those are shares of each row. Count.")(
    lambda y, s, k: _confusion(y, s, k) / np.maximum(_confusion(y, s, k).sum(1), 1)[:, None]
)
confusion.mistake("The last pair is missing.")(lambda y, s, k: _confusion(y[:-1], s[:-1], k))
confusion.mistake("The classes come in reverse: class 0 has the first row and the first column.")(
    lambda y, s, k: _confusion(y, s, k)[::-1, ::-1]
)
confusion.mistake("Only how often each class is said is counted: a row for each label.")(
    lambda y, s, k: np.tile(_confusion(y, s, k).sum(0), (k, 1))
)
confusion.mistake("Nothing is said of labels and answers together: that is how often each label comes.")(
    lambda y, s, k: np.diag(_confusion(y, s, k).sum(1))
)


def _order(rng):
    count, size = rng.integers([5, 1], [15, 7]).tolist()
    return rng.permutation(count), size, int(rng.integers(-(-count // size)))


@exercise(
    cases=[
        (np.array([3, 1, 0, 2]), 2, 0),
        (np.array([3, 1, 0, 2]), 2, 1),
        (np.array([6, 2, 0, 5, 3, 1, 4]), 3, 1),
        (np.array([6, 2, 0, 5, 3, 1, 4]), 3, 2),
        (np.array([4, 1, 0, 3, 2]), 5, 0),
    ],
    draw=_order,
    hints=[
        "Batch 0 is order[0 : size]. Where does batch 1 begin?",
        "Batch number begins at number * size. A slice that reaches beyond the end stops there by itself.",
        "order[number * size : (number + 1) * size].copy()",
    ],
)
def batch(order, size, number):
    return order[number * size : (number + 1) * size].copy()


batch.mistake("Take the positions from order; yours go through the images as they lie.")(
    lambda o, n, k: np.arange(k * n, min((k + 1) * n, len(o)))
)
batch.mistake("The first batch has number 0.")(lambda o, n, k: o[max(k - 1, 0) * n : max(k, 1) * n].copy())
batch.mistake("The batches overlap: the next one begins where this one ends.")(
    lambda o, n, k: o[k : k + n].copy()
)
batch.mistake("That is the first batch, whatever the number.")(lambda o, n, k: o[:n].copy())
batch.mistake("A smaller batch at the end counts too: leave nobody out.")(
    lambda o, n, k: o[k * n : (k + 1) * n].copy() if (k + 1) * n <= len(o) else o[:0].copy()
)
batch.mistake("The last batch is filled up from the beginning: nobody comes twice in an epoch.")(
    lambda o, n, k: np.resize(o, len(o) + n)[k * n : (k + 1) * n]
)
batch.mistake("Neighbours in order belong together: that takes every so manieth.")(
    lambda o, n, k: o[k :: -(-len(o) // n)].copy()
)
batch.mistake("The batch is sorted: keep the order.")(lambda o, n, k: np.sort(o[k * n : (k + 1) * n]))
batch.mistake("One too many: a batch has size images.")(lambda o, n, k: o[k * n : (k + 1) * n + 1].copy())
batch.mistake("One is missing: a slice stops before its end.")(
    lambda o, n, k: o[k * n : (k + 1) * n - 1].copy()
)
batch.mistake("The order is read from the end.")(lambda o, n, k: o[::-1][k * n : (k + 1) * n].copy())
batch.mistake("The last batch takes the last of all, some of them a second time.")(
    lambda o, n, k: o[min(k * n, len(o) - n) : (k + 1) * n].copy()
)
