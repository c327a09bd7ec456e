"""Eight trainings that went wrong, each for one reason, and what their loss curves look like.

All train the same small network on 480 color patches of six materials for 16 epochs; one thing is changed in
each. The curves are kept in ``illnesses.json``, so that everybody sees the same ones: ``python -m
cnnlab.nn.experiments.illnesses`` trains anew and writes them, in a few seconds.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from cnnlab.data import patches
from cnnlab.nn.layers import Conv2d, Dense, Flatten, MaxPool2d, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import SGD
from cnnlab.nn.training import predict, train_step

FILE = Path(__file__).with_name("illnesses.json")
MATERIALS = ("wood", "brick", "gravel", "petals", "leaves", "stars")
COUNT, CHECKED = 80, 60  # patches of each, to learn from and to validate on
EPOCHS, BATCH = 16, 32
RATE = 0.005  # of SGD with momentum 0.9; one training each with 0.002 to 0.02 read 0.7 to 0.8, with 0.05 less
CAUSES = {
    "the learning rate is far too high": "The loss jumps at once, and stays at that of guessing: "
    "each step overshoots.",
    "the learning rate is far too low": "Both curves go the right way, side by side, and hardly move.",
    "the images come sorted by class": "Both curves swing and come down late: each batch holds one class, "
    "and undoes what the others have taught.",
    "the labels are shuffled": "There is nothing to learn but each image by heart: the loss falls "
    "slowly, and validation stays worse than guessing.",
    "there are too few images, seen too often": "The training loss goes to 0. Validation falls at first, and "
    "then rises: it has learned these images by heart.",
    "nearly all ReLUs are dead from the start": "Nothing moves, and the loss stands at that of guessing: no "
    "gradient comes through a ReLU that is always 0.",
    "validation images are prepared otherwise": "The training curve is healthy. Validation is bad from the "
    "first epoch on, and does not follow it.",
    "validation images overlap with training images": "Both curves are beautiful and stay together: too good "
    "to be true. Only other regions show it.",
}
HEALTHY = "nothing is wrong"


@dataclass(frozen=True)
class Curves:
    """The loss on images to learn from and on images to validate with, at the start and after each epoch.

    Attributes
    ----------
    train, validation : numpy.ndarray, shape (17,)
    right : float
        Share of the validation images that are right in the end.
    """

    train: np.ndarray
    validation: np.ndarray
    right: float


def small_cnn(seed=0):
    """Return the network that falls ill: two convolutions with pooling for 16 × 16 pixels in color."""
    options = {"rng": np.random.default_rng(seed)}
    return Sequential(
        Conv2d(3, 8, 5, stride=2, padding=2, **options),
        ReLU(),
        MaxPool2d(2),
        Conv2d(8, 16, 3, padding=1, **options),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Dense(64, len(MATERIALS), **options),
    )


def train(cause):
    """Train with one thing changed, and return what came of it.

    Parameters
    ----------
    cause : str
        One of ``CAUSES``, or ``HEALTHY``.

    Returns
    -------
    Curves

    Raises
    ------
    ValueError
        For another cause.
    """
    causes = list(CAUSES)
    if cause not in (*causes, HEALTHY):
        raise ValueError(f"train: cause must be one of {(*causes, HEALTHY)}, got {cause!r}")
    number = causes.index(cause) if cause in causes else None
    (x, y), (x_check, y_check) = small_patches(leak=number == 7)
    rng, network, rate = np.random.default_rng(0), small_cnn(), RATE
    if number == 0:
        rate = 200 * RATE
    elif number == 1:
        rate = RATE / 1000
    elif number == 2:
        order = np.argsort(y, kind="stable")
        x, y = x[order], y[order]
    elif number == 3:
        y = rng.permutation(y)
    elif number == 4:
        few = np.concatenate([np.flatnonzero(y == label)[:5] for label in range(len(MATERIALS))])
        x, y = x[few], y[few]
    elif number == 5:
        network[0].bias = np.full(8, -30.0)
    mean, std = x.mean((0, 2, 3), keepdims=True), x.std((0, 2, 3), keepdims=True)
    x = (x - mean) / std
    x_check = x_check if number == 6 else (x_check - mean) / std
    optimizer, loss = SGD(rate, momentum=0.9), CrossEntropyLoss()
    curves = [_losses(network, x, y, x_check, y_check)]
    for _ in range(EPOCHS):
        order = np.arange(len(x)) if number == 2 else rng.permutation(len(x))
        # As many steps in each epoch for all, so that curves can be compared.
        order = np.resize(order, COUNT * len(MATERIALS))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            try:
                train_step(network, loss, optimizer, x[batch], y[batch])
            except FloatingPointError:  # it can only be the rate; what it did until then is shown
                break
        curves.append(_losses(network, x, y, x_check, y_check))
    right = (predict(network, x_check).argmax(axis=1) == y_check).mean()
    return Curves(*np.array(curves).T, float(right))


def _losses(network, x, y, x_check, y_check):
    loss = CrossEntropyLoss()
    with np.errstate(over="ignore", invalid="ignore"):
        return [
            loss.forward(predict(network, images), labels) for images, labels in ((x, y), (x_check, y_check))
        ]


@cache
def small_patches(leak=False):
    """Return patches of ``MATERIALS`` to learn from and to validate with, each as (images, labels).

    Those to validate with are of other regions; with a leak, of the same ones.
    """
    found = []
    for (x, y), count in zip(patches.split(16, leak=leak)[:2], (COUNT, CHECKED), strict=True):
        labels = [patches.NAMES.index(name) for name in MATERIALS]
        chosen = np.concatenate([np.flatnonzero(y == label)[:count] for label in labels])
        found.append((x[chosen], np.repeat(np.arange(len(labels)), count)))
    return found


@cache
def curves(cause):
    """Return the kept curves of ``train(cause)``.

    Examples
    --------
    >>> curves("nothing is wrong").train.shape
    (17,)
    """
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    if cause not in kept:
        raise ValueError(f"curves: cause must be one of {tuple(kept)}, got {cause!r}")
    return Curves(np.array(kept[cause]["train"]), np.array(kept[cause]["validation"]), kept[cause]["right"])


def write():
    """Train all of them, and keep their curves to three digits."""
    kept = {}
    for cause in (*CAUSES, HEALTHY):
        told = train(cause)
        train_loss, check_loss = (
            [float(f"{each:.3g}") for each in one] for one in (told.train, told.validation)
        )
        kept[cause] = {"train": train_loss, "validation": check_loss, "right": round(told.right, 2)}
    FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
