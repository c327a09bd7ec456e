"""Sheets of paper with several small pictures on them, to be found again.

A sheet is larger than what a network was trained on: each picture lies somewhere on it, on paper that may
be stained.
"""

from dataclasses import dataclass, replace

import numpy as np

from cnnlab.checks import float_array, generator, integer, number, pair

TRIES = 50  # how often to begin anew before a sheet is given up as too small


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet of paper with pictures on it.

    Parameters
    ----------
    paper : numpy.ndarray, shape (H, W)
        The stains, from 0 (clean) to 1.
    images : numpy.ndarray, shape (n, h, w)
        From 0 (paper) to 1 (ink).
    labels : numpy.ndarray of int, shape (n,)
    places : numpy.ndarray of int, shape (n, 2)
        The row and the column of each picture's top left corner.
    """

    paper: np.ndarray
    images: np.ndarray
    labels: np.ndarray
    places: np.ndarray

    @property
    def pixels(self):
        """What is seen, shape (H, W): at each pixel the darkest of all that lies there."""
        seen = self.paper.copy()
        height, width = self.images.shape[1:]
        for image, (row, column) in zip(self.images, self.places, strict=True):
            patch = seen[row : row + height, column : column + width]
            np.maximum(patch, image, out=patch)
        return seen

    @property
    def boxes(self):
        """Where the pictures are, shape (n, 4): top, left, bottom, right, the last two exclusive."""
        return np.concatenate([self.places, self.places + self.images.shape[1:]], axis=1)

    def moved(self, number, down, right):
        """Return a sheet on which one picture lies elsewhere; at the edge it stops."""
        places = self.places.copy()
        limits = np.subtract(self.paper.shape, self.images.shape[1:])
        places[number] = np.clip(places[number] + (down, right), 0, limits)
        return replace(self, places=places)


def draw(rng, images, labels, *, count=4, shape=(24, 32), noise=0.1, gap=1):
    """Draw a sheet by chance: which pictures, where they lie, and how stained it is.

    Parameters
    ----------
    rng : numpy.random.Generator
    images : array_like, shape (N, 1, h, w)
        To choose from, such as those of ``digits.split()``.
    labels : array_like of int, shape (N,)
    count : int
        How many pictures lie on it.
    shape : (rows, columns)
    noise : float
        Stains are the size of normally distributed numbers of this spread; 0 for clean paper.
    gap : int
        The least number of pixels between two pictures.

    Returns
    -------
    Sheet
        Its pictures in the order of their places, from the top.

    Raises
    ------
    TypeError, ValueError
        For arguments that do not fit, and for a sheet without room for so many.

    Examples
    --------
    >>> from cnnlab.data import digits
    >>> sheet = draw(np.random.default_rng(0), *digits.split()[2:], count=2)
    >>> sheet.pixels.shape, sheet.labels, sheet.boxes.tolist()
    ((24, 32), array([1, 2]), [[8, 6, 16, 14], [14, 15, 22, 23]])
    """
    generator("draw", rng)
    images, labels = float_array("draw", "images", images), np.asarray(labels)
    if images.ndim != 4 or images.shape[1] != 1 or len(images) != len(labels):
        raise ValueError(
            "draw: images must have shape (N, 1, h, w), with a label for each, "
            f"got shapes {images.shape} and {labels.shape}"
        )
    count, gap = integer("draw", "count", count, 0), integer("draw", "gap", gap, 0)
    rows, columns = pair("draw", "shape", shape, 1)
    noise = number("draw", "noise", noise, 0)
    height, width = images.shape[2:]
    if rows < height or columns < width:
        raise ValueError(f"draw: shape must be at least that of the images, got {(rows, columns)}")
    for _ in range(TRIES):
        places = _places(rng, count, (rows - height + 1, columns - width + 1), (height + gap, width + gap))
        if len(places) == count:
            break
    else:
        raise ValueError(
            f"draw: count must leave room on the sheet, got {count} on {rows} × {columns} pixels"
        )
    chosen = rng.integers(0, len(images), count)
    paper = np.abs(rng.normal(0, 1, (rows, columns)) * noise).clip(0, 1)
    return Sheet(
        paper,
        images[chosen, 0].astype(float),
        labels[chosen],
        np.array(sorted(places), dtype=int).reshape(count, 2),
    )


def _places(rng, count, limits, apart):
    """Return up to ``count`` places by chance, (row, column), as far apart as asked for."""
    places = []
    for _ in range(20 * count):
        row, column = rng.integers(0, limits)
        if all(abs(row - r) >= apart[0] or abs(column - c) >= apart[1] for r, c in places):
            places.append((row, column))
        if len(places) == count:
            break
    return places


def windows(pixels, size=8):
    """Return every window of a sheet, as a view of its pixels.

    Parameters
    ----------
    pixels : array_like, shape (H, W)
    size : int

    Returns
    -------
    numpy.ndarray, shape (H − size + 1, W − size + 1, size, size)

    Examples
    --------
    >>> windows(np.zeros((24, 32))).shape
    (17, 25, 8, 8)
    """
    pixels = float_array("windows", "pixels", pixels)
    return np.lib.stride_tricks.sliding_window_view(pixels, (size, size))


def windows_to_learn(rng, images, labels, *, sheets=700, others=12, near=2):
    """Cut windows out of many sheets: those with a picture in them, and as many others.

    Parameters
    ----------
    rng, images, labels
        As in ``draw``.
    sheets : int
        How many to draw, each with four pictures and its own amount of stains.
    others : int
        How many other windows of each: half of them near a picture, and half anywhere.
    near : int
        The least distance, in rows or columns, from a picture's place; what is nearer is not cut out, as
        it is neither quite the picture nor quite something else.

    Returns
    -------
    x : numpy.ndarray, shape (windows, 1, h, w)
    y : numpy.ndarray of int
        The label of the picture, or one more than the largest label for "nothing".
    """
    x, y = [], []
    nothing = int(np.max(labels)) + 1
    for _ in range(integer("windows_to_learn", "sheets", sheets, 1)):
        sheet = draw(rng, images, labels, noise=rng.choice([0, 0.1, 0.2]))
        cut = windows(sheet.pixels, sheet.images.shape[-1])
        away = np.abs(np.indices(cut.shape[:2])[..., None] - sheet.places.T[:, None, None]).max(axis=0)
        away = away.min(axis=-1)  # from the nearest picture
        places = list(map(tuple, sheet.places))
        for far in (5, max(cut.shape)):
            there = np.argwhere((away >= near) & (away <= far))
            places += list(map(tuple, rng.permutation(there)[: others // 2]))
        x += [cut[place] for place in places]
        y += [*sheet.labels, *[nothing] * (len(places) - len(sheet.labels))]
    return np.array(x)[:, None], np.array(y)
