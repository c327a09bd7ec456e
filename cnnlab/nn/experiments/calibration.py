"""Whether shares can be believed: how often answers are right, by the share they get."""

import numpy as np

from cnnlab import ops
from cnnlab.checks import check_rank, float_array, generator, integer
from cnnlab.nn.losses import CrossEntropyLoss

TEMPERATURES = np.geomspace(0.25, 8, 61)


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


def calibration_error(shares, labels, bins=10):
    """Return how far the largest shares lie from how often they are right: the expected calibration error.

    Answers are sorted by their largest share into ``bins`` groups of equal width. For each group: the
    distance between its mean share and the part that is right, counted as often as it has answers. See Guo
    et al. (2017, arXiv:1706.04599), equation 3.

    Parameters
    ----------
    shares : array_like, shape (N, classes)
        Each row adds up to 1.
    labels : array_like of int, shape (N,)
    bins : int

    Returns
    -------
    float
        0 at best; at most 1.

    Raises
    ------
    ValueError
        For shares of another rank, and for less than one group.

    Examples
    --------
    >>> shares = [[0.9, 0.1], [0.08, 0.92], [0.4, 0.6]]  # two answers above 0.9, of which one is right
    >>> round(calibration_error(shares, [0, 0, 1]), 3)  # (0.82 + 0.4) / 3
    0.407
    """
    shares = float_array("calibration_error", "shares", shares)
    check_rank("calibration_error", "shares", shares, (2,), "(N, classes)")
    bins, sure = integer("calibration_error", "bins", bins, 1), shares.max(axis=1)
    group = np.minimum((sure * bins).astype(int), bins - 1)
    ahead = sure - (shares.argmax(axis=1) == labels)
    return float(np.abs(np.bincount(group, ahead, bins)).sum() / len(sure))


def error_by_chance(shares, rng, times=200, bins=10):
    """Return the calibration errors of shares that are exactly right: labels are drawn from them.

    Even then a finite number of answers is not right exactly as often as they say: the control for
    ``calibration_error``.

    Returns
    -------
    numpy.ndarray, shape (times,)
    """
    shares, rng = np.asarray(shares, dtype=float), generator("error_by_chance", rng)
    upto, last = shares.cumsum(axis=1), shares.shape[1] - 1
    drawn = ((rng.random((len(shares), 1)) > upto).sum(axis=1).clip(max=last) for _ in range(times))
    return np.array([calibration_error(shares, labels, bins) for labels in drawn])


def fitted_temperature(scores, labels):
    """Return of ``TEMPERATURES`` the one by which scores are divided for the lowest cross-entropy.

    One number for all scores, so that no answer changes; above 1 it makes shares more modest. It is fitted on
    images that were held back. See Guo et al. (2017), section 4.2.
    """
    return float(min(TEMPERATURES, key=lambda one: CrossEntropyLoss().forward(scores / one, labels)))


def measured(scores, labels, rng):
    """Return the mean share, the part that is right, the calibration error, and what chance alone gives."""
    shares = ops.softmax(scores)
    return np.array(
        [
            shares.max(axis=1).mean(),
            np.mean(shares.argmax(axis=1) == labels),
            calibration_error(shares, labels),
            error_by_chance(shares, rng).mean(),
        ]
    )
