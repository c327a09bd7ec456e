"""Transfer learning on small digits: what a network has learned, reused for another task with few labels.

Two sources and three targets. One source has learned ten digits with noise, the other 0 to 4 without. A target
is a *task*: a function of a seed that returns pictures and labels to learn from, and pictures and labels to
measure with, which are either test digits or digits that were held back from learning.
"""

from functools import cache

import numpy as np

from cnnlab.data import digits
from cnnlab.nn.layers import Conv2d, Dense, Flatten, MaxPool2d, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam
from cnnlab.nn.training import accuracy, fit, predict

KEEP = 9  # layers of the backbone; the head is the one after them
BACKBONE = (0, 3, 7)  # those of them that have weights
WAYS = ("scratch", "frozen", "fine-tuned", "untrained")
HEAD_RATES = (3e-3, 1e-2, 3e-2, 1e-1)  # to choose from, where only a head learns
RATES = (1e-3, 3e-3, 1e-2, 3e-2)  # to choose from, where all layers learn
STEPS, EVERY = 150, 10
NOISE = 0.3
HELD_BACK = 200  # digits by which rates are chosen; none of them is learned from, none is a test digit


def small_cnn(seed, answers):
    """Return a network for 8 × 8 pixels: two convolutions with pooling, 32 neurons, then the head."""
    options = {"rng": np.random.default_rng(seed), "dtype": float}
    return Sequential(
        Conv2d(1, 8, 3, padding=1, **options),
        ReLU(),
        MaxPool2d(2),
        Conv2d(8, 16, 3, padding=1, **options),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Dense(64, 32, **options),
        ReLU(),
        Dense(32, answers, **options),
    )


def learn(network, x, y, rate, epochs, batch_size=None, callbacks=()):
    """Train a network with Adam, by default with all of ``x`` as one batch, and return it."""
    fit(
        network,
        x,
        y,
        loss=CrossEntropyLoss(),
        optimizer=Adam(rate),
        epochs=epochs,
        batch_size=batch_size or len(x),
        rng=np.random.default_rng(0),
        callbacks=callbacks,
    )
    return network


def reuse(source, seed, answers, layers=BACKBONE):
    """Return a new network with copies of some of another one's layers."""
    new = small_cnn(seed, answers)
    for k in layers:
        new[k].weight = source[k].weight
        new[k].bias = source[k].bias
    return new


# --- Sources and targets ------------------------------------------------------------------------------------


def noisy(images, rng):
    """Return images with noise in every pixel."""
    return images + rng.normal(0, NOISE, images.shape)


@cache
def _halves():
    """Return the places of the digits that belong to the source, those to draw labels from, those held back."""
    order = np.random.default_rng(0).permutation(len(digits.split()[0]))
    return order[:650], order[650:-HELD_BACK], order[-HELD_BACK:]


def noisy_source(seed=0, epochs=6):
    """Return a network that has learned ten noisy digits: 650 of them, each with eight different noises."""
    x, y, *_ = digits.split()
    mine, rng = _halves()[0], np.random.default_rng(seed)
    copies = np.concatenate([noisy(x[mine], rng) for _ in range(8)])
    return learn(small_cnn(seed, 10), copies, np.tile(y[mine], 8), 3e-3, epochs, 32)


def clean_source(seed=0):
    """Return a network that has learned the same 650 digits without noise."""
    x, y, *_ = digits.split()
    mine = _halves()[0]
    return learn(small_cnn(seed, 10), x[mine], y[mine], 3e-3, 15, 32)


def low_source(seed=0):
    """Return a network that has learned 0 to 4 without noise."""
    x, y, *_ = digits.split()
    return learn(small_cnn(seed, 5), x[y < 5], y[y < 5], 3e-3, 15, 32)


@cache
def noisy_test(held_back=False):
    """Return 500 test digits with noise and their labels; or those that are held back for choices."""
    x, y, x_test, y_test = digits.split()
    if held_back:
        rest = _halves()[2]
        return noisy(x[rest], np.random.default_rng(2)), y[rest]
    return noisy(x_test, np.random.default_rng(1)), y_test


def noisy_digits(seed, count=20, *, held_back=False):
    """Return a task: which of ten digits is it, by ``count`` noisy ones with labels."""
    x, y, *_ = digits.split()
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(_halves()[1])[:count]
    return noisy(x[chosen], rng), y[chosen], *noisy_test(held_back)


def odd_or_even(seed, count=10, *, held_back=False):
    """Return a task: is the digit odd, by ``count`` noisy ones with labels."""
    x, y, x_new, y_new = noisy_digits(seed, count, held_back=held_back)
    return x, y % 2, x_new, y_new % 2


def high_digits(seed, each=5, *, held_back=False):
    """Return a task: which of 5 to 9 is it, by ``each`` clean ones of each digit; None for all there are."""
    x, y, x_test, y_test = digits.split()
    high = np.random.default_rng(0).permutation(np.flatnonzero(y > 4))
    rest, pool = high[:HELD_BACK], high[HELD_BACK:]
    order = np.random.default_rng(seed).permutation(pool)
    chosen = np.concatenate([order[y[order] == digit][:each] for digit in range(5, 10)])
    if held_back:
        return x[chosen], y[chosen] - 5, x[rest], y[rest] - 5
    return x[chosen], y[chosen] - 5, x_test[y_test > 4], y_test[y_test > 4] - 5


# --- Ways to reuse ------------------------------------------------------------------------------------------


def run(network, task, rate, *, keep=0, every=STEPS):
    """Train a network for ``STEPS`` steps, its first layers frozen, and return how much it gets right.

    Parameters
    ----------
    network : Sequential
    task : tuple
        Pictures and labels to learn from, pictures and labels to measure with.
    rate : float
    keep : int
        How many layers are frozen: what they make of a picture is computed once.
    every : int
        After how many steps it is measured.

    Returns
    -------
    numpy.ndarray, shape (1 + STEPS // every,)
        The share of right answers before the first step, and after each ``every`` steps.
    """
    x, y, x_new, y_new = task
    if keep:
        backbone, network = network[:keep], network[keep:]
        x, x_new = predict(backbone, x), predict(backbone, x_new)
    right = [accuracy(network, x_new, y_new)]

    def write_down(network, history):
        if len(history.loss) % every == 0:
            right.append(accuracy(network, x_new, y_new))

    learn(network, x, y, rate, STEPS, callbacks=[write_down])
    return np.array(right)


def one_way(way, source, task, answers, rate, seed, every=STEPS):
    """Return what ``run`` finds for one of ``WAYS``, with a head (or a network) of its own for each seed."""
    network = small_cnn(100 + seed, answers)
    if way in ("frozen", "fine-tuned"):
        network = reuse(source, 100 + seed, answers)
    return run(network, task, rate, keep=KEEP if way in ("frozen", "untrained") else 0, every=every)


def choose_rate(way, sources, task_for, answers, seeds=6):
    """Return the learning rate that does best on digits held back, of ``HEAD_RATES`` or ``RATES``.

    The labels to learn from are drawn by seeds from 1000 on, so they are not those of a comparison.
    """
    rates = HEAD_RATES if way in ("frozen", "untrained") else RATES
    means = [
        np.mean(
            [
                one_way(
                    way,
                    sources[seed % len(sources)],
                    task_for(1000 + seed, held_back=True),
                    answers,
                    rate,
                    1000 + seed,
                )[-1]
                for seed in range(seeds)
            ]
        )
        for rate in rates
    ]
    return rates[int(np.argmax(means))]


def compare(sources, task_for, answers, seeds, *, every=EVERY):
    """Train the four ways on the same labels, each at the rate that held-back digits chose for it.

    Returns
    -------
    dict of str to numpy.ndarray, shape (seeds, …)
        For each way, what ``run`` returns for each seed.
    dict of str to float
        For each way, its rate.
    """
    rates = {way: choose_rate(way, sources, task_for, answers) for way in WAYS}
    curves = {
        way: np.array(
            [
                one_way(way, sources[seed % len(sources)], task_for(seed), answers, rate, seed, every)
                for seed in range(seeds)
            ]
        )
        for way, rate in rates.items()
    }
    return curves, rates


def worth_of_learning(sources, task_for, answers, seeds=16, depths=(3, 6, 9), rate=1e-2):
    """Return by how much frozen learned layers are better than frozen layers of the same kind, drawn by chance.

    Returns
    -------
    numpy.ndarray, shape (seeds, len(depths))
        The difference in the share of right answers, for each number of layers kept.
    """
    found = np.zeros((seeds, len(depths)))
    for seed in range(seeds):
        task, source = task_for(seed), sources[seed % len(sources)]
        for at, keep in enumerate(depths):
            learned, drawn = reuse(source, 100 + seed, answers), small_cnn(100 + seed, answers)
            ends = [run(network, task, rate, keep=keep)[-1] for network in (learned, drawn)]
            found[seed, at] = ends[0] - ends[1]
    return found
