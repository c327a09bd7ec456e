"""Baselines: what a network has to beat before it is worth its trouble.

Like every method of a project, each is a function of ``(x, y, seed, **settings)`` that learns from labeled
pictures and returns what it has learned: a network, or a function from pictures to labels.
"""

import numpy as np

from cnnlab.checks import integer, number
from cnnlab.nn import Adam, CrossEntropyLoss, Dense, Flatten, Sequential, fit

CHUNK = 500  # pictures compared with all known ones at once


def nearest_neighbor(x, y, seed=0, *, k=1):
    """Remember all pictures; a new one gets the label that most of the ``k`` nearest have.

    Near is a small sum of squared differences of all pixels (T. Cover and P. Hart, "Nearest neighbor pattern
    classification", 1967). A tie goes to the label of the nearest among those tied.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
    y : array_like of integers, shape (N,)
    seed : int
        Makes no difference: nothing is drawn by chance.
    k : int
        From 1 to N.

    Returns
    -------
    function
        From pictures of shape (M, C, H, W) to labels of shape (M,).

    Raises
    ------
    TypeError, ValueError
        For a ``k`` out of range.

    Examples
    --------
    >>> known = np.array([0.0, 0.1, 1.0]).reshape(3, 1, 1, 1)
    >>> nearest_neighbor(known, [4, 4, 7], k=1)(np.array([[[[0.8]]]]))
    array([7])
    >>> nearest_neighbor(known, [4, 4, 7], k=3)(np.array([[[[0.8]]]]))
    array([4])
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    k = integer("nearest_neighbor", "k", k, 1)
    if k > len(x):
        raise ValueError(f"nearest_neighbor: k must be at most {len(x)}, the number of pictures, got {k}")
    known = x.reshape(len(x), -1)
    squares = (known**2).sum(axis=1)

    def classify(images):
        rows = np.asarray(images, dtype=float).reshape(len(images), -1)
        return np.concatenate(
            [_vote(rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK)] or [y[:0]]
        )

    def _vote(rows):
        # |a − b|² = |a|² − 2 a·b + |b|², and |a|² is the same for all that are compared.
        nearest = np.argsort(squares - 2 * rows @ known.T, axis=1, kind="stable")[:, :k]
        labels = y[nearest]
        votes = (labels[:, :, None] == labels[:, None, :]).sum(axis=2)
        return labels[np.arange(len(labels)), votes.argmax(axis=1)]

    return classify


def logistic_layer(x, y, seed=0, *, rate=1e-2, epochs=30):
    """Train one dense layer on all pixels: logistic regression, with cross-entropy and Adam.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
    y : array_like of integers, shape (N,)
    seed : int
        Draws the weights, and the order of the pictures.
    rate : float
        The learning rate.
    epochs : int

    Returns
    -------
    Sequential

    Examples
    --------
    >>> x = np.array([0.0, 0.2, 0.8, 1.0]).reshape(4, 1, 1, 1)
    >>> layer = logistic_layer(x, [0, 0, 1, 1], rate=0.1, epochs=100)
    >>> layer.forward(x).argmax(axis=1)
    array([0, 0, 1, 1])
    """
    x, y = np.asarray(x), np.asarray(y)
    rate = number("logistic_layer", "rate", rate, 0)
    rng = np.random.default_rng(seed)
    network = Sequential(Flatten(), Dense(x[0].size, int(y.max()) + 1, rng=rng))
    fit(network, x, y, loss=CrossEntropyLoss(), optimizer=Adam(rate), epochs=epochs, batch_size=32, rng=rng)
    return network
