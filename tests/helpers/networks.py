"""Networks drawn at random: any layers, options and sizes, and numbers that stay about as large as 1."""

import numpy as np

from cnnlab import nn

BENDS = (nn.ReLU, nn.Sigmoid, nn.Tanh, nn.LeakyReLU, lambda: nn.LeakyReLU(0.2))
MOST_NUMBERS = 6000  # in one result


def random_network(seed, image=None, *, classes=None, dtype=np.float32, depth=None):
    """Return a network and the shape of the images that it takes.

    Parameters
    ----------
    seed : int
    image : tuple of int, optional
        The shape (C, H, W) of its images; drawn, mostly of odd sizes, unless given.
    classes : int, optional
        Whether it ends with a vector of so many scores; what it ends with is drawn unless given.
    depth : int, optional
        How many layers it has before its end: drawn from 1 to 6 unless given.
    """
    rng = np.random.default_rng(seed)
    if image is None:
        image = (int(rng.integers(1, 5)), *rng.integers(5, 14, 2).tolist())
    layers, shape = [], image
    for _ in range(depth or rng.integers(1, 7)):
        layer = _that_fits(rng, shape, dtype)
        layers.append(layer)
        shape = layer.output_shape(shape)
    if classes is not None or rng.random() < 0.5:
        if rng.random() < 0.3:
            layers.append(nn.AdaptiveAvgPool2d(1))
        layers.append(nn.Flatten())
        features = int(np.prod(nn.Sequential(*layers).output_shape(image)))
        if classes is None and rng.random() < 0.5:
            layers += [nn.Dense(features, 6, rng=rng, bias=bool(rng.random() < 0.5), dtype=dtype), _bend(rng)]
            features = 6
        layers.append(nn.Dense(features, classes or int(rng.integers(1, 9)), rng=rng, dtype=dtype))
    network = nn.Sequential(*layers)
    liven(network, rng)
    return network, image


def liven(network, rng):
    """Give biases and batch norms of a network numbers as of one that was trained."""
    for leaf in network.leaves.values():
        if isinstance(leaf, nn.BatchNorm2d):
            size = leaf.num_features
            leaf.running_mean[:] = rng.normal(0, 0.5, size)
            leaf.running_var[:] = rng.uniform(0.3, 3, size)
            leaf.weight = rng.uniform(0.5, 1.5, size) * rng.choice([-1, 1], size)
        if getattr(leaf, "bias", None) is not None:
            leaf.bias = rng.normal(0, 0.3, leaf.bias.shape)


def _that_fits(rng, shape, dtype):
    """Return a layer drawn until one fits maps of a shape and makes none that are too large or too small."""
    while True:
        layer = rng.choice(LAYERS)(rng, shape, dtype)
        try:
            made = layer.output_shape(shape)
        except ValueError:
            continue
        if np.prod(made) <= MOST_NUMBERS and _meets_numbers(layer, shape):
            return layer


def _meets_numbers(layer, shape):
    """Whether all windows of a pooling, also within, meet a number: the largest of none is −∞."""
    return not isinstance(layer, nn.MaxPool2d) or all(all(axis) for axis in layer.seen(shape))


def _pair(rng, *options):
    """Return one of the options for both axes, or one for each."""
    one, other = rng.choice(options, 2).tolist()
    return one if rng.random() < 0.5 else (one, other)


def _padding(rng, most, kernel_size=None):
    """Return a padding in one of its spellings."""
    kind = rng.integers(5)
    if kind == 0:
        return "valid"
    if kind == 1:
        return "same"
    if kind == 2:
        return tuple(tuple(rng.integers(0, most + 1, 2).tolist()) for _ in range(2))
    return _pair(rng, *range(most + 1))


def _bend(rng):
    return BENDS[rng.integers(len(BENDS))]()


def _convolution(rng, shape, dtype):
    padding = _padding(rng, 3)
    groups = int(rng.choice([divisor for divisor in (1, 1, 2, 3, 4) if shape[0] % divisor == 0]))
    return nn.Conv2d(
        shape[0],
        groups * int(rng.integers(1, 5)),
        _pair(rng, 1, 2, 3, 4),
        stride=1 if padding == "same" else _pair(rng, 1, 1, 2, 3),
        padding=padding,
        dilation=_pair(rng, 1, 1, 2),
        groups=groups,
        bias=bool(rng.random() < 0.7),
        rng=rng,
        dtype=dtype,
    )


def _transposed(rng, shape, dtype):
    groups = int(rng.choice([divisor for divisor in (1, 1, 2, 3, 4) if shape[0] % divisor == 0]))
    return nn.ConvTranspose2d(
        shape[0],
        groups * int(rng.integers(1, 4)),
        _pair(rng, 1, 2, 3, 4),
        stride=_pair(rng, 1, 2, 3),
        padding=_pair(rng, 0, 1, 2),
        output_padding=_pair(rng, 0, 0, 1),
        groups=groups,
        bias=bool(rng.random() < 0.7),
        dilation=_pair(rng, 1, 1, 2),
        rng=rng,
        dtype=dtype,
    )


def _pooling(rng, shape, dtype):
    padding = _padding(rng, 2)
    options = {"stride": rng.choice([None, 1, 2, 3]), "padding": padding}
    if padding == "same":
        options["stride"] = 1
    size, ceil_mode = _pair(rng, 1, 2, 3, 4), bool(rng.random() < 0.5)
    if rng.random() < 0.5:
        return nn.MaxPool2d(size, dilation=_pair(rng, 1, 1, 2), ceil_mode=ceil_mode, **options)
    return nn.AvgPool2d(size, ceil_mode=ceil_mode, count_include_pad=bool(rng.random() < 0.5), **options)


def _residual(rng, shape, dtype):
    channels = shape[0]
    if rng.random() < 0.5:  # the shape stays
        inside = [nn.Conv2d(channels, channels, 3, padding=1, rng=rng, dtype=dtype)]
        inside += [nn.BatchNorm2d(channels, dtype=dtype)] * (rng.random() < 0.5)
        inside += [_bend(rng)] * (rng.random() < 0.5)
        return nn.Residual(*inside)
    wider, stride = int(rng.integers(1, 6)), int(rng.choice([1, 2]))
    around = nn.Conv2d(channels, wider, 1, stride=stride, bias=False, rng=rng, dtype=dtype)
    if rng.random() < 0.5:
        around = nn.Sequential(around, nn.BatchNorm2d(wider, dtype=dtype))
    return nn.Residual(
        nn.Conv2d(channels, wider, 3, stride=stride, padding=1, rng=rng, dtype=dtype),
        _bend(rng),
        nn.Conv2d(wider, wider, 3, padding="same", rng=rng, dtype=dtype),
        shortcut=around,
    )


LAYERS = [  # what is drawn more often stands there more often
    _convolution,
    _convolution,
    _convolution,
    _pooling,
    _pooling,
    _pooling,
    _residual,
    _transposed,
    lambda rng, shape, dtype: nn.BatchNorm2d(shape[0], eps=float(rng.choice([1e-5, 1e-3])), dtype=dtype),
    lambda rng, shape, dtype: _bend(rng),
    lambda rng, shape, dtype: nn.Dropout(0.5, rng),
    lambda rng, shape, dtype: nn.Sequential(_convolution(rng, shape, dtype), _bend(rng)),
]
