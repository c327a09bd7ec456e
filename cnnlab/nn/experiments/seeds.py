"""Repeat a training over several seeds, and tell what came of it: the mean, and how far it scatters."""

import numpy as np

from cnnlab.checks import integer


def over_seeds(run, seeds=8):
    """Return what ``run`` gives for each of the first seeds.

    Parameters
    ----------
    run : function
        Takes a seed, trains with it, and returns a number, or an array of them (always of one shape).
    seeds : int
        How many: 0, 1, … are handed to ``run``. A claim about trainings rests on six or more.

    Returns
    -------
    numpy.ndarray, shape (seeds, …)

    Raises
    ------
    ValueError
        For fewer than one seed.

    Examples
    --------
    >>> over_seeds(lambda seed: seed % 2, 3)
    array([0, 1, 0])
    """
    seeds = integer("over_seeds", "seeds", seeds, 1)
    return np.array([run(seed) for seed in range(seeds)])


def spread(values, digits=2):
    """Write the mean of what several seeds gave, their range, and how many they are.

    Parameters
    ----------
    values : array_like, shape (seeds,)
    digits : int
        How many after the point.

    Examples
    --------
    >>> spread([0.94, 0.95, 0.99])
    '0.96 (0.94 to 0.99, 3 seeds)'
    """
    values = np.asarray(values, dtype=float)
    mean, low, high = (f"{number:.{digits}f}" for number in (values.mean(), values.min(), values.max()))
    return f"{mean} ({low} to {high}, {len(values)} seeds)"
