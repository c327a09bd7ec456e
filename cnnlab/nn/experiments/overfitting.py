"""A network larger than its task, few digits, labels that may be wrong: what helps, and what does not."""

from functools import cache

import numpy as np

from cnnlab.data import digits
from cnnlab.nn.layers import Dense, Dropout, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam
from cnnlab.nn.training import fit


@cache
def digits_for_the_test():
    """Return 500 digits for the test, with their right labels: shapes (500, 64) and (500,)."""
    *_, images, labels = digits.split()
    return images.reshape(len(images), 64).astype(float), labels


def draw_digits(seed, count, spoiled):
    """Draw digits to learn from, and as many that are held back, none of the test's.

    Parameters
    ----------
    seed : int
    count : int
        How many of each.
    spoiled : float
        The share of labels, in both, that is replaced by a digit drawn by chance from all ten.

    Returns
    -------
    (train, held) : two pairs (x, y)
        Of shapes (count, 64) and (count,).
    """
    images, labels, *_ = digits.split()
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(images))[: 2 * count]
    x, y = images[chosen].reshape(-1, 64).astype(float), labels[chosen].copy()
    wrong = rng.random(2 * count) < spoiled
    y[wrong] = rng.integers(0, 10, size=wrong.sum())
    return (x[:count], y[:count]), (x[count:], y[count:])


def wide_network(seed, p=0.0):
    """Return 64 pixels → 128 → 128 → 10 scores, ReLU and dropout of ``p`` after both hidden layers."""
    rng = np.random.default_rng(seed)
    first, second, last = (
        Dense(*sizes, rng=rng, dtype=float) for sizes in ((64, 128), (128, 128), (128, 10))
    )
    return Sequential(first, ReLU(), Dropout(p, rng), second, ReLU(), Dropout(p, rng), last)


def train_wide(network, data, seed, *, held=None, decay=0.0, epochs=40, callbacks=()):
    """Train with Adam, in batches of 50, and return the history."""
    return fit(
        network,
        *data,
        loss=CrossEntropyLoss(),
        optimizer=Adam(0.003, weight_decay=decay),
        epochs=epochs,
        batch_size=50,
        rng=np.random.default_rng(seed),
        validation=held,
        callbacks=callbacks,
    )


def moved(x, rng):
    """Return digits of shape (N, 64), each moved by up to one pixel each way, drawn by chance."""
    wide = np.pad(x.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    places = rng.integers(0, 3, size=(len(x), 2))
    return np.array([each[i : i + 8, j : j + 8].ravel() for each, (i, j) in zip(wide, places, strict=True)])


def with_copies(data, copies, rng):
    """Return a pair (x, y) with so many moved copies of each digit behind the originals."""
    x, y = data
    return np.concatenate([x, *(moved(x, rng) for _ in range(copies))]), np.tile(y, copies + 1)
