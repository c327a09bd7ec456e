"""Predictions and exercises of lesson 12, Train a CNN."""

import numpy as np

from cnnlab.exercises.engine import exercise
from cnnlab.exercises.predict import Predict

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
    "200 letters, in batches of 20, 60 epochs. How many steps does the optimizer take?",
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
        (np.array([1, 2, 0]), 7, 0),
        (np.array([0]), 1, 0),
        (np.array([2, 0, 1]), 1, 2),
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
batch.mistake("Neighbors in order belong together: that takes every so manieth.")(
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


def _points(rng):
    count, size, epochs = rng.integers([1, 1, 0], [8, 6, 4]).tolist()
    x = rng.integers(-8, 9, count) / 4
    return x, rng.integers(-40, 41, count) / 4, int(rng.integers(1, 30)) / 100, size, epochs


@exercise(
    cases=[
        (np.array([1.0, 2.0]), np.array([3.0, 5.0]), 0.1, 1, 1),
        (np.array([1.0, -2.0, 0.5]), np.array([2.0, 1.0, -1.0]), 0.1, 2, 2),
        (np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]), 0.3, 5, 3),
        (np.array([2.0, -1.0, 0.5, 3.0]), np.array([4.0, 1.0, 0.0, -2.5]), 0.2, 2, 2),
        (np.array([1.5]), np.array([3.0]), 0.5, 1, 0),
        (np.array([0.01, -0.02, 0.03]), np.array([4000.0, -2500.0, 1000.0]), 0.5, 2, 2),
    ],
    draw=_points,
    hints=[
        "Two loops, one in the other: over epochs, and over range(0, len(x), size).",
        "A batch is x[start : start + size] and y[start : start + size]; error = w * its x + b - its y.",
        "The derivatives are (error * its x).mean() and error.mean(): compute both before you move w or b.",
    ],
)
def fit_line(x, y, rate, size, epochs):
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            some, right = x[start : start + size], y[start : start + size]
            error = w * some + b - right
            w, b = w - rate * (error * some).mean(), b - rate * error.mean()
    return np.array([w, b])


def _fit_line(
    *,
    mean=lambda values, size: values.mean(),
    sign=-1,
    factor=1,
    start_at=0.0,
    turns=lambda epochs: epochs,
    one_by_one=False,
    whole=False,
    only=None,
    ragged=True,
    stale=False,
    error_of=lambda w, b, x, y: w * x + b - y,
    slope_w=lambda error, x: error * x,
    slope_b=lambda error: error,
    rated=True,
):
    """Return ``fit_line`` with one thing done otherwise."""

    def run(x, y, rate, size, epochs):
        w = b = start_at
        for _ in range(turns(epochs)):
            w0, b0 = w, b
            starts = [0] if whole else list(range(0, len(x), size))
            for start in starts if only is None else [starts[only]]:
                some, right = (x, y) if whole else (x[start : start + size], y[start : start + size])
                if len(some) < size and not ragged:
                    continue
                step = sign * factor * (rate if rated else 1)
                error = error_of(*((w0, b0) if stale else (w, b)), some, right)
                w = w + step * mean(slope_w(error, some), size)
                if one_by_one:
                    error = error_of(w, b, some, right)
                b = b + step * mean(slope_b(error), size)
        return np.array([w, b])

    return run


fit_line.mistake("Uphill: take the step away from w and b.")(_fit_line(sign=1))
fit_line.mistake("The learning rate is left out.")(_fit_line(rated=False))
fit_line.mistake("Twice too far: with the ½ in the loss the derivative has no 2.")(_fit_line(factor=2))
fit_line.mistake("Half of the step is missing: the ½ cancels the 2 of the square.")(_fit_line(factor=0.5))
fit_line.mistake("The loss is the mean over the batch: yours adds up.")(
    _fit_line(mean=lambda v, size: v.sum())
)
fit_line.mistake("The last batch may be smaller: divide by how many it has, not by size.")(
    _fit_line(mean=lambda v, size: v.sum() / size)
)
fit_line.mistake("The last, smaller batch is left out.")(_fit_line(ragged=False))
fit_line.mistake("Only the first batch of each epoch is used.")(_fit_line(only=0))
fit_line.mistake("Only the last batch of each epoch is used: does the step stand inside the inner loop?")(
    _fit_line(only=-1)
)
fit_line.mistake("All examples are one batch in yours: take a step after each batch.")(_fit_line(whole=True))
fit_line.mistake("That is one epoch, however many are asked for: do w and b begin before both loops?")(
    _fit_line(turns=lambda n: min(n, 1))
)
fit_line.mistake("One epoch is missing.")(_fit_line(turns=lambda n: max(n - 1, 0)))
fit_line.mistake("One epoch too many.")(_fit_line(turns=lambda n: n + 1))
fit_line.mistake("w and b begin at 1; they should begin at 0.")(_fit_line(start_at=1.0))
fit_line.mistake("b moves by an error that is computed with the new w: compute both derivatives first.")(
    _fit_line(one_by_one=True)
)
fit_line.mistake("The errors are those of the epoch's start: compute them anew for each batch.")(
    _fit_line(stale=True)
)
fit_line.mistake("b stays 0: it is learned, too.")(_fit_line(slope_b=lambda error: 0 * error))
fit_line.mistake("b is left out of the error.")(_fit_line(error_of=lambda w, b, x, y: w * x - y))
fit_line.mistake("The derivative in w is the error times x.")(_fit_line(slope_w=lambda error, x: error))
fit_line.mistake("Only the sign of the errors counts in yours.")(
    _fit_line(error_of=lambda w, b, x, y: np.sign(w * x + b - y))
)
fit_line.mistake("b comes first in yours: return w, then b.")(
    lambda x, y, rate, size, epochs: fit_line.solve(x, y, rate, size, epochs)[::-1].copy()
)
