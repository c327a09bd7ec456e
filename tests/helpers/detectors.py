"""Two small networks for the tests of what finds digits on a sheet."""

from functools import cache

import numpy as np

from cnnlab.data import digits, sheets
from cnnlab.nn import Adam, Conv2d, CrossEntropyLoss, Dense, Flatten, ReLU, Sequential, fit


def as_convolution(network):
    """Return the network with its last layer, a dense one, as a convolution of 4 × 4 kernels."""
    dense = network[-1]
    kernels = dense.weight.reshape(len(dense.weight), -1, 4, 4)
    last = Conv2d(kernels.shape[1], len(kernels), 4, weight=kernels, bias=dense.bias, dtype=float)
    return Sequential(*network[:-2], last)


@cache
def trained(classes):
    """Return a dense network for one window, trained a little; with 11 classes it knows "nothing"."""
    rng = np.random.default_rng(0)
    network = Sequential(
        Conv2d(1, 8, 3, rng=rng, dtype=float),
        ReLU(),
        Conv2d(8, 16, 3, rng=rng, dtype=float),
        ReLU(),
        Flatten(),
        Dense(256, classes, rng=rng, dtype=float),
    )
    x, y = digits.split()[:2]
    if classes > 10:
        x, y = sheets.windows_to_learn(rng, x, y, sheets=300)
    loss, optimizer = CrossEntropyLoss(), Adam(2e-3)
    fit(network, x, y, loss=loss, optimizer=optimizer, epochs=3, batch_size=32, rng=rng)
    return network


@cache
def detector(classes):
    """Return the same network for sheets of any size."""
    return as_convolution(trained(classes))
