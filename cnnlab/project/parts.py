"""Deal pictures out: some to train on, some to choose by (validation), some for the one test at the end."""

import numpy as np

from cnnlab.checks import generator, integer

NAMES = ("train", "validation", "test")


def split(x, y, groups=None, *, shares=(60, 20, 20), rng):
    """Return three parts of labeled pictures, drawn by chance.

    Without groups each class has the same share in each part, as far as that is possible. With groups all
    pictures of a group (a person, a photograph, a day) go into one part; the parts are then only about as
    large as asked for, and hold about as much of each class, as far as whole groups allow.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
    y : array_like of integers, shape (N,)
    groups : sequence of N names or numbers, optional
    shares : three whole numbers
        How much of the whole each part gets: 60, 20 and 20 percent.
    rng : numpy.random.Generator

    Returns
    -------
    train, validation, test : tuple
        ``(x, y)`` each, or ``(x, y, groups)``.

    Raises
    ------
    TypeError, ValueError
        For lengths that differ, shares that are not three numbers above 0, fewer than three groups, or so few
        pictures that a part would be empty.

    Examples
    --------
    >>> x, y = np.zeros((10, 1, 4, 4)), np.arange(10) % 2
    >>> [len(labels) for _, labels in split(x, y, rng=np.random.default_rng(0))]
    [6, 2, 2]
    """
    x, y = np.asarray(x), np.asarray(y)
    generator("split", rng)
    if len(shares) != 3:
        raise ValueError(f"split: shares must be three numbers, got {shares!r}")
    shares = np.array([integer("split", "shares", share, 1) for share in shares])
    if x.ndim != 4 or y.shape != (len(x),):
        raise ValueError(
            "split: x and y must have shapes (N, C, H, W) and (N,), one label for each picture, "
            f"got {x.shape} and {y.shape}"
        )
    if groups is not None and len(groups) != len(x):
        raise ValueError(f"split: groups must name one for each of {len(x)} pictures, got {len(groups)}")
    part_of = _by_class(y, shares, rng) if groups is None else _by_group(y, groups, shares, rng)
    places = [np.flatnonzero(part_of == k) for k in range(3)]
    for name, each in zip(NAMES, places, strict=True):
        if not len(each):
            raise ValueError(f"split: {len(x)} pictures are too few, as {name} would be empty")
    columns = (x, y) if groups is None else (x, y, np.asarray(groups))
    return tuple(tuple(column[each] for column in columns) for each in places)


def only(part, labels, most=None):
    """Return the pictures of some classes, labeled 0, 1, … in the order of ``labels``.

    Parameters
    ----------
    part : (x, y)
    labels : sequence of int
        The classes to keep, as ``y`` has them.
    most : int, optional
        How many pictures of each class to keep, the first ones.

    Returns
    -------
    tuple
        ``(x, y)``

    Raises
    ------
    TypeError, ValueError
        For no labels, one that is there twice, and one that no picture has.

    Examples
    --------
    >>> x, y = only((np.zeros((5, 1, 4, 4)), [7, 3, 7, 0, 3]), [3, 7])
    >>> y
    array([1, 0, 1, 0])
    """
    x, y = np.asarray(part[0]), np.asarray(part[1])
    labels = [integer("only", "labels", label, 0) for label in labels]
    most = None if most is None else integer("only", "most", most, 1)
    if not labels or len(set(labels)) < len(labels):
        raise ValueError(f"only: labels must be different classes, got {labels}")
    places = []
    for label in labels:
        here = np.flatnonzero(y == label)[:most]
        if not len(here):
            raise ValueError(f"only: no picture is labeled {label}")
        places.append(here)
    kept = np.sort(np.concatenate(places))
    new = np.full(max(*labels, int(y.max())) + 1, -1)
    new[labels] = np.arange(len(labels))
    return x[kept], new[y[kept]]


def _by_class(y, shares, rng):
    part_of = np.empty(len(y), dtype=int)
    ends = np.cumsum(shares) / shares.sum()
    for label in np.unique(y):
        places = rng.permutation(np.flatnonzero(y == label))
        # The middle of each picture's place, between 0 and 1: so that parts are rounded alike.
        part_of[places] = np.searchsorted(ends, (np.arange(len(places)) + 0.5) / len(places))
    return part_of


def _by_group(y, groups, shares, rng):
    names, group_of, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    if len(names) < 3:
        raise ValueError(f"split: groups must be three or more, one for each part, got {len(names)}")
    classes, class_of = np.unique(y, return_inverse=True)
    counts = np.zeros((len(names), len(classes)))  # how many pictures of each class are in each group
    np.add.at(counts, (group_of, class_of), 1)
    goals = np.outer(shares / shares.sum(), counts.sum(axis=0))
    filled, part = np.zeros_like(goals), np.empty(len(names), dtype=int)
    # Large groups first: each goes where most is missing of its classes, so that the small ones even it out.
    order = rng.permutation(len(names))
    for group in order[np.argsort(-sizes[order], kind="stable")]:
        part[group] = np.argmax((goals - filled) / goals @ counts[group])
        filled[part[group]] += counts[group]
    return part[group_of]
