"""Readers of digits that lessons compare: small networks, and the nearest neighbor."""

import numpy as np

from cnnlab.checks import integer
from cnnlab.nn.experiments.seeds import over_seeds
from cnnlab.nn.layers import AvgPool2d, Conv2d, Dense, Dropout, Flatten, MaxPool2d, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam, CosineAnnealingLR
from cnnlab.nn.training import accuracy, fit

POOLS = {"maximum": MaxPool2d, "mean": AvgPool2d}


def train(network, x, y, seed, *, epochs=20, rate=0.03, change=None):
    """Train as lesson 14 does: Adam, batches of 32, a rate that falls to 0 along half a cosine wave.

    Parameters
    ----------
    network : Sequential
    x, y : array_like
        Images and labels.
    seed : int
        Mixes the batches, and draws the changes.
    epochs : int
    rate : float
        The rate of the first step.
    change : function, optional
        Such as ``slim_readers.warped``: takes images and a generator, and returns others with the same
        labels. Each epoch learns from its own.

    Returns
    -------
    Sequential
        The network itself, trained.
    """
    epochs = integer("train", "epochs", epochs, 1)
    steps = epochs * -(-len(x) // 32)  # rounded up
    optimizer, rng = Adam(CosineAnnealingLR(rate, T_max=steps)), np.random.default_rng(seed)
    # What is never changed is learned in one go, else each epoch by itself.
    for _ in range(epochs if change else 1):
        fit(
            network,
            change(x, rng) if change else x,
            y,
            loss=CrossEntropyLoss(),
            optimizer=optimizer,
            epochs=1 if change else epochs,
            batch_size=32,
            rng=rng,
        )
    return network


def try_rates(make, rates, learn, check, *, seeds, epochs=20):
    """Train new networks at several learning rates; return how well each reads what was held back.

    Parameters
    ----------
    make : function
        Takes a seed and returns an untrained network.
    rates : sequence of float
    learn, check : (images, labels)
        What they learn from; what was held back.
    seeds, epochs : int

    Returns
    -------
    numpy.ndarray, shape (seeds, rates)
        Shares from 0 to 1.
    """

    def at_all(seed):
        trained = (train(make(seed), *learn, seed, epochs=epochs, rate=rate) for rate in rates)
        return [accuracy(network, *check) for network in trained]

    return over_seeds(at_all, seeds)


def dense_reader(seed, *, size=8, hidden=50):
    """Return pixels → ``hidden`` neurons with ReLU → 10 scores, untrained."""
    rng = np.random.default_rng(seed)
    inner = Dense(size * size, hidden, rng=rng, dtype=float)
    return Sequential(Flatten(), inner, ReLU(), Dense(hidden, 10, rng=rng, dtype=float))


def conv_reader(seed, *, size=8, filters=(8, 16), windows=(1, 2), pool="maximum", dropout=0.5):
    """Return two convolutions with ReLU, each with or without pooling, then dropout and 10 scores, untrained.

    Parameters
    ----------
    seed : int
        Draws the weights.
    size : int
        Rows and columns of an image.
    filters : (int, int)
        How many the convolutions have; they are 3 × 3, with padding 1.
    windows : (int, int)
        Of the pooling behind each convolution. 1 stands for none; one that covers a whole map pools
        globally.
    pool : "maximum" or "mean"
    dropout : float
        The share that is silenced in front of the last layer; 0 leaves dropout out.

    Returns
    -------
    Sequential
        By default lesson 14's network.

    Examples
    --------
    >>> conv_reader(0).parameters.size
    3818
    >>> conv_reader(0, size=12, windows=(2, 6)).output_shape((1, 12, 12))
    (10,)
    """
    rng = np.random.default_rng(seed)
    layers, channels, side = [], 1, size
    for count, window in zip(filters, windows, strict=True):
        layers += [Conv2d(channels, count, 3, padding=1, rng=rng, dtype=float), ReLU()]
        layers += [POOLS[pool](window)] if window > 1 else []
        channels, side = count, side // window
    layers += [Flatten(), *([Dropout(dropout, rng)] if dropout else [])]
    return Sequential(*layers, Dense(channels * side * side, 10, rng=rng, dtype=float))


def nearest(x, y, images, k=1, power=2):
    """Return what the ``k`` nearest examples of each image are called by most.

    Parameters
    ----------
    x, y : array_like
        The examples and their labels.
    images : array_like, shape (N, …)
    k : int
        How many are asked; where as many say one thing as another, the smaller label is returned.
    power : int
        The distance is the sum of all differences of pixels, each to this power.

    Returns
    -------
    numpy.ndarray of int, shape (N,)

    Raises
    ------
    ValueError
        For fewer than one neighbor, or more than there are examples.

    Examples
    --------
    >>> nearest([[0.0], [1.0], [1.1]], [7, 8, 8], [[0.2], [0.9]])
    array([7, 8])
    >>> nearest([[0.0], [1.0], [1.1]], [7, 8, 8], [[0.2]], k=3)
    array([8])
    """
    x, images, y = np.asarray(x, float), np.asarray(images, float), np.asarray(y)
    k = integer("nearest", "k", k, 1)
    if k > len(x):
        raise ValueError(f"nearest: k must be at most {len(x)}, the number of examples, got {k}")
    x, images = x.reshape(len(x), -1), images.reshape(len(images), -1)
    far = np.array([(np.abs(x - image) ** power).sum(axis=1) for image in images])
    votes = y[np.argsort(far, axis=1, kind="stable")[:, :k]]
    return np.array([np.bincount(row).argmax() for row in votes])
