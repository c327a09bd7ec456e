"""Looks into a network that reads digits: what a patch or a pixel did, marks, and units without labels."""

import numpy as np

from cnnlab import ops
from cnnlab.nn.layers import Dense, ReLU
from cnnlab.nn.losses import CrossEntropyLoss, MSELoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam
from cnnlab.nn.training import fit


def occlusion_map(network, image, label, reach=1, paper=0.0):
    """Return by how much the score of ``label`` falls when the patch around each pixel is covered.

    Parameters
    ----------
    network : Sequential
    image : array_like, shape (1, H, W)
    label, reach : int
        Patches reach ``reach`` pixels from their middle; at the edge they are cut.
    paper : float
        What they are covered with.

    Returns
    -------
    numpy.ndarray, shape (H, W)
    """
    _, height, width = np.shape(image)
    covered = np.repeat(np.asarray(image, dtype=float)[None], height * width, axis=0)
    for k, (row, column) in enumerate(np.ndindex(height, width)):
        rows = slice(max(row - reach, 0), row + reach + 1)
        columns = slice(max(column - reach, 0), column + reach + 1)
        covered[k, 0, rows, columns] = paper
    score = network.forward(np.asarray(image, dtype=float)[None])[0, label]
    return (score - network.forward(covered)[:, label]).reshape(height, width)


def gradient_map(network, image, label):
    """Return the derivative of the score of ``label`` by each pixel, shape (H, W)."""
    scores = network.forward(np.asarray(image, dtype=float)[None])
    wanted = np.zeros(scores.shape)
    wanted[0, label] = 1
    return network.backward(wanted)[0, 0]


def product_map(network, image, label):
    """Return gradient × input, shape (H, W): the derivative by each pixel, times the pixel."""
    return gradient_map(network, image, label) * image[0]


MAPS = {"occlusion": occlusion_map, "gradient": gradient_map, "gradient × input": product_map}


def likeness(ones, others):
    """Return the mean correlation of maps, pair by pair: 1 means alike up to a factor and a constant."""
    return np.mean([np.corrcoef(np.ravel(a), np.ravel(b))[0, 1] for a, b in zip(ones, others, strict=True)])


def marked(images):
    """Return copies of images of 8 × 8 with a mark of 2 × 2 pixels of ink, bottom left."""
    images = np.array(images, dtype=float)
    images[..., 6:, :2] = 1
    return images


def loss_gradient(network, x, y):
    """Return the derivative of the loss by each pixel of each image, shape of ``x``."""
    loss = CrossEntropyLoss()
    loss.forward(network.forward(np.asarray(x, dtype=float)), y)
    return network.backward(loss.backward())


def auc(numbers, is_it):
    """Return the share of pairs (one of the class, one not) in which the one of the class gets more.

    Pairs that get the same count half. 1 is a perfect detector, 0.5 one that knows nothing.

    Examples
    --------
    >>> float(auc(np.array([0.9, 0.4, 0.6, 0.1]), np.array([True, True, False, False])))
    0.75
    """
    ours, others = numbers[is_it][:, None], np.sort(numbers[~is_it])
    below = np.searchsorted(others, ours, "left") + np.searchsorted(others, ours, "right")
    return below.mean() / (2 * len(others))


def k_means(x, points, rounds=15):
    """Move each of some points, again and again, to the mean of those of ``x`` that are nearest to it.

    Parameters
    ----------
    x : array_like, shape (N, D)
    points : array_like, shape (k, D)
        Where they begin.

    Returns
    -------
    numpy.ndarray, shape (k, D)

    Examples
    --------
    >>> k_means(np.array([[0.0], [1.0], [10.0]]), np.array([[0.0], [1.0]])).ravel()
    array([ 0.5, 10. ])
    """
    points = np.array(points, dtype=float)
    for _ in range(rounds):
        nearest = nearness(points)(x).argmax(axis=1)
        for k in range(len(points)):
            if (nearest == k).any():
                points[k] = x[nearest == k].mean(axis=0)
    return points


def nearness(points):
    """Return a function that tells how near each of some images is to each point: minus the squared distance."""
    return lambda x: 2 * x @ points.T - (x**2).sum(axis=1)[:, None] - (points**2).sum(axis=1)


def autoencoder(x, count, seed, epochs=30):
    """Train a network to give back its input through ``count`` ReLU units; return what gives their numbers."""
    rng = np.random.default_rng(seed)
    inside = Sequential(Dense(x.shape[1], count, rng=rng, dtype=float), ReLU())
    whole = Sequential(*inside, Dense(count, x.shape[1], rng=rng, dtype=float))
    fit(whole, x, x, loss=MSELoss(), optimizer=Adam(2e-3), epochs=epochs, batch_size=32, rng=rng)
    return inside.forward


def units_without_labels(x, count, seed):
    """Return four sets of ``count`` units that have seen no label, by name: functions of images (N, D)."""
    rng = np.random.default_rng(seed)
    drawn = x[rng.permutation(len(x))[:count]]
    chance = rng.normal(size=(x.shape[1], count))
    return {
        "k-means": nearness(k_means(x, drawn)),
        "autoencoder": autoencoder(x, count, seed),
        "digits drawn": nearness(drawn),
        "random sums": lambda x: ops.relu(x @ chance),
    }


def best_units(unit, x, y, x_test, y_test):
    """Choose for each digit the unit of the largest AUC on ``x``; return their AUC on ``x_test``, shape (10,)."""
    numbers, tested = unit(x), unit(x_test)
    found = []
    for digit in range(10):
        best = np.argmax([auc(each, y == digit) for each in numbers.T])
        found.append(auc(tested[:, best], y_test == digit))
    return np.array(found)
