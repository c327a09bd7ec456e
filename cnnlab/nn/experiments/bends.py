"""How long functions take on the same numbers."""

import time

import numpy as np

from cnnlab.checks import integer


def seconds(functions, x, rounds=9):
    """Return how long each of some functions takes on ``x``, again and again.

    In each round all of them run once, one after the other: what slows the machine down for a while then
    slows all of them down.

    Parameters
    ----------
    functions : iterable of function
        Each takes ``x``.
    x : object
    rounds : int
        How many; a warm-up before the first is not counted.

    Returns
    -------
    numpy.ndarray, shape (rounds, functions)
        In seconds. The median over the rounds is hardly moved by a round that something disturbed.

    Raises
    ------
    ValueError
        For fewer than one round.

    Examples
    --------
    >>> seconds([abs, round], 0.5, rounds=3).shape
    (3, 2)
    """
    functions, rounds = list(functions), integer("seconds", "rounds", rounds, 1)
    taken = np.zeros((rounds + 1, len(functions)))
    for turn in range(rounds + 1):
        for place, function in enumerate(functions):
            start = time.perf_counter()
            function(x)
            taken[turn, place] = time.perf_counter() - start
    return taken[1:]
