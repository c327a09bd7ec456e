"""What becomes of a map when the image moves: how much it changes, and whether letters stay apart."""

import numpy as np

from cnnlab.checks import integer

DIRECTIONS = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0))


def on_a_sheet(letter, size):
    """Return a letter in the middle of a larger square sheet of paper.

    Raises ``ValueError`` for a sheet that is smaller than the letter.

    Examples
    --------
    >>> on_a_sheet([[1.0]], 3).astype(int)
    array([[-1, -1, -1],
           [-1,  1, -1],
           [-1, -1, -1]])
    """
    letter = np.asarray(letter, dtype=float)
    size = integer("on_a_sheet", "size", size, max(letter.shape))
    sheet = np.full((size, size), -1.0)
    top, left = ((size - side) // 2 for side in letter.shape)
    sheet[top : top + letter.shape[0], left : left + letter.shape[1]] = letter
    return sheet


def moved(sheet, down, right):
    """Return a sheet moved by whole pixels, with paper where nothing moved in.

    Examples
    --------
    >>> moved([[1.0, -1.0, 1.0]], 0, 1)
    array([[-1.,  1., -1.]])
    """
    sheet = np.asarray(sheet, dtype=float)
    around = np.pad(sheet, [(abs(by), abs(by)) for by in (down, right)], constant_values=-1)
    top, left = abs(down) - down, abs(right) - right
    return around[top : top + sheet.shape[0], left : left + sheet.shape[1]]


def change(network, one, other):
    """Return how much a network's result changes from one image to another, as a part of the result.

    Both results are taken without what a blank sheet gives, so that it does not matter how much empty paper
    there is around a letter. 0 means no change; √2 is what two results give that are equally large and have
    nothing in common.

    Parameters
    ----------
    network : function
        Takes an image, returns an array.
    one, other : array_like of one shape
        Images; ink 1, paper −1.

    Returns
    -------
    float

    Examples
    --------
    >>> round(float(change(lambda image: image, [[1, -1]], [[-1, 1]])), 4)
    1.4142
    """
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    before, after, blank = network(one), network(other), network(np.full(one.shape, -1.0))
    return np.linalg.norm(after - before) / np.linalg.norm(before - blank)


def change_when_moved(network, sheet, far):
    """Return the mean ``change`` when a sheet moves by ``far`` pixels in each of the eight directions.

    Examples
    --------
    >>> float(change_when_moved(lambda image: image.max(), on_a_sheet([[1, -1, 1]], 7), 1))
    0.0
    """
    return np.mean(
        [change(network, sheet, moved(sheet, far * down, far * right)) for down, right in DIRECTIONS]
    )


def apart(network, sheets):
    """Return how far two letters are apart in a network's results, measured in moves by one pixel.

    The distance between the results of the two, divided by how far a letter's result moves on
    average when the letter moves by one pixel: the larger, the easier they are told apart wherever they are.

    Parameters
    ----------
    network : function
        Takes an image, returns an array.
    sheets : pair of array_like of one shape
        The letters, with paper around them.

    Returns
    -------
    float
        Infinite if nothing changes when the letters move; NaN if both give the same, too.
    """
    moves = [
        np.linalg.norm(network(moved(sheet, *direction)) - network(np.asarray(sheet, dtype=float)))
        for sheet in sheets
        for direction in DIRECTIONS
    ]
    one, other = (network(np.asarray(sheet, dtype=float)) for sheet in sheets)
    distance = np.linalg.norm(one - other)
    with np.errstate(divide="ignore", invalid="ignore"):
        return distance / np.mean(moves)
