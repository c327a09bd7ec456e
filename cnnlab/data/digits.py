"""Real handwritten digits: 1,797 scans on 8×8 pixels, with their labels.

They come with scikit-learn, so nothing is fetched. 43 people wrote them for E. Alpaydin and C. Kaynak (1998,
"Optical Recognition of Handwritten Digits", UCI Machine Learning Repository): each digit was brought to one
size, scanned to 32×32 black or white pixels, and each block of 4×4 counted: from 0 (paper) to 16 (ink).
"""

from functools import cache

import numpy as np

NAMES = tuple("0123456789")
SIZE = 8
TEST = 500  # digits that nobody trains on


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


def _read_only(array):
    array.flags.writeable = False
    return array
