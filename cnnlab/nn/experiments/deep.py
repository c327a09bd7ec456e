"""Deep networks before their training: how large numbers and gradients are in each layer."""

import numpy as np

from cnnlab.nn.layers import BatchNorm2d, Dense, ReLU, Sigmoid, Tanh
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Residual, Sequential

WIDTH = 32  # neurons in each layer
# Each with the variance of a weight, times the inputs, that would keep sizes: He's for ReLU, else Xavier's.
ACTIVATIONS = {"sigmoid": (Sigmoid, 1.0), "tanh": (Tanh, 1.0), "ReLU": (ReLU, 2.0)}
STARTS = {"half as large": 0.5, "He, Xavier": 1.0, "twice as large": 2.0}
NONE, SCALED, WHOLE = "none", "weights ÷ √depth", "weights as they are"
SKIPS = (NONE, SCALED, WHOLE)


def deep_network(activation, depth, *, start="He, Xavier", skips=NONE, norm=False, seed=0):
    """Return 64 pixels → ``depth`` equal layers of 32 neurons → 10 scores, before any training.

    Parameters
    ----------
    activation : str
        One of ``ACTIVATIONS``.
    depth : int
        How many layers lie between the first and the last; these have the activation, and the skips.
    start : str
        One of ``STARTS``: how large their weights are, compared with He's for ReLU and Xavier's for others.
    skips : str
        One of ``SKIPS``: no skips; skips around layers whose weights are divided by √depth; or not.
    norm : bool
        Whether batch normalization stands before each activation.
    seed : int
        Draws the weights. The same seed gives the same weights, but for their size.

    Returns
    -------
    Sequential
    """
    rng = np.random.default_rng(seed)
    bend, gain = ACTIVATIONS[activation]
    scale = STARTS[start] * np.sqrt(gain / WIDTH) / (np.sqrt(depth) if skips == SCALED else 1)
    layers = [Dense(64, WIDTH, rng=rng, dtype=float)]
    for _ in range(depth):
        block = [Dense(WIDTH, WIDTH, weight=scale * rng.normal(size=(WIDTH, WIDTH)), dtype=float)]
        block += [BatchNorm2d(WIDTH, dtype=float)] if norm else []
        block += [bend()]
        layers += block if skips == NONE else [Residual(*block)]
    return Sequential(*layers, Dense(WIDTH, 10, rng=rng, dtype=float))


def there_and_back(network, x, y):
    """Send digits through a network and their error back; measure both at each dense layer.

    Parameters
    ----------
    network : Sequential
        As ``deep_network`` returns it.
    x : array_like, shape (N, 64)
    y : array_like of int, shape (N,)

    Returns
    -------
    sizes, lengths : numpy.ndarray, shape (depth + 2,)
        The root of the mean square of what each layer gives, with its activation and its skip; the length
        of the loss's gradient in each layer's weights.
    """
    loss, sizes = CrossEntropyLoss(), []
    out, layers = x, list(network)
    for layer, after in zip(layers, [*layers[1:], None], strict=True):
        out = layer.forward(out, training=True)
        if after is None or isinstance(after, (Dense, Residual)):  # not in front of an activation
            sizes.append(np.sqrt((out**2).mean()))
    loss.forward(out, y)
    network.backward(loss.backward())
    dense = (layer for layer in network.leaves.values() if isinstance(layer, Dense))
    return np.array(sizes), np.array([np.linalg.norm(layer.named_gradients()["weight"]) for layer in dense])
