"""Which letters a network can still tell apart when their pixels are spoiled."""

import numpy as np

TIE = 1e-9  # distances that differ by less are equal: sums in another order differ in their last bits


def share_told_apart(network, images, labels, clean):
    """Return for how many spoiled letters the network's result lies nearer to that of the right clean letter.

    Parameters
    ----------
    network : function
        Takes images of shape (N, 1, H, W), returns one row of numbers, or one stack of maps, for each.
    images : array_like, shape (N, 1, H, W)
        Spoiled letters.
    labels : array_like of int, shape (N,)
        0 and 1: which of the clean letters each one was.
    clean : pair of array_like, shape (H, W)

    Returns
    -------
    float
        Between 0 and 1; a tie counts half. Guessing gives 1/2.

    Examples
    --------
    >>> share_told_apart(lambda images: images, [[[[0.4, 1]]], [[[1, 0.6]]]], [0, 1], [[[0, 1]], [[1, 0]]])
    1.0
    """
    clean, spoiled = (
        np.asarray(network(np.asarray(each, dtype=float))).reshape(len(each), -1)
        for each in ([[letter] for letter in clean], images)
    )
    distances = ((spoiled[:, None] - clean) ** 2).sum(axis=2)
    labels = np.asarray(labels)[:, None]
    other, own = (np.take_along_axis(distances, each, 1)[:, 0] for each in (1 - labels, labels))
    return float(np.mean(np.where(np.abs(other - own) < TIE, 0.5, other > own)))
