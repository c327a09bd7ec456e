"""Walks down a bowl, with each of the optimizers."""

import numpy as np

from cnnlab.nn.optimizers import SGD, Adam

WALKERS = "GD", "momentum 0.9", "Adam", "SGD"
START = np.array([1.0, 0.37])  # from (1, 1) Adam would happen to walk straight to the lowest point
ANGLE = np.radians(30)
NOISE = 0.1  # how far the lowest point of a batch lies from that of all, typically
GONE = 1e3  # how far from the lowest point a walker is given up


def bowl(condition, turned=False):
    """Return the matrix ``H`` of the bowl ``½ xᵀ H x``: curvatures 1 and ``condition``.

    With ``turned`` its long valley is turned by 30°; else it lies along the first axis.

    Examples
    --------
    >>> bowl(10)
    array([[ 1.,  0.],
           [ 0., 10.]])
    >>> np.linalg.eigvalsh(bowl(10, turned=True)).round(9)
    array([ 1., 10.])
    """
    turn = _turn(turned)
    return turn @ np.diag([1.0, condition]) @ turn.T


def race(condition, rate, adam_rate, turned=False, *, steps=60, seed=0):
    """Walk down a bowl from the same start with each of the optimizers.

    Parameters
    ----------
    condition : float
        The larger curvature; the smaller one is 1.
    rate : float
        The learning rate of all but Adam.
    adam_rate : float
        Adam's.
    turned : bool
        As in ``bowl``; the start turns with it.
    steps, seed : int
        How many steps; the seed of the noise.

    Returns
    -------
    (points, heights) : numpy.ndarray, shapes (4, steps + 1, 2) and (4, steps + 1)
        In the order of ``WALKERS``; heights are parts of the start's. NaN from where a walker is far away.

    Examples
    --------
    >>> points, heights = race(10, 0.1, 0.1)
    >>> points[0, :3, 0].round(3)  # GD, along the valley: 0.9 times, and again
    array([1.  , 0.9 , 0.81])
    """
    slopes = bowl(condition, turned)
    start = _turn(turned) @ START
    # Each batch of images has its lowest point a little elsewhere.
    centers = np.zeros((len(WALKERS), steps, 2))
    noise = np.random.default_rng(seed).normal(scale=NOISE, size=(steps, 2))
    centers[WALKERS.index("SGD")] = noise @ _turn(turned).T
    walkers = SGD(rate), SGD(rate, momentum=0.9), Adam(adam_rate), SGD(rate)
    points = np.full((len(WALKERS), steps + 1, 2), np.nan)
    for way, walker, lowest in zip(points, walkers, centers, strict=True):
        point = start.copy()
        way[0] = point
        for step in range(steps):
            walker.step(point, slopes @ (point - lowest[step]))
            if np.abs(point).max() > GONE:
                break
            way[step + 1] = point
    heights = np.einsum("...i,ij,...j", points, slopes, points) / (start @ slopes @ start)
    return points, heights


def fewest_steps(walker, condition, turned=False):
    """Return how few steps a walker needs down a bowl, with the best of many learning rates.

    It has arrived when its height is below a millionth of the start's, and stays below: one that swings
    through the lowest point has not.

    Parameters
    ----------
    walker : str
        "GD", "momentum 0.9", "Adam", or "Adam, no mean": this one divides, but remembers no direction.
    condition, turned
        As in ``race``.

    Returns
    -------
    int

    Examples
    --------
    >>> fewest_steps("GD", 10)
    34
    """
    make, rates, steps = _TRIED[walker](condition)
    matrix = bowl(condition, turned)
    start = _turn(turned) @ START
    points = np.tile(start, (len(rates), 1))  # each rate walks in a row of its own, all at once
    optimizer = make(lambda step: rates[:, None])
    last_high = np.zeros(len(rates), dtype=int)
    with np.errstate(all="ignore"):  # some of them diverge
        for step in range(1, steps + 1):
            optimizer.step(points, points @ matrix)
            height = np.sum(points @ matrix * points, axis=1)
            last_high[~(height <= 1e-6 * (start @ matrix @ start))] = step
    return int(last_high.min()) + 1


def heavy(lr):
    """Return gradient descent with a momentum of 0.9."""
    return SGD(lr, momentum=0.9)


def _no_mean(lr):
    return Adam(lr, betas=(0.0, 0.999))


# For a condition number: the optimizer, the learning rates to try, and how many steps to wait.
_TRIED = {
    "GD": lambda condition: (SGD, np.linspace(0.3, 1, 141) * 2 / condition, 3000),
    "momentum 0.9": lambda condition: (heavy, np.geomspace(0.02, 3.6, 100) / condition, 500),
    "Adam": lambda condition: (Adam, np.geomspace(0.003, 3, 100), 1500),
    "Adam, no mean": lambda condition: (_no_mean, np.geomspace(0.0005, 3, 140), 6000),
}


def _turn(turned):
    angle = ANGLE if turned else 0.0
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
