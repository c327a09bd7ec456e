"""The network of the worked example by plain loops: its numbers, and what each of them is made of."""

import numpy as np

from tests.helpers import reference


def layers(image, kernel, names):
    """Return what each named layer makes of an image, by plain loops."""
    made = []
    for name in names:
        if name == "convolve":
            image = reference.correlate2d(image, kernel) / kernel.size
        elif name == "ReLU":
            image = np.where(image > 0, image, 0)
        else:
            image = reference.max_pool2d(image, 2, ceil_mode=True)
        made.append(image)
    return made


def votes_of(image):
    """Return the twelve numbers of an image and its two votes, by plain loops."""
    stack = ("convolve", "ReLU", "pool", "pool")
    numbers = np.concatenate([layers(image, kernel, stack)[-1].ravel() for kernel in reference.FILTERS])
    return numbers, [numbers[[0, 3, 4, 9, 10]].mean(), numbers[[1, 2, 8, 11]].mean()]


# Each layer of the network of X, in ninths, and the one before it.
NINTHS = {
    "map": reference.NINTHS,
    "relu": reference.NINTHS.clip(0),
    "once": reference.NINTHS_POOLED,
    "twice": reference.NINTHS_POOLED_TWICE,
}
BEFORE = {"relu": "map", "once": "relu", "twice": "once"}


def made_of(layer, k, row, column):
    """Return (panel id, row, column) of what a number is made of, and of that what decides it."""
    if layer == "map":
        patch = [("image", row + i, column + j) for i, j in np.ndindex(3, 3)]
        return patch, patch
    id, values = f"{BEFORE[layer]} {k}", NINTHS[BEFORE[layer]][k]
    if layer == "relu":
        return [(id, row, column)], [(id, row, column)]
    window = [(2 * row + i, 2 * column + j) for i, j in np.ndindex(2, 2)]
    window = [cell for cell in window if max(cell) < len(values)]
    largest = [cell for cell in window if values[cell] == NINTHS[layer][k, row, column]]
    return [(id, *cell) for cell in window], [(id, *cell) for cell in largest]


def all_behind(cell):
    """Return all that a number of the network of X sees, through every layer, and of that what decides it."""
    id, *at = cell
    if id == "image":
        return set(), set()
    layer, k = id.split()
    behind = [{*cells} for cells in made_of(layer, int(k), *at)]
    return tuple(
        cells.union(*(all_behind(other)[which] for other in cells)) for which, cells in enumerate(behind)
    )
