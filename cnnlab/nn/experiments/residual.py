"""Residual networks of convolutions for the digits, in three stages; their plain twins; and how both learned.

Source of the layout: K. He et al., "Deep residual learning for image recognition" (2016), section 4.2.
"""

import numpy as np

from cnnlab.checks import integer
from cnnlab.nn.layers import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Dense, Flatten, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Residual, Sequential

WIDTHS = (8, 16, 32)  # maps in each stage; from one to the next they are half as wide and half as high


def digit_resnet(depth=8, *, skips=True, seed=0):
    """Return an untrained network: a convolution, three stages of blocks, global average pooling, 10 scores.

    A block is two convolutions, each with batch normalization behind it, and ReLU after the first and after
    the sum. Where a stage begins with more maps, its first block has a stride of 2 and, on its skip, a
    convolution of 1 × 1 with the same stride, and batch normalization.

    Parameters
    ----------
    depth : int
        How many layers with weights lie in a row: 8, 14, 20, …; two for each block, and the first and last.
    skips : bool
        Whether each block has a skip. Without, the same layers stand in the same order, with nothing around
        them; so the two convolutions of 1 × 1 are missing, too.
    seed : int
        Draws the weights; those that both networks have are the same in both.

    Returns
    -------
    Sequential

    Raises
    ------
    TypeError, ValueError
        For another depth.

    Examples
    --------
    >>> digit_resnet().output_shape((1, 8, 8))
    (10,)
    >>> [digit_resnet(skips=skips).parameters.size for skips in (False, True)]
    [19074, 19810]
    """
    depth = integer("digit_resnet", "depth", depth, 8)
    blocks, rest = divmod(depth - 2, 2 * len(WIDTHS))
    if rest:
        raise ValueError(
            f"digit_resnet: depth must be 8, 14, 20, …, 2 more than a multiple of 6, got {depth}"
        )
    rng = np.random.default_rng(seed)
    rng_around = np.random.default_rng([seed, 1])  # the twins draw the same numbers from rng

    def convolution(maps, width, size=3, stride=1, rng=rng):
        options = {"stride": stride, "padding": size // 2, "bias": False}  # the normalization has a bias
        return [Conv2d(maps, width, size, **options, rng=rng), BatchNorm2d(width)]

    layers, maps = [*convolution(1, WIDTHS[0]), ReLU()], WIDTHS[0]
    for width in WIDTHS:
        for _ in range(blocks):
            stride = 1 if width == maps else 2
            body = [*convolution(maps, width, 3, stride), ReLU(), *convolution(width, width)]
            around = None
            if skips and width != maps:
                around = Sequential(*convolution(maps, width, 1, stride, rng_around))
            layers += [Residual(*body, shortcut=around) if skips else Sequential(*body), ReLU()]
            maps = width
    return Sequential(*layers, AdaptiveAvgPool2d(1), Flatten(), Dense(maps, 10, rng=rng))


def first_gradients(depth, x, y, *, skips=True, draws=6):
    """Return how long the loss's gradient is in the weights of the first convolution, before any training.

    Parameters
    ----------
    depth, skips
        As for ``digit_resnet``.
    x : array_like, shape (N, 1, 8, 8)
    y : array_like of int, shape (N,)
    draws : int
        How many networks: those of the first seeds.

    Returns
    -------
    numpy.ndarray, shape (draws,)
    """
    found, loss = [], CrossEntropyLoss()
    for seed in range(draws):
        network = digit_resnet(depth, skips=skips, seed=seed)
        loss.forward(network.forward(x, training=True), y)
        network.backward(loss.backward())
        found.append(np.linalg.norm(network[0].named_gradients()["weight"]))
    return np.array(found)
