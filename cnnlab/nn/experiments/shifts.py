"""What becomes of a map when the image moves: how much it changes, and whether letters stay apart."""

import numpy as np

from cnnlab.checks import integer
from cnnlab.data import letters

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
    >>> change(lambda image: image, [[1, -1]], [[-1, 1]]).round(4)
    1.4142
    """
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    before, after, blank = network(one), network(other), network(np.full(one.shape, -1.0))
    return np.linalg.norm(after - before) / np.linalg.norm(before - blank)


def change_when_moved(network, sheet, far):
    """Return the mean ``change`` when a sheet moves by ``far`` pixels in each of the eight directions.

    Examples
    --------
    >>> float(change_when_moved(lambda image: image.max(), on_a_sheet(letters.X, 17), 1))
    0.0
    """
    moved = [letters.moved(sheet, far * down, far * right) for down, right in DIRECTIONS]
    return np.mean([change(network, sheet, each) for each in moved])


def apart(network, size=17):
    """Return how far X and O are apart in a network's results, measured in moves by one pixel.

    The distance between the results of the two letters, divided by how far a letter's result moves on
    average when the letter moves by one pixel: the larger, the easier they are told apart wherever they are.

    Parameters
    ----------
    network : function
        Takes an image, returns an array.
    size : int
        Of the sheets on which the letters stand.

    Returns
    -------
    float
        Infinite if nothing changes when the letters move; NaN if X and O give the same, too.
    """
    sheets = [on_a_sheet(letter, size) for letter in (letters.X, letters.O)]
    moves = [
        np.linalg.norm(network(letters.moved(sheet, *direction)) - network(sheet))
        for sheet in sheets
        for direction in DIRECTIONS
    ]
    distance = np.linalg.norm(network(sheets[0]) - network(sheets[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return distance / np.mean(moves)
