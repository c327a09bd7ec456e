"""Networks that are too sure of themselves: they have learned from few digits, and for too long."""

from functools import cache

import numpy as np

from cnnlab.data import digits
from cnnlab.nn.experiments.attacks import step_against
from cnnlab.nn.experiments.detectors import digit_network, train


@cache
def scores_of(seed, count=200, epochs=200, step=0.1):
    """Return the scores of a network that has learned from ``count`` digits; which ones hangs on the seed.

    Parameters
    ----------
    seed, count, epochs : int
    step : float
        How large the step against the network is that makes the last scores.

    Returns
    -------
    dict of str to numpy.ndarray, shape (N, 10)
        "held back", "test", and "after a step": the test digits, each moved a step against the network.
    """
    (x, y), (held, _), (x_test, y_test) = digits.split_three()
    some = np.random.default_rng(seed).permutation(len(x))[:count]
    network = train(digit_network(seed), x[some], y[some], epochs)
    moved = step_against(network, x_test, y_test, step)
    images = {"held back": held, "test": x_test, "after a step": moved}
    return {name: network.forward(np.asarray(each, dtype=float)) for name, each in images.items()}
