"""Train deep networks on the digits, each at the learning rate that suits it best, and test them."""

from typing import NamedTuple

import numpy as np

from cnnlab.data import digits
from cnnlab.nn.experiments.seeds import over_seeds
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.optimizers import SGD, CosineAnnealingLR
from cnnlab.nn.training import accuracy, fit

BATCH = 32  # digits for each step
GUESS = 0.1  # the share that guessing gets right


def three_parts(*, flat=True):
    """Return 997 digits to learn from, 300 to choose by, and 500 to test on, each with its labels.

    Parameters
    ----------
    flat : bool
        Whether a digit is a list of 64 numbers, rather than a map of 8 × 8.
    """
    shaped = ((x.reshape(len(x), -1) if flat else x, y) for x, y in digits.split_three())
    return tuple((x.astype(float), y) for x, y in shaped)


def trained(network, rate, *, epochs, optimizer=SGD, seed=0, flat=True):
    """Train a network on 997 digits; return what share of these, of the held back, of the test it gets right.

    The learning rate goes down half a cosine wave, to 0 at the end. A training that breaks off, as its
    numbers have left all bounds, counts as guessing.

    Parameters
    ----------
    network : Sequential
        Its parameters are changed.
    rate : float
        The learning rate at the beginning.
    epochs : int
    optimizer : type
        Such as ``SGD``.
    seed : int
        Shuffles the digits.
    flat : bool
        As for ``three_parts``.

    Returns
    -------
    (float, float, float)
    """
    parts = three_parts(flat=flat)
    x, y = parts[0]
    falling = CosineAnnealingLR(rate, epochs * -(-len(x) // BATCH))
    try:
        fit(
            network, x, y, loss=CrossEntropyLoss(), optimizer=optimizer(falling), epochs=epochs,
            batch_size=BATCH, rng=np.random.default_rng(seed),
        )  # fmt: skip
    except FloatingPointError:
        return GUESS, GUESS, GUESS
    return tuple(float(accuracy(network, *part)) for part in parts)


class Tuned(NamedTuple):
    """Which learning rate the held-back digits chose; then, seed by seed, the share of digits right."""

    rate: float
    shares: np.ndarray  # of the test digits
    learned: np.ndarray  # of those it has learned from


def tuned(make, rates, *, epochs, optimizer=SGD, tries=3, seeds=6, flat=True):
    """Choose a learning rate on held-back digits, then test the networks that were trained with it.

    Parameters
    ----------
    make : function
        Returns an untrained network by its ``seed``.
    rates : sequence of float
        To choose from: the one with which the first networks get most of the held-back digits right.
    epochs : int
    optimizer : type
        Such as ``SGD``.
    tries : int
        With how many seeds each rate is tried.
    seeds : int
        With how many seeds the chosen one is tested.
    flat : bool
        As for ``three_parts``.

    Returns
    -------
    Tuned
    """

    def run(rate, seed):
        return trained(make(seed=seed), rate, epochs=epochs, optimizer=optimizer, seed=seed, flat=flat)

    tried = {rate: over_seeds(lambda seed, rate=rate: run(rate, seed), tries) for rate in rates}
    best = max(rates, key=lambda rate: tried[rate][:, 1].mean())
    learned, _, tested = zip(*tried[best], *(run(best, seed) for seed in range(tries, seeds)), strict=True)
    return Tuned(best, np.array(tested), np.array(learned))
