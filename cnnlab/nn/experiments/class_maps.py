"""Grad-CAM: the maps of a convolution, weighted by what they do for a class; and tests of it."""

from functools import cache

import numpy as np

from cnnlab import ops
from cnnlab.checks import check_rank, float_array
from cnnlab.data import digits
from cnnlab.nn.experiments.detectors import CHANNELS, two_convolutions
from cnnlab.nn.experiments.insides import likeness, marked, reader
from cnnlab.nn.experiments.readers import train
from cnnlab.nn.layers import AdaptiveAvgPool2d, Dense, Flatten
from cnnlab.nn.network import Sequential

LAST = 3  # network[LAST] gives the last maps, 4 × 4 cells, of readers and of averaging networks
SEES_MARK = np.zeros((4, 4), bool)  # a cell sees 5 × 5 pixels
SEES_MARK[2:, :2] = True


def grad_cam(network, images, labels, layer=LAST, by_cell=False):
    """Return Grad-CAM's map of each image: ReLU of the sum of a layer's maps, each times its mean derivative.

    The formula is that of Selvaraju et al. (2017, arXiv:1610.02391), equations 1 and 2.

    Parameters
    ----------
    network : Sequential
    images : array_like, shape (N, C, H, W)
    labels : array_like of int, shape (N,)
        Of which class the score is asked, for each image.
    layer : int
        ``network[layer]`` gives the maps, usually behind the last convolution and its bend.
    by_cell : bool
        Whether each cell is multiplied by its own derivative in place of the mean, as in HiResCAM: Draelos
        and Carin (2020, arXiv:2011.08891).

    Returns
    -------
    numpy.ndarray, shape (N, rows, columns)
        As large as the maps.

    Raises
    ------
    ValueError
        For images or maps of another rank.

    Examples
    --------
    >>> from cnnlab.nn.layers import ReLU
    >>> network = Sequential(ReLU(), Flatten(), Dense(2, 1, weight=[[3.0, 1.0]]))
    >>> grad_cam(network, [[[[1.0, 5.0]]]], [0], layer=0)
    array([[[ 2., 10.]]])
    >>> grad_cam(network, [[[[1.0, 5.0]]]], [0], layer=0, by_cell=True)
    array([[[3., 5.]]])
    """
    images = float_array("grad_cam", "images", images)
    check_rank("grad_cam", "images", images, (4,), "(N, C, H, W)")
    maps = network[: layer + 1].forward(images)
    check_rank("grad_cam", f"the result of network[{layer}]", maps, (4,), "(N, C, H, W)")
    rest = network[layer + 1 :]
    wanted = np.zeros_like(rest.forward(maps))
    wanted[np.arange(len(images)), labels] = 1
    weights = rest.backward(wanted)
    if not by_cell:
        weights = weights.mean(axis=(2, 3), keepdims=True)
    return ops.relu((weights * maps).sum(axis=1))


def averaging_network(seed):
    """Return an untrained network as ``detectors.digit_network``, but with the mean of each last map.

    Its last layer votes by 24 means, not by 24 · 16 cells: where a channel answers does not matter to it.

    Examples
    --------
    >>> averaging_network(0).output_shape((1, 8, 8))
    (10,)
    """
    rng = np.random.default_rng(seed)
    layers = *two_convolutions(rng), AdaptiveAvgPool2d(1), Flatten()
    return Sequential(*layers, Dense(CHANNELS[-1], 10, rng=rng, dtype=float))


@cache
def averaging_reader(seed, mark=None):
    """Return ``averaging_network``, trained on all training digits, 20 epochs.

    The rate was the best of 0.01, 0.02 and 0.03 on digits held back (0.96 right, six seeds).

    Parameters
    ----------
    seed : int
    mark : int, optional
        The digit whose training images are ``marked``.
    """
    x, y, _, _ = digits.split()
    if mark is not None:
        x = np.where((y == mark)[:, None, None, None], marked(x), x)
    return train(averaging_network(seed), x, y, seed, rate=0.03)


ENDS = {"averaging": averaging_reader, "one weight for each cell": reader}


def at_mark(make, seed, mark, images, label=8, by_cell=False):
    """Return how many maps for ``label`` are largest at a cell that sees the mark, and how many are empty.

    Parameters
    ----------
    make : function
        One of ``ENDS``.
    seed : int
    mark : int or None
        As the function takes them.
    images : array_like, shape (N, 1, 8, 8)
        Marked ones. A map that is 0 everywhere does not point at the mark.
    label : int
    by_cell : bool
        As ``grad_cam`` takes it.
    """
    maps = grad_cam(make(seed, mark), images, np.full(len(images), label), by_cell=by_cell)
    is_empty = maps.max(axis=(1, 2)) == 0
    largest = SEES_MARK.flat[maps.reshape(len(maps), -1).argmax(axis=1)]
    return np.mean(largest & ~is_empty), np.mean(is_empty)


def controlled(seed, images, labels):
    """Compare maps of an averaging reader with those of another, of an untrained one, and for another class.

    Returns
    -------
    numpy.ndarray, shape (3,)
        Mean correlation with the maps: of a reader from the next seed; of an untrained network; of the same
        reader for the class with the second highest score. Pairs with a map that is the same everywhere are
        left out: they have none.
    """
    network = averaging_reader(seed)
    order = network.forward(np.asarray(images, dtype=float)).argsort(axis=1)
    second = np.where(order[:, -1] == labels, order[:, -2], order[:, -1])
    mine = grad_cam(network, images, labels)
    others = (
        grad_cam(averaging_reader(seed + 1), images, labels),
        grad_cam(averaging_network(seed + 100), images, labels),
        grad_cam(network, images, second),
    )
    return np.array([_alike(mine, each) for each in others])


def _alike(ones, others):
    varied = (np.ptp(ones, axis=(1, 2)) > 0) & (np.ptp(others, axis=(1, 2)) > 0)
    return likeness(ones[varied], others[varied])
