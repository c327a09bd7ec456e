"""Whether shares can be believed: how often answers are right, by the share they get."""

import numpy as np


def reliability(shares, labels, edges):
    """Return how often the larger share is that of the right class, among answers with similar shares.

    Parameters
    ----------
    shares : array_like, shape (N, classes)
        Each row adds up to 1.
    labels : array_like of int, shape (N,)
    edges : array_like, shape (B + 1,)
        Bin ``b`` holds the answers whose largest share is at least ``edges[b]`` and below ``edges[b + 1]``;
        the last one holds those at its upper edge, too.

    Returns
    -------
    numpy.ndarray, shape (B,)
        ``nan`` for a bin with no answers.

    Examples
    --------
    >>> reliability([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]], [0, 0, 1], [0.5, 0.75, 1.0])
    array([1. , 0.5])
    """
    shares, edges = np.asarray(shares, dtype=float), np.asarray(edges, dtype=float)
    is_right = shares.argmax(axis=1) == labels
    bins = np.minimum(np.searchsorted(edges, shares.max(axis=1), side="right") - 1, len(edges) - 2)
    return np.array(
        [is_right[bins == b].mean() if (bins == b).any() else np.nan for b in range(len(edges) - 1)]
    )
