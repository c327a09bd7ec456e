"""Color patches: how they are prepared, what reads them, and what a comparison of readers needs.

Images are those of ``cnnlab.data.patches``: shape (N, 3, size, size), from 0 to 1.
"""

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.data import patches
from cnnlab.data.photos import BRIGHTNESS
from cnnlab.nn.experiments.illnesses import MATERIALS, small_cnn, small_patches
from cnnlab.nn.experiments.seeds import over_seeds
from cnnlab.nn.layers import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Dense, Flatten, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam, CosineAnnealingLR
from cnnlab.nn.training import fit, predict

BINS, HISTOGRAM_RATE, HISTOGRAM_EPOCHS = 8, 1e-2, 10  # chosen on the validation patches, as the network's
RATE, EPOCHS, BATCH = 1e-2, 5, 64
FILTERS = (12, 24)


# --- Preparing ----------------------------------------------------------------------------------------------


def channel_stats(images):
    """Return mean and standard deviation of each channel, two arrays of shape (3, 1, 1).

    Examples
    --------
    >>> mean, std = channel_stats(np.array([[[[0.0, 1.0]], [[0.5, 0.5]], [[0.2, 0.4]]]]))
    >>> mean.ravel(), std.ravel()
    (array([0.5, 0.5, 0.3]), array([0.5, 0. , 0.1]))
    """
    images = np.asarray(images)
    return tuple(stat(axis=(0, 2, 3))[:, None, None] for stat in (images.mean, images.std))


def standardized(images, stats):
    """Return images with a mean taken off each channel, and divided by a standard deviation."""
    mean, std = stats
    return ((images - mean) / std).astype(np.float32)


def grays(images):
    """Return images without their colors: all three channels hold how bright a pixel is."""
    bright = np.einsum("c,nchw->nhw", np.array(BRIGHTNESS, dtype=np.float32), images)
    return np.repeat(bright[:, None], 3, axis=1)


def flipped(images, rng):
    """Return copies of images, each turned over at random: left to right, top to bottom, rows to columns.

    Materials have no upright. For digits this would be wrong.
    """
    images = images.copy()
    for turn in (
        lambda x: x[:, :, :, ::-1],
        lambda x: x[:, :, ::-1],
        lambda x: x.swapaxes(2, 3),
    ):
        chosen = rng.random(len(images)) < 0.5
        images[chosen] = turn(images[chosen])
    return images


def relit(images, rng, *, brightness=0.3, balance=0.2):
    """Return images in other light: all channels of one multiplied by a number, and each by another one.

    Parameters
    ----------
    images : numpy.ndarray, shape (N, 3, H, W)
    rng : numpy.random.Generator
    brightness, balance : float
        The numbers are drawn evenly from 1 − brightness to 1 + brightness, and likewise for each channel.
        What is brighter than 1 becomes 1, as in a camera.
    """
    count = len(images)
    all_channels = rng.uniform(1 - brightness, 1 + brightness, (count, 1, 1, 1))
    each_channel = rng.uniform(1 - balance, 1 + balance, (count, 3, 1, 1))
    return np.clip(images * (all_channels * each_channel), 0, 1).astype(np.float32)


def nothing(images, rng):
    """Return images as they are: no augmentation."""
    return images


# --- Readers ------------------------------------------------------------------------------------------------


def new_network(seed):
    """Return a CNN for color patches: two convolutions with batch norm, the mean of each map, a vote."""
    first, second = FILTERS
    rng = np.random.default_rng(seed)
    return Sequential(
        Conv2d(3, first, 5, stride=2, padding=2, rng=rng),
        BatchNorm2d(first),
        ReLU(),
        Conv2d(first, second, 3, padding=1, rng=rng),
        BatchNorm2d(second),
        ReLU(),
        AdaptiveAvgPool2d(1),
        Flatten(),
        Dense(second, len(patches.NAMES), rng=rng),
    )


def train(x, y, seed=0, *, rate=RATE, epochs=EPOCHS, augment=flipped, stats=None, weight=None, network=None):
    """Train a CNN on color patches, and return a function that reads patches.

    Parameters
    ----------
    x, y : numpy.ndarray
        Patches from 0 to 1, and their labels.
    seed : int
        Of the start, the order and the augmentation.
    rate : float
        Adam's learning rate at first; it falls to 0 along a cosine.
    epochs : int
    augment : function
        Of images and a generator: what is learned from in each epoch.
    stats : (mean, std), optional
        What patches are standardized by; those of ``x`` unless given. ``(0, 1)`` leaves them as they are.
    weight : array_like, optional
        As in ``CrossEntropyLoss``.
    network : Sequential, optional
        What learns; ``new_network(seed)`` unless given.

    Returns
    -------
    Reader
    """
    epochs = integer("train", "epochs", epochs, 1)
    stats = channel_stats(x) if stats is None else stats
    network, rng = network or new_network(seed), np.random.default_rng(seed)
    optimizer = Adam(CosineAnnealingLR(rate, epochs * -(-len(x) // BATCH)))
    losses = []
    for _ in range(epochs):
        told = fit(
            network,
            standardized(augment(x, rng), stats),
            y,
            loss=CrossEntropyLoss(weight),
            optimizer=optimizer,
            epochs=1,
            batch_size=BATCH,
            rng=rng,
        )
        losses += told.loss
    return Reader(network, lambda images: standardized(images, stats), losses)


class Reader:
    """A network, with what has to be done to images before it reads them.

    Attributes
    ----------
    network : Sequential
    prepare : function
    losses : list of float
        The mean loss of each epoch.
    """

    def __init__(self, network, prepare, losses=()):
        self.network = network
        self.prepare = prepare
        self.losses = list(losses)

    def shares(self, images):
        """Return how sure it is of each class, shape (N, classes): softmax of its scores."""
        return ops.softmax(predict(self.network, self.prepare(images)))

    def right(self, images, labels):
        """Return the share of images, 0 to 1, that it reads right."""
        return float((self.shares(images).argmax(axis=1) == labels).mean())


def color_histogram(images, bins=BINS):
    """Return how often each color occurs in each image, whatever its place: shape (N, bins³).

    Red, green and blue are cut into ``bins`` steps each. Returned is the root of each share, so that rare
    colors count, too (the Hellinger kernel of Arandjelović and Zisserman, "Three things everyone should know
    to improve object retrieval", 2012).

    Examples
    --------
    >>> color_histogram(np.zeros((1, 3, 4, 4)), bins=2)
    array([[1., 0., 0., 0., 0., 0., 0., 0.]], dtype=float32)
    """
    step = np.minimum((images * bins).astype(int), bins - 1)
    color = ((step[:, 0] * bins + step[:, 1]) * bins + step[:, 2]).reshape(len(images), -1)
    counts = np.zeros((len(images), bins**3), dtype=np.float32)
    np.add.at(counts, (np.arange(len(images))[:, None], color), 1 / color.shape[1])
    return np.sqrt(counts)


def train_histogram(x, y, seed=0, *, bins=BINS, rate=HISTOGRAM_RATE, epochs=HISTOGRAM_EPOCHS):
    """Train one dense layer on color histograms, and return a ``Reader`` (logistic regression)."""

    def prepare(images):
        return 4 * color_histogram(images, bins)  # 4 brings the numbers near 1, where the rates are usual

    network = Sequential(Dense(bins**3, len(patches.NAMES), rng=np.random.default_rng(seed)))
    told = fit(
        network,
        prepare(x),
        y,
        loss=CrossEntropyLoss(),
        optimizer=Adam(rate),
        epochs=epochs,
        batch_size=BATCH,
        rng=np.random.default_rng(seed),
    )
    return Reader(network, prepare, told.loss)


def nearest(x_train, y_train, images, shrink=1):
    """Return the label of the nearest training patch for each image, by the squared distance of their pixels.

    Parameters
    ----------
    shrink : int
        Patches are made smaller by it first, by means of ``shrink`` × ``shrink`` pixels.
    """

    def rows(x):
        count, channels, height, width = x.shape
        blocks = x.reshape(count, channels, height // shrink, shrink, width // shrink, shrink)
        return blocks.mean(axis=(3, 5)).reshape(count, -1)

    known = rows(x_train)
    distance = (known**2).sum(axis=1) - 2 * rows(images) @ known.T
    return y_train[distance.argmin(axis=1)]


def both(one, other, images):
    """Return the shares of two readers, multiplied and brought to a sum of 1: shape (N, classes)."""
    product = (one.shares(images) + 1e-9) * (other.shares(images) + 1e-9)
    return product / product.sum(axis=1, keepdims=True)


# --- Small experiments, on 480 patches of six materials, with a network without batch norm ------------------


def by_rate(rates, stats=None, seeds=6, epochs=6):
    """Return how many validation patches are right after short trainings: shape (rates, seeds).

    Parameters
    ----------
    rates : sequence of float
    stats : (mean, std), optional
        As in ``train``: ``(0, 1)`` leaves images as they are.
    seeds, epochs : int
    """
    (x, y), check = small_patches()

    def run(rate):
        def one(seed):
            options = {"epochs": epochs, "augment": nothing, "stats": stats, "network": small_cnn(seed)}
            return train(x, y, seed, rate=rate, **options).right(*check)

        return over_seeds(one, seeds)

    return np.array([run(rate) for rate in rates])


RARE = "leaves"


def with_a_rare_class(weigh, seeds=6, keep=8):
    """Return what becomes of a class of which few patches are left to learn from: shape (seeds, 3).

    Parameters
    ----------
    weigh : bool
        Whether each class gets a weight that makes up for its number.
    seeds : int
    keep : int
        How many of the 80 patches of ``RARE`` are left.

    Returns
    -------
    numpy.ndarray
        For each seed the share of validation patches of ``RARE`` that are right, of the others, and of all.
    """
    (x, y), (x_check, y_check) = small_patches()
    rare = MATERIALS.index(RARE)
    kept = np.concatenate([np.flatnonzero(y != rare), np.flatnonzero(y == rare)[:keep]])
    counts = np.bincount(y[kept])
    weight = len(kept) / (len(counts) * counts) if weigh else None

    def one(seed):
        options = {"rate": 1e-2, "epochs": 10, "network": small_cnn(seed), "weight": weight}
        said = train(x[kept], y[kept], seed, **options).shares(x_check).argmax(axis=1)
        right = said == y_check
        return right[y_check == rare].mean(), right[y_check != rare].mean(), right.mean()

    return over_seeds(one, seeds)


# --- Looking inside -----------------------------------------------------------------------------------------


def without_tint(weight):
    """Return filters without what is the same at all their places: each channel's mean taken off.

    Examples
    --------
    >>> without_tint(np.array([[[[1.0, 3.0]]]]))
    array([[[[-1.,  1.]]]])
    """
    return weight - weight.mean(axis=(2, 3), keepdims=True)


def smoothness(weight):
    """Return how alike neighbors in filters are, across, over all filters and channels: from −1 to 1.

    About 0 where each number is drawn for itself, 1 where all neighbors are equal.

    Examples
    --------
    >>> round(smoothness(np.ones((1, 1, 2, 3))), 6)
    1.0
    """
    left, right = weight[..., :-1].ravel(), weight[..., 1:].ravel()
    return float((left * right).sum() / np.sqrt((left**2).sum() * (right**2).sum()))


def colorfulness(weight):
    """Return which part of filters is color: their squares after the mean of the three channels is taken off.

    0 where all channels are equal; two thirds on average where each number is drawn for itself.

    Examples
    --------
    >>> colorfulness(np.ones((1, 3, 2, 2)))
    0.0
    """
    color = weight - weight.mean(axis=1, keepdims=True)
    return float((color**2).sum() / (weight**2).sum())


def as_pictures(weight):
    """Return filters as color pictures, from 0 to 1, shape (filters, rows, columns, 3): 0 is middle gray."""
    largest = np.abs(weight).max(axis=(1, 2, 3), keepdims=True)
    return (0.5 + weight / (2 * largest)).transpose(0, 2, 3, 1)
