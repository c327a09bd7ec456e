"""How long the gradient still is when it has come back through many layers, before any training."""

import numpy as np

from cnnlab.nn.layers import Dense
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential

WIDTH = 32  # neurons in each layer


def first_gradient(activation, depth, scale, images, labels, seed=0):
    """Return the length of the gradient in the first layer's weights, in a network with drawn weights.

    Parameters
    ----------
    activation : class
        Of the layers after each dense layer but the last, such as ``ReLU``.
    depth : int
        How many dense layers stand before the last.
    scale : float
        Each weight of these is drawn from a normal distribution whose standard deviation is this number
        divided by the root of how many inputs the layer has.
    images : array_like, shape (N, pixels)
    labels : array_like of int, shape (N,)
    seed : int
        Draws the weights: the same seed gives the same, but for their scale.

    Returns
    -------
    float

    Examples
    --------
    >>> from cnnlab.nn import Tanh
    >>> images, labels = np.eye(4), [0, 1, 2, 3]
    >>> first_gradient(Tanh, 20, 0.5, images, labels) < first_gradient(Tanh, 2, 0.5, images, labels)
    True
    """
    rng = np.random.default_rng(seed)
    images = np.asarray(images, dtype=float)
    layers, size = [], images.shape[1]
    for _ in range(depth):
        weight = scale * rng.normal(size=(WIDTH, size)) / np.sqrt(size)
        layers += [Dense(size, WIDTH, weight=weight, dtype=float), activation()]
        size = WIDTH
    last = rng.normal(size=(10, WIDTH)) / np.sqrt(WIDTH)
    network, loss = Sequential(*layers, Dense(WIDTH, 10, weight=last, dtype=float)), CrossEntropyLoss()
    loss.forward(network.forward(images), labels)
    network.backward(loss.backward())
    return float(np.linalg.norm(layers[0].named_gradients()["weight"]))
