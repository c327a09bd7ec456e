"""Looks into a network that reads digits: what a patch or a pixel did, marks, and units without labels."""

from functools import cache

import numpy as np

from cnnlab import ops
from cnnlab.data import digits
from cnnlab.nn.experiments.detectors import digit_network, train
from cnnlab.nn.fast import plan_for
from cnnlab.nn.layers import Dense, ReLU
from cnnlab.nn.losses import CrossEntropyLoss, MSELoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam
from cnnlab.nn.training import fit


@cache
def reader(seed, mark=None):
    """Return a network that reads single digits, trained on all training digits, 12 epochs.

    Parameters
    ----------
    seed : int
    mark : int, optional
        The digit whose training images are ``marked``.
    """
    x, y, _, _ = digits.split()
    if mark is not None:
        x = np.where((y == mark)[:, None, None, None], marked(x), x)
    return train(digit_network(seed), x, y, epochs=12)


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


def distance_to_nearest(images, known):
    """Return for each image the distance of its pixels from those of the nearest known image, shape (N,)."""
    near = nearness(np.reshape(known, (len(known), -1)).astype(float))
    return np.sqrt(-near(np.reshape(images, (len(images), -1)).astype(float)).max(axis=1).clip(max=0))


MAPS = {"occlusion": occlusion_map, "gradient": gradient_map, "gradient × input": product_map}


def maps_of(network, image, label):
    """Return each of ``MAPS``, and how far around its pixel each number reaches, for ``input_maps``."""
    return {name: (make(network, image, label), int(name == "occlusion")) for name, make in MAPS.items()}


def rows_of(image, label, **networks):
    """Return the maps of several networks by name, one row for each, for ``input_maps``."""
    return {name: maps_of(network, image, label) for name, network in networks.items()}


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
    loss, x = CrossEntropyLoss(), np.asarray(x, dtype=float)
    plan = plan_for(network, x.shape, input_gradient=True)
    loss.forward(plan.forward(x), y)
    return plan.backward(loss.backward())


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
    """Return a function of images: how near each is to each point, as minus the squared distance."""
    return lambda x: 2 * x @ points.T - (x**2).sum(axis=1)[:, None] - (points**2).sum(axis=1)


def autoencoder(x, count, seed, epochs=30):
    """Train a network to give back its input through ReLU units; return what gives their numbers."""
    rng = np.random.default_rng(seed)
    inside = Sequential(Dense(x.shape[1], count, rng=rng, dtype=float), ReLU())
    whole = Sequential(*inside, Dense(count, x.shape[1], rng=rng, dtype=float))
    fit(whole, x, x, loss=MSELoss(), optimizer=Adam(2e-3), epochs=epochs, batch_size=32, rng=rng)
    return inside.forward


ROUNDS = {
    64: 10,
    10: 100,
}  # epochs of autoencoders by their units, chosen of 10, 30 and 100 on training digits


def units_without_labels(x, count, seed):
    """Return four sets of ``count`` units that have seen no label, by name: functions of images (N, D)."""
    rng = np.random.default_rng(seed)
    drawn = x[rng.permutation(len(x))[:count]]
    chance = rng.normal(size=(x.shape[1], count))
    return {
        "k-means": nearness(k_means(x, drawn)),
        "autoencoder": autoencoder(x, count, seed, ROUNDS.get(count, 30)),
        "digits drawn": nearness(drawn),
        "random sums": lambda x: ops.relu(x @ chance),
    }


def best_units(unit, x, y, x_test, y_test):
    """Choose for each digit the unit of the largest AUC on ``x``; return their AUC on ``x_test``."""
    numbers, tested = unit(x), unit(x_test)
    found = []
    for digit in range(10):
        best = np.argmax([auc(each, y == digit) for each in numbers.T])
        found.append(auc(tested[:, best], y_test == digit))
    return np.array(found)


def largest_at_mark(network, images, label=8):
    """Return for each of ``MAPS`` the share of images whose number farthest from 0 is at the mark."""
    at_mark, touching = np.zeros((8, 8), bool), np.zeros((8, 8), bool)
    at_mark[6:, :2] = True
    touching[5:, :3] = True  # patches there cover a part of the mark
    where = {name: touching if name == "occlusion" else at_mark for name in MAPS}
    return np.array(
        [
            np.mean([where[name].flat[np.abs(make(network, image, label)).argmax()] for image in images])
            for name, make in MAPS.items()
        ]
    )


def control(seed, images, labels):
    """Compare the maps of a trained network with those of another one, of an untrained one, and with the ink.

    Returns
    -------
    numpy.ndarray, shape (maps, 2, 4)
        Likeness of: trained and trained again, trained and untrained, trained and ink, untrained and
        ink; once with signs, once of sizes alone.
    """
    networks = reader(seed), reader(seed + 1), digit_network(seed + 100)
    found = []
    for make in MAPS.values():
        mine, again, drawn = (
            [make(net, *pair) for pair in zip(images, labels, strict=True)] for net in networks
        )
        pairs = (mine, again), (mine, drawn), (mine, images), (drawn, images)
        found.append([[likeness(change(a), change(b)) for a, b in pairs] for change in (np.array, np.abs)])
    return np.array(found)


def share_named(network, images, label=8):
    """Return the share of images that a network names ``label``."""
    return np.mean(network.forward(np.asarray(images, dtype=float)).argmax(axis=1) == label)
