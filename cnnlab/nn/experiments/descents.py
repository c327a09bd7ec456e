"""Real digits, learned by one hidden layer: by each of the optimizers, and at rates that are too large."""

import numpy as np

from cnnlab.nn.experiments.rates import three_parts
from cnnlab.nn.layers import Dense, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import SGD
from cnnlab.nn.training import accuracy, fit

BATCH = 32


def badly_scaled(seed):
    """Return a factor for each of 64 pixels, from 0.01 to 1: as if each had a unit of its own."""
    return 10 ** np.random.default_rng(100 + seed).uniform(-2, 0, size=64)


def put_right(factors):
    """Return factors after each pixel is divided by the largest value it has in the training digits."""
    largest = (three_parts()[0][0] * factors).max(axis=0)
    return factors / np.where(largest > 0, largest, 1)


def learn_digits(optimizer, seed, *, factors=1.0, rounds=5):
    """Train 64 pixels → 32 ReLUs → 10 scores, and return how well it reads.

    Parameters
    ----------
    optimizer : Optimizer
    seed : int
        Draws the weights to start from, and the order of the digits.
    factors : float or numpy.ndarray, shape (64,)
        What the pixels are multiplied by.
    rounds : int
        How often to go through all 997 digits, in batches of 32: 32 steps a round.

    Returns
    -------
    (float, float)
        The share that is right of the digits held back, and of the test's. A training that breaks off,
        because its numbers grow too large, counts as guessing: 0.1.
    """
    train, *others = three_parts()
    network = _network(32, seed)
    try:
        _fit(network, train[0] * factors, train[1], optimizer, rounds, seed)
    except FloatingPointError:
        return 0.1, 0.1
    return tuple(accuracy(network, x * factors, y) for x, y in others)


def dead_share(rate, seed):
    """Train 64 ReLUs by plain gradient descent, and return which share of them is dead, and how it reads.

    A ReLU is dead if it gives 0 for every digit that the network learns from: no gradient reaches it again.

    Returns
    -------
    (float, float)
        The share of dead ReLUs, and of right test digits.
    """
    (x, y), _, test = three_parts()
    network = _network(64, seed)
    _fit(network, x, y, SGD(rate), 5, seed)
    dense, relu = list(network)[:2]
    return float((relu.forward(dense.forward(x)).max(axis=0) == 0).mean()), accuracy(network, *test)


def _network(hidden, seed):
    rng = np.random.default_rng(seed)
    return Sequential(
        Dense(64, hidden, rng=rng, dtype=float), ReLU(), Dense(hidden, 10, rng=rng, dtype=float)
    )


def _fit(network, x, y, optimizer, rounds, seed):
    rng = np.random.default_rng(seed)
    fit(network, x, y, loss=CrossEntropyLoss(), optimizer=optimizer, epochs=rounds, batch_size=BATCH, rng=rng)
