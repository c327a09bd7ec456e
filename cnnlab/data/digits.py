"""Real handwritten digits: 1,797 scans on 8×8 pixels, with their labels.

They come with scikit-learn, so nothing is fetched. 13 people wrote them for E. Alpaydin and C. Kaynak (1998,
"Optical Recognition of Handwritten Digits", UCI Machine Learning Repository): each digit was brought to one
size, scanned to 32×32 black or white pixels, and each block of 4×4 counted: from 0 (paper) to 16 (ink).
"""

from functools import cache

import numpy as np

from cnnlab.checks import integer

NAMES = tuple("0123456789")
SIZE = 8
TEST = 500  # digits that nobody trains on
HELD_BACK = 300  # of the digits to learn from, those by which rates and thresholds are chosen


@cache
def load():
    """Return all digits and their labels, in the order of the source.

    Returns
    -------
    images : numpy.ndarray of float32, shape (1797, 1, 8, 8)
        Sixteenths from 0 (paper) to 1 (ink). Read-only; ``.copy()`` gives an array to change.
    labels : numpy.ndarray of int, shape (1797,)
        0 to 9. Read-only.

    Examples
    --------
    >>> images, labels = load()
    >>> images.shape, labels[:5]
    ((1797, 1, 8, 8), array([0, 1, 2, 3, 4]))
    """
    from sklearn.datasets import load_digits  # loaded only where it is needed: it takes its time

    counts, labels = load_digits(return_X_y=True)
    return (
        _read_only((counts / 16).astype(np.float32).reshape(-1, 1, SIZE, SIZE)),
        _read_only(labels.astype(int)),
    )


@cache
def split():
    """Return 1,297 digits to learn from and 500 to test on, always the same ones.

    The split is stratified: each digit has the same share in both parts.

    Returns
    -------
    x_train, y_train, x_test, y_test : numpy.ndarray
        Images and labels as ``load`` returns them. Read-only.

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = split()
    >>> x_train.shape, x_test.shape
    ((1297, 1, 8, 8), (500, 1, 8, 8))
    """
    from sklearn.model_selection import train_test_split

    images, labels = load()
    train, test = train_test_split(np.arange(len(labels)), test_size=TEST, stratify=labels, random_state=0)
    return tuple(_read_only(part) for part in (images[train], labels[train], images[test], labels[test]))


def split_three():
    """Return the digits to learn from, some held back to choose by, and the test digits.

    Returns
    -------
    tuple of (images, labels)
        997, 300 and 500 of them: those of ``split``, the last ``HELD_BACK`` to learn from held back.

    Examples
    --------
    >>> [len(labels) for images, labels in split_three()]
    [997, 300, 500]
    """
    x, y, x_test, y_test = split()
    return (x[:-HELD_BACK], y[:-HELD_BACK]), (x[-HELD_BACK:], y[-HELD_BACK:]), (x_test, y_test)


def moved(image, down, right):
    """Return ``image`` moved by whole pixels; what leaves the sheet is lost, and paper comes in.

    Parameters
    ----------
    image : array_like, shape (..., rows, columns)
        Paper is 0. Many images can be moved at once.
    down, right : int
        Negative ones move up and left.

    Examples
    --------
    >>> moved([[1, 2], [3, 4]], 0, 1)
    array([[0, 1],
           [0, 3]])
    """
    image = _sheet("moved", image)
    out = np.zeros_like(image)
    moves = (integer("moved", "down", down, -np.inf), integer("moved", "right", right, -np.inf))
    to, of = [...], [...]
    for by, size in zip(moves, image.shape[-2:], strict=True):
        by = min(max(by, -size), size)
        to.append(slice(max(by, 0), size + min(by, 0)))
        of.append(slice(max(-by, 0), size + min(-by, 0)))
    out[tuple(to)] = image[tuple(of)]
    return out


def centered(image):
    """Return ``image`` moved by whole pixels so that the middle of its ink comes closest to the sheet's.

    The middle is the mean of all rows, and of all columns, each counted as often as there is ink in it. No
    ink ever leaves the sheet: rather, the move is shorter.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
        Numbers from 0 (paper) up.

    Returns
    -------
    numpy.ndarray, shape (rows, columns)

    Raises
    ------
    TypeError, ValueError
        For anything but a matrix of numbers from 0 up.

    Examples
    --------
    >>> centered([[1, 1, 1, 0, 0, 0, 0]])
    array([[0, 0, 1, 1, 1, 0, 0]])
    """
    image = _drawing("centered", image)
    return image[np.ix_(*centered_places(image))].copy()


def to_size(image):
    """Return ``image`` enlarged until its ink reaches from edge to edge, in height or in width.

    Pixels are copied, not mixed: where two rows come out of one, both are the same. The scans were brought
    to one size in the same spirit, at a finer grid.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
        Numbers from 0 (paper) up.

    Returns
    -------
    numpy.ndarray, shape (rows, columns)

    Raises
    ------
    TypeError, ValueError
        For anything but a matrix of numbers from 0 up.

    Examples
    --------
    >>> to_size([[1, 2, 0, 0], [0, 3, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    array([[1, 1, 2, 2],
           [1, 1, 2, 2],
           [0, 0, 3, 3],
           [0, 0, 3, 3]])
    """
    image = _drawing("to_size", image)
    return image[np.ix_(*to_size_places(image))].copy()


def centered_places(image):
    """Return from which rows and from which columns ``centered`` takes its pixels, two arrays of int."""
    found = []
    for axis, size in enumerate(image.shape):
        ink = image.sum(axis=1 - axis)
        first, last = _ends(ink)
        middle = (ink * np.arange(size)).sum() / ink.sum() if ink.any() else (size - 1) / 2
        by = int(np.floor((size - 1) / 2 - middle + 0.5))
        by = min(max(by, -first), size - 1 - last)
        found.append((np.arange(size) - by) % size)  # what comes in from the other side is paper
    return found


def to_size_places(image):
    """Return from which rows and from which columns ``to_size`` takes its pixels, two arrays of int."""
    ends = [_ends(image.sum(axis=1 - axis)) for axis in (0, 1)]
    times = min(size / (last - first + 1) for size, (first, last) in zip(image.shape, ends, strict=True))
    found = []
    for size, (first, last) in zip(image.shape, ends, strict=True):
        count = last - first + 1
        new = min(max(int(count * times + 0.5), count), size)
        start = (size - new) // 2
        # The middle of each new pixel, in old pixels; beyond the ink lies paper, on this side or the other.
        of = np.floor((np.arange(size) - start + 0.5) * count / new).astype(int) + first
        found.append(of % size)
    return found


def _ends(ink):
    """Return the first and the last place with ink; all places, if there is none."""
    places = np.flatnonzero(ink) if ink.any() else np.arange(len(ink))
    return int(places[0]), int(places[-1])


def _sheet(where, image):
    image = np.asarray(image)
    if image.ndim < 2 or not image.size or image.dtype.kind not in "biuf":
        raise ValueError(
            f"{where}: image must be numbers of shape (..., rows, columns), got shape {image.shape}"
        )
    return image


def _drawing(where, image):
    image = _sheet(where, image)
    if image.ndim != 2:
        raise ValueError(f"{where}: image must have shape (rows, columns), got {image.shape}")
    if not (np.isfinite(image).all() and (image >= 0).all()):
        raise ValueError(f"{where}: image must hold numbers from 0 (paper) up, got {image.min()}")
    return image


def _read_only(array):
    array.flags.writeable = False
    return array
