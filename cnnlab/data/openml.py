"""Three larger sets of labeled images, fetched from openml.org: MNIST, Fashion-MNIST and CIFAR-10.

The first two have 60,000 images to learn from and 10,000 to test on, of 28×28 gray pixels; CIFAR-10 has
50,000 and 10,000, of 32×32 pixels in color. All have ten classes. scikit-learn's ``fetch_openml`` fetches
them once and keeps the files. What came is checked before it is used.
"""

import hashlib
import math
import warnings
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError

import numpy as np


@dataclass(frozen=True)
class Source:
    """Where a set of images lies, and what must come from there."""

    number: int  # of the data set at openml.org
    names: tuple  # of the classes
    train: int  # how many images, the first ones, are for learning
    test: int  # how many, those after them, are for testing
    ink: tuple | None = None  # the sum of all pixels of either part, as published means say
    each: int | None = None  # how many images of each class there are in all, if that is known
    shape: tuple = (1, 28, 28)  # of an image; a file's rows go through the channels one after the other


SOURCES = {
    # Y. LeCun, C. Cortes, C. Burges: handwritten digits, 1998.
    "MNIST": Source(554, tuple("0123456789"), 60_000, 10_000, (1_567_298_545, 264_923_200)),
    # H. Xiao, K. Rasul, R. Vollgraf: photographs of clothes, arXiv:1708.07747, 2017.
    "Fashion-MNIST": Source(
        40996,
        ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
        60_000,
        10_000,
        (3_431_114_169, 573_469_075),
    ),
    # A. Krizhevsky: Learning multiple layers of features from tiny images, 2009. Means of all its pixels are
    # published in too few digits to give their sum; what is checked are its counts.
    "CIFAR-10": Source(
        40927,
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        50_000,
        10_000,
        each=6_000,
        shape=(3, 32, 32),
    ),
}
OFFLINE = (
    "{name} could not be fetched from openml.org ({reason}). Without a network, use the digits that are "
    "here already: cnnlab.data.digits.split() returns the same four arrays of images of 8×8 pixels; "
    "cnnlab.data.photos.patches() has small photographs in color."
)


def split(name, folder=None):
    """Return one of ``SOURCES``: images and labels to learn from, and others to test on.

    The first call fetches some 15 to 30 MB and takes a minute or two; later ones take a second. CIFAR-10 has
    more than three times as many numbers: expect some 650 MB, ten minutes, and more than 5 GB of memory while
    scikit-learn reads them, once (reckoned from MNIST, not measured).

    Parameters
    ----------
    name : "MNIST", "Fashion-MNIST" or "CIFAR-10"
    folder : str or path, optional
        Where the files are kept; scikit-learn's ``get_data_home()`` unless given.

    Returns
    -------
    x_train, y_train, x_test, y_test : numpy.ndarray
        As ``digits.split``: images of float32, shape (N, 1, 28, 28), from 0 to 1; labels of int, 0 to 9.
        Those of CIFAR-10 have shape (N, 3, 32, 32). openml.org gives its 60,000 images in one list; the last
        10,000 are what is tested on here.

    Raises
    ------
    ValueError
        For a name that is not in ``SOURCES``.
    ConnectionError
        If there is no network; it says what to use instead.
    OSError
        If what came is not what was expected; it is not kept.
    """
    if name not in SOURCES:
        raise ValueError(f"split: name must be one of {tuple(SOURCES)}, got {name!r}")
    source = SOURCES[name]
    from sklearn.datasets import get_data_home

    kept = Path(get_data_home(folder)) / "cnnlab" / f"{name}.npz"
    arrays = _read(kept) or _fetch(name, source, folder)
    _check(name, source, *arrays)
    if not kept.exists():
        _keep(kept, *arrays)
    images, labels = arrays
    x = (images.reshape(-1, *source.shape) / np.float32(255)).astype(np.float32)
    y = labels.astype(int)
    return x[: source.train], y[: source.train], x[source.train :], y[source.train :]


def _fetch(name, source, folder):
    """Return images of uint8, shape (N, pixels), and labels of uint8, as openml.org has them."""
    from sklearn.datasets import fetch_openml

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its retries, which the message below tells enough about
            found = fetch_openml(data_id=source.number, data_home=folder, as_frame=False, parser="liac-arff")
    except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
        raise ConnectionError(OFFLINE.format(name=name, reason=error)) from None
    except ValueError as error:  # scikit-learn compares the file with the checksum at openml.org
        raise OSError(f"What openml.org sent for {name} is damaged: {error}") from None
    images, labels = np.asarray(found.data), np.asarray(found.target)
    if images.ndim != 2 or not np.isin(images, np.arange(256)).all():
        raise OSError(f"What openml.org sent for {name} is not made of whole numbers from 0 to 255.")
    return images.astype(np.uint8), labels.astype(int).astype(np.uint8)


def _check(name, source, images, labels):
    """Compare what came with what was published about it, or say what differs."""
    parts = images[: source.train], images[source.train :]
    checks = [
        ("images and pixels", (source.train + source.test, math.prod(source.shape)), images.shape),
        ("labels", (source.train + source.test,), labels.shape),
        ("classes", list(range(len(source.names))), np.unique(labels).tolist()),
    ]
    if source.ink is not None:
        ink = tuple(int(part.sum(dtype=np.int64)) for part in parts)
        checks.append(("sums of all pixels", source.ink, ink))
    if source.each is not None:
        expected = [source.each] * len(source.names)
        checks.append(("images of each class", expected, np.bincount(labels).tolist()))
    for what, expected, came in checks:
        if came != expected:
            raise OSError(
                f"{name} is not what it should be: {what} {expected} expected, got {came}. To fetch it "
                "again, delete the folder openml in scikit-learn's get_data_home()."
            )


def _keep(path, images, labels):
    """Write the arrays: read in 0.7 seconds, where fetch_openml needs 46 and 1.6 GB for its own copy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        np.savez_compressed(file, images=images, labels=labels, sha256=_digest(images, labels))
    unfinished.replace(path)  # at once: nobody ever reads half a file


def _read(path):
    """Return the arrays that were kept, or None if there are none, or not whole."""
    try:
        with path.open("rb") as file, np.load(file) as kept:
            images, labels, digest = (kept[part] for part in ("images", "labels", "sha256"))
    except Exception:  # whatever is wrong with the file: it can be fetched again
        path.unlink(missing_ok=True)
        return None
    if str(digest) != _digest(images, labels):
        path.unlink()
        return None
    return images, labels


def _digest(images, labels):
    return hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
