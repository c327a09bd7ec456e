"""Images made by climbing: from noise uphill, along the derivative of a score by each pixel."""

from functools import cache

import numpy as np

from cnnlab.checks import generator, integer, number
from cnnlab.data import digits
from cnnlab.nn.experiments.detectors import digit_network
from cnnlab.nn.experiments.insides import distance_to_nearest, likeness, reader
from cnnlab.nn.experiments.readers import nearest
from cnnlab.nn.fast import plan_for

# How an image is kept smooth, and by how far it is shifted at random before each step.
WAYS = {"free": {}, "smooth": {"penalty": 0.3}, "shifted": {"shift": 1}}


def climb(network, rng, *, penalty=0.0, shift=0, steps=50, rate=0.1, classes=10, size=8):
    """Return for each class an image that was changed, step by step, to make its score large.

    In each step all pixels of an image move along the derivative of the score, scaled so that the largest
    moves by ``rate``, minus ``penalty`` times that of half the sum of squared differences of neighbors; they
    stay between 0 and 1. See Olah, Mordvintsev and Schubert (2017), doi:10.23915/distill.00007.

    Parameters
    ----------
    network : Sequential
        Takes images of shape (N, 1, size, size).
    rng : numpy.random.Generator
        Draws the noise to begin with, and the shifts.
    penalty : float
        At least 0; 0 leaves pixels free.
    shift : int
        Before each step all images are shifted by up to so many pixels, down and right, by chance; what
        leaves comes in again on the other side.
    steps : int
    rate : float
    classes, size : int

    Returns
    -------
    numpy.ndarray, shape (classes, 1, size, size)

    Raises
    ------
    TypeError, ValueError
        For an ``rng`` that is no generator, and for numbers below their least.
    """
    rng, penalty = generator("climb", rng), number("climb", "penalty", penalty, 0)
    shift, steps = integer("climb", "shift", shift, 0), integer("climb", "steps", steps, 0)
    images, wanted = rng.random((classes, 1, size, size)), np.eye(classes)
    plan = plan_for(network, images.shape, input_gradient=True)
    for _ in range(steps):
        way = rng.integers(-shift, shift + 1, 2)
        plan.forward(np.roll(images, way, axis=(2, 3)))
        uphill = np.roll(plan.backward(wanted), -way, axis=(2, 3))
        uphill = uphill / np.abs(uphill).max(axis=(1, 2, 3), keepdims=True).clip(min=1e-12)
        images = np.clip(images + rate * (uphill - penalty * roughness_gradient(images)), 0, 1)
    return images


def roughness_gradient(images):
    """Return the derivative of half the sum of squared differences of neighbors, by each pixel.

    Examples
    --------
    >>> roughness_gradient(np.array([[[[0.0, 1.0, 1.0]]]]))
    array([[[[-1.,  1.,  0.]]]])
    """
    gradient = np.zeros_like(images)
    for axis in (-2, -1):
        apart = np.diff(images, axis=axis)
        gradient -= np.diff(apart, axis=axis, prepend=0, append=0)
    return gradient


@cache
def made(seed, way, trained=True):
    """Return what a reader, or an untrained network, makes of noise in one of ``WAYS``; (10, 1, 8, 8)."""
    return climb(network_of(seed, trained), np.random.default_rng(seed), **WAYS[way])


def network_of(seed, trained):
    """Return a reader, or an untrained network of its shape."""
    return reader(seed) if trained else digit_network(seed + 100)


def judged(seed, way):
    """Return what is measured of the ten images that a network makes of noise.

    Returns
    -------
    dict of str to float
        Shares: "above all test digits" of the class, by its score; "itself", "another network", "nearest
        digit": named as meant by the network that they were made for, by a reader from the next seed, by
        the nearest training digit. "times as far": how far they lie from the nearest training digit, as a
        multiple of how far test digits do. "alike": mean correlation with the images of the network from the
        next seed. With "untrained, " in front: the same for an untrained network.
    """
    x, y, x_test, y_test = digits.split()
    scores, images, classes = reader(seed).forward(x_test.astype(float)), made(seed, way), np.arange(10)
    best = [scores[y_test == k, k].max() for k in classes]
    far, usual = (distance_to_nearest(each, x).mean() for each in (images, x_test))
    found = {
        "above all test digits": np.mean(np.diag(reader(seed).forward(images)) > best),
        "times as far": far / usual,
    }
    for word, trained in (("", True), ("untrained, ", False)):
        mine, other = made(seed, way, trained), made(seed + 1, way, trained)
        own = network_of(seed, trained).forward(mine).argmax(axis=1)
        again = reader(seed + 1).forward(mine).argmax(axis=1)
        for name, said in (
            ("itself", own),
            ("another network", again),
            ("nearest digit", nearest(x, y, mine)),
        ):
            found[word + name] = np.mean(said == classes)
        found[word + "alike"] = likeness(mine, other)
    return found
