"""What to try the votes of the worked example on: noisy letters, and sheets of noise."""

import numpy as np

from cnnlab import ops
from cnnlab.data import letters


def judged_letters(count, *, flips, seed=0):
    """Return the two votes on letters written in many ways, and which letters they are.

    Parameters
    ----------
    count : int
        How many letters; half are Xs, half are Os.
    flips : int
        Up to this many pixels of each change from ink to paper or back.
    seed : int

    Returns
    -------
    votes : numpy.ndarray, shape (count, 2)
        For X and for O.
    labels : numpy.ndarray of int, shape (count,)
        0 for X, 1 for O.
    """
    images, labels = letters.renditions(count, np.random.default_rng(seed), flips=flips)
    return letters.votes(letters.twelve_numbers(images)), labels


def letters_and_noise(count, seed=0):
    """Return twelve numbers of each of many letters and as many sheets of noise, and what they are.

    The letters are moved by up to one pixel and have up to four flipped pixels; the noise is ink or paper at
    random, pixel by pixel.

    Parameters
    ----------
    count : int
        How many letters; half are Xs, half are Os.
    seed : int

    Returns
    -------
    numbers : numpy.ndarray, shape (2 · count, 12)
    labels : numpy.ndarray of int, shape (2 · count,)
        0 for X, 1 for O, 2 for neither.
    """
    rng = np.random.default_rng(seed)
    images, labels = letters.renditions(count, rng, bend=0, thick=0, flips=4)
    noise = rng.choice([-1.0, 1.0], size=images.shape)
    numbers = letters.twelve_numbers(np.concatenate([images, noise]))
    return numbers, np.concatenate([labels, np.full(count, 2)])


def third_answer(weight, bias, count=500):
    """Return how often a dense layer with the answers X, O and neither is right, by what it is shown.

    Parameters
    ----------
    weight : array_like, shape (3, 12)
    bias : array_like, shape (3,)
    count : int
        How many letters, and how many sheets of noise.

    Returns
    -------
    dict of str to float
        For the Xs, the Os, the sheets of noise and an empty sheet, the share of right answers.

    Examples
    --------
    >>> third_answer(np.zeros((3, 12)), [0, 0, 1])
    {'X': 0.0, 'O': 0.0, 'noise': 1.0, 'empty sheet': 1.0}
    """
    numbers, kinds = letters_and_noise(count)
    numbers = np.concatenate([numbers, letters.twelve_numbers(-np.ones((9, 9)))[None]])
    is_right = ops.dense(numbers, weight, bias).argmax(axis=1) == [*kinds, 2]
    found = {
        name: float(is_right[:-1][kinds == kind].mean()) for kind, name in enumerate(("X", "O", "noise"))
    }
    return found | {"empty sheet": float(is_right[-1])}
