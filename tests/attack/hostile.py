"""What no learner means to write, and some will: each is tried on every exercise."""

import sys
import threading
import time

import numpy as np


def leaves(*arguments):
    """Ends the process."""
    sys.exit(1)


def never_ends(*arguments):
    """Loops for ever."""
    while True:
        pass


def never_lets_go(*arguments):
    """Loops for ever, and catches whatever would end it."""
    while True:
        try:
            time.sleep(0.001)
        except BaseException:
            continue


def empties_lists(*arguments):
    """Empties every list that it is given, and fills every array with zeros."""
    for argument in arguments:
        if isinstance(argument, list):
            argument.clear()
        elif isinstance(argument, np.ndarray):
            argument[...] = 0
    return 0


def sorts(*arguments):
    """Sorts whatever can be sorted, in place."""
    for argument in arguments:
        if isinstance(argument, (list, np.ndarray)) and len(np.shape(argument)):
            argument.sort()
    return 0


def huge(*arguments):
    """Returns a view of a billion elements."""
    return np.broadcast_to(np.float64(1), (50_000, 50_000))


def complex_numbers(*arguments):
    return np.array([1j, 2.0])


def ragged(*arguments):
    return [[1.0, 2.0], [3.0]]


def objects(*arguments):
    return np.array([{}, None], dtype=object)


def words(*arguments):
    return "the answer"


def nothing(*arguments):
    return None if arguments else 0


def recursion(*arguments):
    return recursion(*arguments)


def takes_too_many(a, b, c, d, e, f, g, h):
    return a


def quotes_markup(*arguments):
    raise ValueError("<script>alert(1)</script>" * 1000)


def endless_generator(*arguments):
    while True:
        yield 1


class Reads:
    """Cannot be made an array, and says so by an endless loop."""

    def __array__(self, *_, **__):
        while True:
            pass


def unreadable(*arguments):
    return Reads()


def of_another_thread(*arguments):
    """Leaves a thread behind that works on."""
    threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start()
    return np.nan


def not_a_number(*arguments):
    return np.full((2, 2), np.nan)


def empty(*arguments):
    return np.zeros((0, 3))


def patches_numpy(*arguments):
    """Lets every comparison be true."""
    np.allclose = np.array_equal = np.isclose = lambda *_, **__: True
    np.asarray = np.array = lambda *_, **__: 0
    return 0


def takes_all_memory(*arguments):
    return [np.ones(1 << 32) for _ in range(8)]


ALL = [
    patches_numpy,
    takes_all_memory,
    leaves,
    never_ends,
    never_lets_go,
    empties_lists,
    sorts,
    huge,
    complex_numbers,
    ragged,
    objects,
    words,
    nothing,
    recursion,
    takes_too_many,
    quotes_markup,
    endless_generator,
    unreadable,
    of_another_thread,
    not_a_number,
    empty,
]
