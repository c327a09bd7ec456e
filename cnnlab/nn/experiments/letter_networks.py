"""Small networks that learn X and O: their letters, their training, and what they are compared with."""

import numpy as np

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.nn.layers import Dense
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam
from cnnlab.nn.training import accuracy, fit


def bent_and_thick(count, rng):
    """Return renditions of X and O, moved, bent, thick, up to four pixels turned, and their labels."""
    return letters.renditions(count, rng, flips=4)


def eight_turned(count, rng):
    """Return X and O moved by up to a pixel, with just eight pixels turned, and their labels."""
    images, labels = letters.renditions(count, rng, bend=0, thick=0, flips=0)
    for image in images.reshape(count, 81):
        image[rng.choice(81, size=8, replace=False)] *= -1
    return images, labels


def three_sets():
    """Return 200 letters to learn from, some 200 to choose by and some 2,000 for the test.

    What chance has drawn for the first as well is taken out of the second and the third.

    Returns
    -------
    tuple of (images, labels)
    """
    rng = np.random.default_rng(0)
    train, *others = (bent_and_thick(count, rng) for count in (200, 200, 2000))
    known = {image.tobytes() for image in train[0]}
    kept = []
    for images, labels in others:
        new = np.array([image.tobytes() not in known for image in images])
        kept.append((images[new], labels[new]))
    return train, *kept


def train_letters(network, data, rng, *, loss=None, optimizer=None, epochs=60):
    """Train with Adam at a rate of 0.01 and cross-entropy, unless told otherwise; return the network."""
    fit(
        network,
        *data,
        loss=loss or CrossEntropyLoss(),
        optimizer=optimizer or Adam(0.01),
        epochs=epochs,
        batch_size=20,
        rng=rng,
    )
    return network


def by_hand_set_filters(images):
    """Return what the network set by hand takes letters for: 0 for X, 1 for O."""
    return letters.votes(letters.twelve_numbers(images)).argmax(axis=1)


def by_pixels(images):
    """Return which of the printed X and O has more pixels in common with each image: 0 or 1."""
    same = [(images == each).sum(axis=(1, 2, 3)) for each in (letters.X, letters.O)]
    return np.argmax(same, axis=0)


def mistakes(said, labels):
    """Return which share of X is taken for O, and of O for X."""
    return np.mean(said[labels == 0] == 1), np.mean(said[labels == 1] == 0)


def best_match(filters):
    """Return, for each filter set by hand, the largest cosine with any of ``filters``, shape (N, 3, 3)."""

    def cosine(a, b):
        return (a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)

    return [max(cosine(mine, by_hand) for mine in filters) for by_hand in letters.FILTERS]


class SquaredShares:
    """Half the squared error of the shares that softmax gives; the mean over images."""

    def forward(self, scores, labels):
        """Return the loss of scores of shape (N, K) and labels of shape (N,)."""
        self.scores = scores
        self.difference = ops.softmax(scores) - np.eye(scores.shape[1])[labels]
        return 0.5 * (self.difference**2).sum(axis=1).mean()

    def backward(self):
        """Return the gradient in the scores."""
        return ops.softmax_backward(self.difference / len(self.difference), self.scores)


def same_sign(bend, seed):
    """Train 2 → 16 → 16 → 2 to tell whether two numbers have the same sign; return the share that is right.

    Parameters
    ----------
    bend : type or None
        Such as ``ReLU``: the activation after each of the first two layers.
    seed : int
    """
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, size=(2400, 2))
    labels = (points[:, 0] * points[:, 1] < 0).astype(int)
    layers = [Dense(*sizes, rng=rng, dtype=float) for sizes in ((2, 16), (16, 16), (16, 2))]
    if bend:
        layers[1:1], layers[-1:-1] = [bend()], [bend()]
    network = Sequential(*layers)
    train_letters(network, (points[:400], labels[:400]), rng, epochs=80)
    return accuracy(network, points[400:], labels[400:])
