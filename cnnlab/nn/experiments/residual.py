"""A small residual network of convolutions for the digits, and the same layers without skips."""

import numpy as np

from cnnlab.nn.layers import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Dense, Flatten, MaxPool2d, ReLU
from cnnlab.nn.network import Residual, Sequential


def digit_resnet(skips=True, *, blocks=6, channels=8, seed=0):
    """Return 8 × 8 pixels → 4 × 4 of ``channels`` maps → blocks of two convolutions → 10 scores, untrained.

    Each convolution has batch normalization behind it; global average pooling makes one number of each map.

    Parameters
    ----------
    skips : bool
        Whether each block has a skip. Without, the same layers stand in the same order.
    blocks : int
    channels : int
        Maps of each convolution.
    seed : int
        Draws the weights: the same with skips and without.

    Returns
    -------
    Sequential
    """
    rng = np.random.default_rng(seed)

    def convolution(in_channels):
        return [
            Conv2d(in_channels, channels, 3, padding=1, bias=False, rng=rng, dtype=float),
            BatchNorm2d(channels, dtype=float),
        ]

    layers = [*convolution(1), ReLU(), MaxPool2d(2)]
    for _ in range(blocks):
        block = [*convolution(channels), ReLU(), *convolution(channels)]
        layers += [Residual(*block) if skips else Sequential(*block), ReLU()]
    return Sequential(*layers, AdaptiveAvgPool2d(1), Flatten(), Dense(channels, 10, rng=rng, dtype=float))
