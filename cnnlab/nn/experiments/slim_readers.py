"""Readers of digits with at most 10,000 parameters, and what is done so that they read 99 of 100 and more.

Lesson 14 asks for them; ``tests/benchmarks/slim_readers.py`` tries recipes made of these parts.
"""

import numpy as np

from cnnlab.checks import check_rank, float_array, generator, integer, number
from cnnlab.nn.experiments.seeds import over_seeds
from cnnlab.nn.layers import BatchNorm2d, Conv2d, Dense, Dropout, Flatten, MaxPool2d, ReLU
from cnnlab.nn.network import Sequential
from cnnlab.nn.training import accuracy

MOST = 10_000  # parameters


def slim_reader(seed, *, filters=(12, 24, 24), normalize=True, dropout=0.2):
    """Return three convolutions, pooling after the second and the third, and ten scores, untrained.

    Parameters
    ----------
    seed : int
        Draws the weights.
    filters : (int, int, int)
        How many the convolutions have; they are 3 × 3, with padding 1.
    normalize : bool
        Whether batch normalization stands behind each convolution.
    dropout : float
        The share that is silenced in front of the last layer.

    Examples
    --------
    >>> slim_reader(0).parameters.size
    9034
    >>> slim_reader(0).output_shape((1, 8, 8))
    (10,)
    """
    rng = np.random.default_rng(seed)
    layers, channels = [], 1
    for place, count in enumerate(filters):
        layers.append(Conv2d(channels, count, 3, padding=1, rng=rng))
        layers += [BatchNorm2d(count)] if normalize else []
        layers += [ReLU()] + ([MaxPool2d(2)] if place else [])
        channels = count
    return Sequential(*layers, Flatten(), Dropout(dropout, rng), Dense(4 * channels, 10, rng=rng))


def shifted(images, rng):
    """Return each image as it is, or moved by one pixel up, down, left or right, as chance has it.

    Parameters
    ----------
    images : array_like, shape (N, C, H, W)
        Paper is 0: it comes in where the image has moved away.
    rng : numpy.random.Generator

    Examples
    --------
    >>> shifted(np.eye(2)[None, None], np.random.default_rng(0))[0, 0]
    array([[0., 1.],
           [0., 0.]])
    """
    images = _images("shifted", images)
    generator("shifted", rng)
    moves = np.array([(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)])[rng.integers(5, size=len(images))]
    return _sampled(images, np.tile(np.eye(2), (len(images), 1, 1)), moves)


def warped(images, rng, *, turn=10.0, zoom=0.1, slant=0.1, move=1.0):
    """Return images as other hands might have written them: turned, stretched, slanted and moved a little.

    Each of the four is drawn evenly between a number and its opposite. Pixels are mixed of the four that
    lie nearest (bilinear interpolation).

    Parameters
    ----------
    images : array_like, shape (N, C, H, W)
        Paper is 0.
    rng : numpy.random.Generator
    turn : float
        Degrees.
    zoom : float
        0.1 makes height and width, each by itself, up to a tenth smaller or larger.
    slant : float
        By how many pixels a row may be moved against the next one.
    move : float
        Pixels, in each direction.

    Raises
    ------
    ValueError, TypeError
        For images that are no batch, and for a size that is negative.

    Examples
    --------
    >>> image = np.eye(3)[None, None]
    >>> bool((warped(image, np.random.default_rng(0), turn=0, zoom=0, slant=0, move=0) == image).all())
    True
    """
    images = _images("warped", images)
    generator("warped", rng)
    sizes = {"turn": turn, "zoom": zoom, "slant": slant, "move": move}
    turn, zoom, slant, move = (number("warped", name, size, 0) for name, size in sizes.items())
    count = len(images)
    angle = np.deg2rad(rng.uniform(-turn, turn, count))
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]).transpose(2, 0, 1)
    slanted = np.tile(np.eye(2), (count, 1, 1))
    slanted[:, 1, 0] = rng.uniform(-slant, slant, count)
    stretched = 1 + rng.uniform(-zoom, zoom, (count, 1, 2))
    return _sampled(images, turned @ slanted * stretched, rng.uniform(-move, move, (count, 2)))


def _images(function, images):
    images = float_array(function, "images", images)
    check_rank(function, "images", images, (4,), "(N, C, H, W)")
    return images


def _sampled(images, matrices, moves):
    """Return what stands at ``matrix · place − move`` of each image, places counted from its middle."""
    count, _, height, width = images.shape
    middle = (np.array([height, width]) - 1) / 2
    places = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij"), -1) - middle
    at = np.einsum("nij,hwj->nhwi", matrices, places) - moves[:, None, None] + middle
    low = np.floor(at).astype(int)
    part = (at - low).astype(images.dtype)
    paper = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    out = np.zeros_like(images)
    which = np.arange(count)[:, None, None]
    for down in (0, 1):
        for right in (0, 1):
            row = np.clip(low[..., 0] + down + 1, 0, height + 1)
            column = np.clip(low[..., 1] + right + 1, 0, width + 1)
            weight = np.abs(1 - down - part[..., 0]) * np.abs(1 - right - part[..., 1])
            out += (weight[..., None] * paper[which, :, row, column]).transpose(0, 3, 1, 2)
    return out


def held_back(learn, x, y, *, seeds=6):
    """Return how well a recipe reads what was held back, each image held back by exactly one seed.

    Parameters
    ----------
    learn : function
        The recipe: takes images, labels and a seed, and returns a trained network.
    x, y : array_like
        All images to learn from, and their labels. No test image is among them.
    seeds : int
        Into as many parts the images are divided; seed ``k`` learns without part ``k`` and reads it.

    Returns
    -------
    numpy.ndarray, shape (seeds,)
        Shares from 0 to 1. Their mean rests on all images, so that chance counts for less than with one part.

    Raises
    ------
    ValueError
        For fewer than two parts, or more than there are images.
    """
    x, y = np.asarray(x), np.asarray(y)
    seeds = integer("held_back", "seeds", seeds, 2)
    if seeds > len(x):
        raise ValueError(f"held_back: seeds must be at most {len(x)}, the number of images, got {seeds}")
    parts = np.array_split(np.random.default_rng(0).permutation(len(x)), seeds)

    def on_one_part(seed):
        part = parts[seed]
        rest = np.delete(np.arange(len(x)), part)
        return accuracy(learn(x[rest], y[rest], seed), x[part], y[part])

    return over_seeds(on_one_part, seeds)
