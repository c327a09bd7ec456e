"""Predictions and exercises of lesson 12, Train a CNN."""

from copy import deepcopy
from functools import partial

import numpy as np

from cnnlab.exercises import sandbox
from cnnlab.exercises.engine import exercise
from cnnlab.exercises.predict import Predict
from cnnlab.nn import SGD, Adam, CrossEntropyLoss, Dense, Flatten, ReLU, Sequential

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
        39: "There are two scores, with twelve weights each, and the biases count.",
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
        2: "That is 1 divided by the share. Take minus its logarithm.",
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
        (np.random.default_rng(0).permutation(300), 20, 14),
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
batch.mistake("The first batch has number 0.")(lambda o, n, k: o[(k - 1) * n : k * n].copy())
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
batch.mistake("Neighbors in order belong together: yours skips from one to another farther on.")(
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
batch.mistake("Each batch but the last is full: yours makes them about equal.")(
    lambda o, n, k: np.array_split(o, -(-len(o) // n))[k]
)
batch.mistake("What is left over makes a batch of its own: yours adds it to the last full one.")(
    lambda o, n, k: o[k * n :] if k == max(len(o) // n - 1, 0) else o[k * n : (k + 1) * n]
)
batch.mistake("size is how many a batch has, not how many batches there are.")(
    lambda o, n, k: o[k * -(-len(o) // n) : (k + 1) * -(-len(o) // n)]
)
batch.mistake("Yours says of each image whether it is in the batch: return the positions of those that are.")(
    lambda o, n, k: np.arange(len(o)) // n == k
)
batch.mistake("The batches are counted from the end in yours.")(
    lambda o, n, k: o[max(len(o) - (k + 1) * n, 0) : len(o) - k * n]
)
batch.mistake("The last batch is filled up with −1: let it be smaller.")(
    lambda o, n, k: np.append(o, np.full(n, -1))[k * n : (k + 1) * n]
)
batch.mistake("The batches before this one come along: begin at number times size.")(
    lambda o, n, k: o[: (k + 1) * n]
)
batch.mistake("The batches after this one come along: stop after size images.")(lambda o, n, k: o[k * n :])
batch.mistake("The very last image never comes: a slice may end at len(order).")(
    lambda o, n, k: o[k * n : min((k + 1) * n, len(o) - 1)]
)
batch.mistake("What stands in order is a position already: do not look it up in order once more.")(
    lambda o, n, k: o[o[k * n : (k + 1) * n]]
)
batch.mistake("Yours tells where in order an image stands; take what stands in order.")(
    lambda o, n, k: np.argsort(o)[k * n : (k + 1) * n]
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
        (np.array([0.0, 0.0, 0.0]), np.array([1.0, 3.0, -2.0]), 0.25, 2, 4),
        (np.array([1, -2, 3]), np.array([4, 0, 7]), 0.1, 2, 3),
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
    slope_b=lambda error, x: error,
    step_of=lambda rate: rate,
    size_of=lambda x, size: size,
    wrapped=False,
    adding=False,
    kind=None,
    all_epochs=False,
):
    """Return ``fit_line`` with one thing done otherwise."""

    def run(x, y, rate, size, epochs):
        w, b = np.broadcast_to(start_at, 2)
        sum_w = sum_b = 0.0
        size, way = size_of(x, size), []
        for _ in range(turns(epochs)):
            w0, b0 = w, b
            starts = [0] if whole else list(range(0, len(x), size))
            for start in starts if only is None else [starts[only]]:
                part = np.arange(start, min(start + size, len(x)))
                if wrapped:
                    part = np.arange(start, start + size) % len(x)
                some, right = (x, y) if whole else (x[part], y[part])
                if len(some) < size and not ragged:
                    continue
                step = sign * factor * step_of(rate)
                error = error_of(*((w0, b0) if stale else (w, b)), some, right)
                sum_w = adding * sum_w + mean(slope_w(error, some), size)
                w = w + step * sum_w
                if one_by_one:
                    error = error_of(w, b, some, right)
                sum_b = adding * sum_b + mean(slope_b(error, some), size)
                b = b + step * sum_b
                if kind:
                    w, b = np.array([w, b]).astype(kind(x))
            way.append([w, b])
        return np.array(way if all_epochs else [w, b])

    return run


fit_line.mistake("Uphill: take the step away from w and b.")(_fit_line(sign=1))
fit_line.mistake("The learning rate is left out.")(_fit_line(step_of=lambda rate: 1))
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
fit_line.mistake("b stays 0: it is learned, too.")(_fit_line(slope_b=lambda error, x: 0 * error))
fit_line.mistake("b is left out of the error.")(_fit_line(error_of=lambda w, b, x, y: w * x - y))
fit_line.mistake("The derivative in w is the error times x.")(_fit_line(slope_w=lambda error, x: error))
fit_line.mistake("Only the sign of the errors counts in yours.")(
    _fit_line(error_of=lambda w, b, x, y: np.sign(w * x + b - y))
)
fit_line.mistake("b comes first in yours: return w, then b.")(
    lambda x, y, rate, size, epochs: fit_line.solve(x, y, rate, size, epochs)[::-1].copy()
)
fit_line.mistake("The derivative in b is the error alone, without x.")(
    _fit_line(slope_b=lambda error, x: error * x)
)
fit_line.mistake("Take the mean of error times x; yours multiplies the mean error by the mean x.")(
    _fit_line(slope_w=lambda error, x: np.full(len(x), error.mean() * x.mean()))
)
fit_line.mistake("The error has a sign: leave it.")(_fit_line(error_of=lambda w, b, x, y: abs(w * x + b - y)))
fit_line.mistake("Yours takes a step after each point: take one after each batch.")(
    _fit_line(size_of=lambda x, size: 1)
)
fit_line.mistake("size is how many points a batch has, not how many batches there are.")(
    _fit_line(size_of=lambda x, size: -(-len(x) // size))
)
fit_line.mistake("Yours goes through the points once, whatever epochs says.")(_fit_line(turns=lambda n: 1))
fit_line.mistake("The last batch is filled up with the first points: let it be smaller.")(
    _fit_line(wrapped=True)
)
fit_line.mistake("The derivatives of earlier batches are still in the sum: begin anew with each batch.")(
    _fit_line(adding=True)
)
fit_line.mistake("w begins at 1: both begin at 0.")(_fit_line(start_at=(1.0, 0.0)))
fit_line.mistake("The rate is an argument: yours always takes 0.1.")(_fit_line(step_of=lambda rate: 0.1))
fit_line.mistake("Return w and b of the end alone, not those after each epoch.")(_fit_line(all_epochs=True))
fit_line.mistake("w and b are kept in an array of whole numbers, which drops their fractions.")(
    _fit_line(kind=lambda x: x.dtype)
)


@fit_line.mistake("Divide by how many points the batch has, not by how many there are in all.")
def _(x, y, rate, size, epochs):
    return _fit_line(mean=lambda values, size: values.sum() / len(x))(x, y, rate, size, epochs)


@fit_line.mistake("Each batch but the last is full: yours makes them about equal.")
def _(x, y, rate, size, epochs):
    w = b = 0.0
    count = -(-len(x) // size)
    for _ in range(epochs):
        for some, right in zip(np.array_split(x, count), np.array_split(y, count), strict=True):
            error = w * some + b - right
            w, b = w - rate * (error * some).mean(), b - rate * error.mean()
    return np.array([w, b])


@fit_line.mistake("The points are sorted first: take them in the order in which they come.")
def _(x, y, rate, size, epochs):
    order = np.argsort(x, kind="stable")
    return fit_line.solve(x[order], y[order], rate, size, epochs)


# --- A training loop ----------------------------------------------------------------------------------------


class _Diary:
    """What a network and an optimizer were asked to do, in order; copies write into the same diary."""

    def __init__(self):
        self.lines = []

    def __deepcopy__(self, memory):
        return self


class _WatchedFlatten(Flatten):
    """A first layer that notes which images it sees, by the first pixel, and when gradients arrive at it."""

    def __init__(self, diary):
        super().__init__()
        self.diary = diary

    def forward(self, x, training=False):
        """Return the images as rows."""
        self.diary.lines.append(("forward", tuple(np.rint(np.asarray(x)[:, 0, 0, 0]).astype(int).tolist())))
        return super().forward(x, training)

    def backward(self, grad_out):
        """Return the gradient with respect to the images."""
        self.diary.lines.append(("backward", ()))
        return super().backward(grad_out)


class _WatchedSGD(SGD):
    def __init__(self, diary, lr):
        super().__init__(lr)
        self.diary = diary

    def step(self, parameters, gradients):
        """Move the parameters."""
        self.diary.lines.append(("step", ()))
        super().step(parameters, gradients)


def _task(rng, count, held, epochs, size, optimizer, first=Flatten):
    """Return a case: images of 2 × 3 pixels in three classes, a small network, and how to train it."""
    inner, last = Dense(6, 4, rng=rng, dtype=float), Dense(4, 3, rng=rng, dtype=float)
    network = Sequential(first(), inner, ReLU(), last)
    x, x_held = (rng.normal(size=(many, 1, 2, 3)) for many in (count, held))
    y, y_held = (rng.integers(0, 3, many) for many in (count, held))
    return network, optimizer, x, y, (x_held, y_held), epochs, size, np.random.default_rng(count)


def _drawn_task(rng):
    count, size = rng.integers([3, 2], [12, 6]).tolist()
    epochs, held = rng.integers([1, 2], [4, 7]).tolist()
    optimizer = SGD(0.1 * rng.integers(1, 9)) if rng.random() < 0.7 else Adam(0.05)
    return _task(rng, count, held, epochs, size, optimizer)


EPOCHS, SIZE, COUNT, HELD = 3, 3, 8, 4  # of the loop that is watched


def _watch(function):
    """Return what a loop does, in a sentence, if it is not what it should do; or None."""
    diary = _Diary()
    rng = np.random.default_rng(0)
    case = list(
        _task(rng, COUNT, HELD, EPOCHS, SIZE, _WatchedSGD(diary, 0.1), partial(_WatchedFlatten, diary))
    )
    case[2][:, 0, 0, 0] = np.arange(COUNT)
    case[4][0][:, 0, 0, 0] = 100 + np.arange(HELD)
    try:
        sandbox.run(function, tuple(case), "a loop that is watched", sandbox.SECONDS)
    except sandbox.Refused:
        return None
    wrong = _misdone(diary.lines)
    watched = f"Watched on {COUNT} images in batches of {SIZE}, for {EPOCHS} epochs"
    return f"{watched}: {wrong}" if wrong else None


def _misdone(lines):
    """Return what is wrong with what a loop did, read off its diary, or None."""
    done = [what for what, _ in lines]
    if "forward" not in done:
        return "network.forward is never called."
    if "backward" not in done:
        return "network.backward is never called, so there is no gradient to follow."
    if "step" not in done:
        return "optimizer.step is never called, so the network stays as it is."
    if done.index("step") < done.index("backward"):
        return "the first step comes before the first backward: there is no gradient yet."
    # What a step has learned from is what went forward last before the backward pass.
    seen, batches, measured = (), [], set()
    for what, images in lines:
        if what == "forward":
            seen = images
            measured |= {image for image in images if image >= 100}
        elif what == "backward":
            batches.append(seen)
    if any(image >= 100 for batch in batches for image in batch):
        return "held-back images are learned from. They are there to measure on, and for nothing else."
    steps, wanted = done.count("step"), EPOCHS * -(-COUNT // SIZE)
    if steps != wanted:
        return f"the optimizer takes {steps} steps, it should take {wanted}: one after each batch."
    if len(batches) != wanted:
        return f"backward is called {len(batches)} times, it should be called {wanted} times."
    epochs = [batches[start : start + wanted // EPOCHS] for start in range(0, wanted, wanted // EPOCHS)]
    left_out = 0 < len(measured) < HELD  # none of them: another function, such as nn.predict, looks at them
    return _of_batches(epochs) or ("some held-back images are never looked at." if left_out else None)


def _of_batches(epochs):
    """Return what is wrong with the batches of some epochs, or None."""
    for number, epoch in enumerate(epochs):
        images = [image for batch in epoch for image in batch]
        for image in range(COUNT):
            times = images.count(image)
            if times != 1:
                comes = {0: "never comes", 2: "comes twice"}.get(times, f"comes {times} times")
                return f"image {image} {comes} in epoch {number + 1}; each should come once."
        lengths = [len(batch) for batch in epoch]
        if lengths != [SIZE] * (COUNT // SIZE) + [COUNT % SIZE]:
            return f"the batches of an epoch have {lengths} images; all but the last should be full."
    orders = [[image for batch in epoch for image in batch] for epoch in epochs]
    if orders[0] == list(range(COUNT)):
        return "the images come as they lie: shuffle them by rng.permutation."
    if orders[0] == orders[1]:
        return "the order is the same in each epoch: draw it anew."
    return None


@exercise(
    cases=[
        _task(np.random.default_rng(1), 7, 6, 2, 3, SGD(0.5)),
        _task(np.random.default_rng(2), 6, 4, 2, 3, SGD(0.5)),
        _task(np.random.default_rng(3), 5, 3, 3, 2, Adam(0.1)),
        _task(np.random.default_rng(4), 4, 2, 1, 9, SGD(1.0)),
        _task(np.random.default_rng(5), 3, 6, 3, 1, SGD(0.2)),
    ],
    draw=_drawn_task,
    hints=[
        "In each epoch draw order = rng.permutation(len(x)), and go through it in batches, as in exercise 1.",
        "For each batch: network.forward, loss.forward, loss.backward, network.backward, optimizer.step.",
        "network.backward(loss.backward()), then optimizer.step(network.parameters, network.gradients).",
        "After the batches of an epoch: held_loss.append(loss.forward(network.forward(held[0]), held[1])).",
    ],
    without=(
        "cnnlab.nn.fit",
        "cnnlab.nn.train_step",
        "cnnlab.nn.training.fit",
        "cnnlab.nn.training.train_step",
    ),
    explain=_watch,
)
def train_by_hand(network, optimizer, x, y, held, epochs, size, rng):
    loss, held_loss = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        held_loss.append(loss.forward(network.forward(held[0]), held[1]))
    return np.array(held_loss)


def _mean_loss(network, x, y):
    return CrossEntropyLoss().forward(network.forward(x), y)


def _batches_of(order, size):
    return [order[start : start + size] for start in range(0, len(order), size)]


def _gradient(network, x, y):
    """Go forward and back, and return the scores' gradients once they are in the network."""
    loss = CrossEntropyLoss()
    loss.forward(network.forward(x), y)
    network.backward(loss.backward())
    return network.gradients


def _step(network, optimizer, x, y):
    optimizer.step(network.parameters, _gradient(network, x, y))


def _loop(
    *,
    orders=lambda rng, count, epochs: [rng.permutation(count) for _ in range(epochs)],
    batches=_batches_of,
    labels=lambda y, chosen: y[chosen],
    step=_step,
    before_epoch=lambda network, optimizer, begun: None,
    trained=lambda x, y, held: (x, y),
    measured=lambda network, x, y, held: _mean_loss(network, *held),
    found=lambda losses: losses,
    first=False,
):
    """Return ``train_by_hand`` with one thing done otherwise."""

    def run(network, optimizer, x, y, held, epochs, size, rng):
        losses, begun = [], deepcopy(network)
        x_train, y_train = trained(x, y, held)
        for order in orders(rng, len(x_train), epochs):
            before_epoch(network, optimizer, begun)
            at_first = measured(network, x, y, held)
            for chosen in batches(order, size):
                step(network, optimizer, x_train[chosen], labels(y_train, chosen))
            losses.append(at_first if first else measured(network, x, y, held))
        return np.array(found(losses))

    return run


def _stepping(change):
    """Return a step along ``change(gradient, batch)``, of a copy of the gradient."""
    return lambda network, optimizer, x, y: optimizer.step(
        network.parameters, change(_gradient(network, x, y).copy(), x)
    )


def _stepping_first(network, optimizer, x, y):
    optimizer.step(network.parameters, network.gradients)
    _gradient(network, x, y)


def _once_an_epoch(divide):
    """Return a loop that adds up the gradients of an epoch's batches, and takes one step with the sum."""

    def run(network, optimizer, x, y, held, epochs, size, rng):
        losses = []
        for _ in range(epochs):
            found = [
                _gradient(network, x[k], y[k]).copy() for k in _batches_of(rng.permutation(len(x)), size)
            ]
            optimizer.step(network.parameters, sum(found) / (len(found) if divide else 1))
            losses.append(_mean_loss(network, *held))
        return np.array(losses)

    return run


def _reset(network, optimizer, begun):
    network.parameters[:] = begun.parameters


train_by_hand.mistake("The images come as they lie: shuffle them by rng.permutation, anew for each epoch.")(
    _loop(orders=lambda rng, count, epochs: [np.arange(count)] * epochs)
)
train_by_hand.mistake("The order is the same in each epoch: draw it inside the loop over epochs.")(
    _loop(orders=lambda rng, count, epochs: [rng.permutation(count)] * epochs)
)
train_by_hand.mistake("The last, smaller batch is left out: its images are never learned from.")(
    _loop(batches=lambda order, size: [k for k in _batches_of(order, size) if len(k) == size])
)
train_by_hand.mistake("The last batch is filled up from the beginning: let it be smaller.")(
    _loop(
        batches=lambda order, size: [
            np.resize(order, (-(-len(order) // size), size))[k] for k in range(-(-len(order) // size))
        ]
    )
)
train_by_hand.mistake("The step comes before backward: it follows the gradient of the batch before.")(
    _loop(step=_stepping_first)
)
train_by_hand.mistake("The optimizer never steps: the network stays as it is.")(
    _loop(step=lambda network, optimizer, x, y: _gradient(network, x, y))
)
train_by_hand.mistake(
    "Only the first batch of each epoch is used: is return, or break, inside the inner loop?"
)(_loop(batches=lambda order, size: [order[:size]]))
train_by_hand.mistake(
    "Only the last batch of each epoch is used: do the four moves stand inside the inner loop?"
)(_loop(batches=lambda order, size: _batches_of(order, size)[-1:]))
train_by_hand.mistake("All images are one batch in yours: take a step after each batch of size images.")(
    _loop(batches=lambda order, size: [order])
)
train_by_hand.mistake("Each image is a batch of its own in yours: a batch has size images.")(
    _loop(batches=lambda order, size: _batches_of(order, 1))
)
train_by_hand.mistake("size is how many images a batch has, not how many batches there are.")(
    _loop(batches=lambda order, size: _batches_of(order, -(-len(order) // size)))
)
train_by_hand.mistake("A batch has one image too many: the next one begins with it again.")(
    _loop(batches=lambda order, size: [order[k : k + size + 1] for k in range(0, len(order), size)])
)
train_by_hand.mistake(
    "Images and labels no longer belong together: your labels are always those of the first images."
)(_loop(labels=lambda y, chosen: y[: len(chosen)]))
train_by_hand.mistake("Images are drawn with repetition: some come twice in an epoch, others never.")(
    _loop(orders=lambda rng, count, epochs: [rng.integers(count, size=count) for _ in range(epochs)])
)
train_by_hand.mistake("Training goes on with the held-back images: they are there to measure on alone.")(
    _loop(trained=lambda x, y, held: held)
)
train_by_hand.mistake("The held-back images are learned from, too: they are there to measure on alone.")(
    _loop(trained=lambda x, y, held: (np.concatenate([x, held[0]]), np.concatenate([y, held[1]])))
)
train_by_hand.mistake("That is the loss on the images learned from: measure on those held back.")(
    _loop(measured=lambda network, x, y, held: _mean_loss(network, x, y))
)
train_by_hand.mistake("That is the accuracy on the images held back. Their loss is asked for.")(
    _loop(measured=lambda network, x, y, held: (network.forward(held[0]).argmax(axis=1) == held[1]).mean())
)
train_by_hand.mistake("The loss is a mean already: yours is multiplied by the number of held-back images.")(
    _loop(measured=lambda network, x, y, held: _mean_loss(network, *held) * len(held[1]))
)
train_by_hand.mistake(
    "The loss is a mean already: yours is divided by the number of held-back images again."
)(_loop(measured=lambda network, x, y, held: _mean_loss(network, *held) / len(held[1])))
train_by_hand.mistake("Measure after the batches of an epoch, not before them.")(_loop(first=True))
train_by_hand.mistake("Measure after each epoch: yours has the last one alone.")(
    _loop(found=lambda losses: losses[-1:])
)
train_by_hand.mistake("One epoch is missing.")(
    _loop(orders=lambda rng, count, epochs: [rng.permutation(count) for _ in range(epochs - 1)])
)
train_by_hand.mistake("One epoch too many.")(
    _loop(orders=lambda rng, count, epochs: [rng.permutation(count) for _ in range(epochs + 1)])
)
train_by_hand.mistake(
    "The gradients of all batches are added up, and one step is taken: step after each batch."
)(_once_an_epoch(divide=False))
train_by_hand.mistake("One step for each epoch, along the mean of all batches: step after each batch.")(
    _once_an_epoch(divide=True)
)
train_by_hand.mistake(
    "The gradient is multiplied by the batch's size: the loss is a mean, and so is its gradient."
)(_loop(step=_stepping(lambda gradient, batch: gradient * len(batch))))
train_by_hand.mistake("The gradient is divided by the batch's size: the loss has done that already.")(
    _loop(step=_stepping(lambda gradient, batch: gradient / len(batch)))
)
train_by_hand.mistake("Uphill: the optimizer turns the sign round by itself.")(
    _loop(step=_stepping(lambda gradient, batch: -gradient))
)
train_by_hand.mistake("Only the signs of the gradient arrive at the optimizer.")(
    _loop(step=_stepping(lambda gradient, batch: np.sign(gradient)))
)
train_by_hand.mistake("Two steps are taken for each batch.")(
    _loop(
        step=lambda network, optimizer, x, y: [
            optimizer.step(network.parameters, _gradient(network, x, y)),
            optimizer.step(network.parameters, network.gradients),
        ]
    )
)
train_by_hand.mistake("Each epoch begins with the untrained network again: make it, or copy it, once.")(
    _loop(before_epoch=_reset)
)
train_by_hand.mistake("The losses are added up as they go: note each epoch's own.")(_loop(found=np.cumsum))
train_by_hand.mistake("That is the mean over all epochs: return one loss for each.")(_loop(found=np.mean))


@train_by_hand.mistake(
    "The order is drawn anew for each batch: some images come twice in an epoch, others never."
)
def _(network, optimizer, x, y, held, epochs, size, rng):
    losses = []
    for _ in range(epochs):
        for start in range(0, len(x), size):
            chosen = rng.permutation(len(x))[start : start + size]
            _step(network, optimizer, x[chosen], y[chosen])
        losses.append(_mean_loss(network, *held))
    return np.array(losses)


@train_by_hand.mistake("The labels are shuffled by themselves: images and labels no longer belong together.")
def _(network, optimizer, x, y, held, epochs, size, rng):
    losses = []
    for _ in range(epochs):
        images, labels = (_batches_of(rng.permutation(len(x)), size) for _ in range(2))
        for chosen, other in zip(images, labels, strict=True):
            _step(network, optimizer, x[chosen], y[other])
        losses.append(_mean_loss(network, *held))
    return np.array(losses)


def _by_batches(one_batch, measure_each=False):
    """Return a loop that hands ``one_batch`` network, optimizer, x, y, chosen, where these begin, and a dict.

    The dict is empty at the beginning of each epoch.
    """

    def run(network, optimizer, x, y, held, epochs, size, rng):
        losses = []
        for _ in range(epochs):
            order, kept = rng.permutation(len(x)), {}
            for start in range(0, len(x), size):
                one_batch(network, optimizer, x, y, order[start : start + size], start, kept)
                if measure_each:
                    losses.append(_mean_loss(network, *held))
            if not measure_each:
                losses.append(_mean_loss(network, *held))
        return np.array(losses)

    return run


@train_by_hand.mistake(
    "Labels are taken as they lie, images are shuffled: take y[chosen] as you take x[chosen]."
)
@_by_batches
def _(network, optimizer, x, y, chosen, start, kept):
    _step(network, optimizer, x[chosen], y[start : start + len(chosen)])


@train_by_hand.mistake(
    "The gradients of an epoch's earlier batches are still in the sum: take this batch's alone."
)
@_by_batches
def _(network, optimizer, x, y, chosen, start, kept):
    kept["sum"] = kept.get("sum", 0) + _gradient(network, x[chosen], y[chosen]).copy()
    optimizer.step(network.parameters, kept["sum"])


@train_by_hand.mistake(
    "The loss itself goes back in yours: hand network.backward what loss.backward() returns."
)
@_by_batches
def _(network, optimizer, x, y, chosen, start, kept):
    scores = network.forward(x[chosen])
    network.backward(np.full(scores.shape, CrossEntropyLoss().forward(scores, y[chosen])))
    optimizer.step(network.parameters, network.gradients)


train_by_hand.mistake("Measure once for each epoch; yours measures after each batch.")(
    _by_batches(
        lambda network, optimizer, x, y, chosen, *_: _step(network, optimizer, x[chosen], y[chosen]), True
    )
)


@train_by_hand.mistake("Right, but draw the order by rng.permutation, so that it can be compared.")
def _(network, optimizer, x, y, held, epochs, size, rng):
    return _loop(
        orders=lambda rng, count, epochs: [rng.choice(count, count, replace=False) for _ in range(epochs)]
    )(network, optimizer, x, y, held, epochs, size, rng)
