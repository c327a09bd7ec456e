"""What went wrong in a function that no twin of the solution gives: causes that can be read off its results.

Each test below looks at all calls together: ``yours`` and ``right`` are lists of arrays, one of each for each
call; a sentence is said only if it explains *every* number that is wrong, on every call.
"""

import numpy as np

_allclose = np.allclose  # as it is now, whatever a learner's function does to NumPy


def same(result, expected):
    """Whether two results agree in shape and, up to rounding, in every number."""
    return np.shape(result) == np.shape(expected) and bool(_allclose(result, expected, equal_nan=True))


def cause(yours, right, cases, takes):
    """Return what explains all results of a function, in a sentence, or None.

    Parameters
    ----------
    yours, right : list of numpy.ndarray
        What the function gave, and what the solution gives, call by call.
    cases : list of tuple
        The arguments of these calls.
    takes : tuple of str
        What the arguments are called.
    """
    yours, right = ([np.asarray(each, dtype=float) for each in results] for results in (yours, right))
    for explain in (_argument, _never_changes, _form, _not_finite, _elementwise, _scale, _where, _edges):
        sentence = explain(yours, right, cases, takes)
        if sentence:
            return sentence
    return None


def _first_change(changes, yours, right):
    """Return the sentence of the first change of the right results that gives yours, on every call."""
    with np.errstate(all="ignore"):
        return next(
            (sentence for sentence, change in changes.items() if _explains(change, yours, right)), None
        )


def _explains(change, yours, right):
    try:
        return all(same(mine, change(theirs)) for mine, theirs in zip(yours, right, strict=True))
    except (ValueError, IndexError, np.exceptions.AxisError):
        return False


def _same_shapes(yours, right):
    return all(mine.shape == theirs.shape for mine, theirs in zip(yours, right, strict=True))


# --- One sentence each --------------------------------------------------------------------------------------


def _argument(yours, right, cases, takes):
    for place, name in enumerate(takes):
        given = [case[place] for case in cases]
        if all(isinstance(one, (np.ndarray, float, int)) for one in given) and all(
            same(mine, one) for mine, one in zip(yours, given, strict=True)
        ):
            return f"Your function returns {name} as it came."
    return None


def _never_changes(yours, right, cases, takes):
    if len(yours) > 2 and all(same(mine, yours[0]) for mine in yours):
        return "Your function gives the same on every call: does it use what it is given?"
    return None


def _form(yours, right, cases, takes):
    if _same_shapes(yours, right):
        return None
    changes = {
        "Rows and columns have changed places in yours: it is transposed.": np.transpose,
        "The last row is missing; the others are right.": lambda x: x[:-1],
        "The last column is missing; the others are right.": lambda x: x[:, :-1],
        "The last row and the last column are missing; the others are right.": lambda x: x[:-1, :-1],
        "The first row is missing; the others are right.": lambda x: x[1:],
        "The last number is missing; the others are right.": lambda x: x[..., :-1],
        "The first number is missing; the others are right.": lambda x: x[..., 1:],
        "The sum of the right numbers is yours: return them one by one.": np.sum,
        "The mean of the right numbers is yours: return them one by one.": np.mean,
    }
    sentence = _first_change(changes, yours, right)
    if sentence:
        return sentence
    if all(same(np.ravel(mine), np.ravel(theirs)) for mine, theirs in zip(yours, right, strict=True)):
        return "The numbers are right and in the right order; only the shape is another one."
    rims = (_rim(mine, theirs) for mine, theirs in zip(yours, right, strict=True))
    if all(rims):
        return "There is a rim around the right numbers in yours: leave it out."
    return None


def _rim(mine, theirs):
    if mine.ndim != 2 or theirs.ndim != 2 or min(mine.shape) < 3:
        return False
    return same(mine[1:-1, 1:-1], theirs)


def _not_finite(yours, right, cases, takes):
    bad = [~np.isfinite(mine) for mine in yours]
    if not any(each.any() for each in bad) or not all(np.isfinite(theirs).all() for theirs in right):
        return None
    for mine, theirs, wrong in zip(yours, right, bad, strict=True):
        if mine.shape != theirs.shape or not _allclose(mine[~wrong], theirs[~wrong]):
            return None
    return (
        "Where yours is nan or inf, a number was too large or a divisor was 0: e to a large power overflows, "
        "and log(0) and 0/0 have no value. The other numbers are right."
    )


def _elementwise(yours, right, cases, takes):
    changes = {
        "Yours are cut to whole numbers. An array of integers drops the fraction of what is put into it: "
        "collect in one of floats, such as np.zeros(shape).": np.trunc,
        "Yours are rounded down to whole numbers: / divides, // does so too and rounds down.": np.floor,
        "Yours are rounded to whole numbers: return them as they are.": np.round,
        "Yours are rounded up to whole numbers: return them as they are.": np.ceil,
        "Yours are rounded to one place behind the point: return all of them.": lambda x: np.round(x, 1),
        "Yours are rounded to two places behind the point: return all of them.": lambda x: np.round(x, 2),
        "Yours are rounded to three places behind the point: return all of them.": lambda x: np.round(x, 3),
        "The sign is turned round in all of yours.": np.negative,
        "Yours have lost their sign.": np.abs,
        "Negative results become 0 in yours.": lambda x: np.maximum(x, 0),
        "Positive results become 0 in yours.": lambda x: np.minimum(x, 0),
        "Yours are squared: take the root.": np.square,
        "Yours are the roots of the right numbers.": lambda x: np.sqrt(np.where(x < 0, np.nan, x)),
        "Yours are one divided by the right numbers.": lambda x: 1 / np.where(x == 0, np.nan, x),
        "Yours are one minus the right numbers.": lambda x: 1 - x,
        "Results of more than 255 are cut off in yours, or those below 0.": lambda x: np.clip(x, 0, 255),
        "Results are cut off at 0 and 1 in yours.": lambda x: np.clip(x, 0, 1),
        "Results are cut off at −1 and 1 in yours.": lambda x: np.clip(x, -1, 1),
        "Yours wrap around at 256: an array of small integers (uint8) holds 0 to 255.": lambda x: np.mod(
            np.trunc(x), 256
        ),
        "Yours tell only whether the result is 0.": lambda x: x != 0,
        "Yours tell only whether the result is positive.": lambda x: x > 0,
        "Yours are the right numbers in reverse order.": lambda x: x[::-1],
        "Left and right have changed places in yours.": lambda x: x[..., ::-1],
        "Yours is turned by 180°.": lambda x: x[..., ::-1, ::-1],
        "Rows and columns have changed places in yours: it is transposed.": np.transpose,
        "Yours are moved on by one place.": lambda x: np.roll(x, 1),
        "Yours are moved back by one place.": lambda x: np.roll(x, -1),
        "Yours are sorted.": np.sort,
        "Yours are summed up as they go (a running sum): begin anew for each of them.": np.cumsum,
        "The same number stands everywhere in yours: the last of the right ones.": lambda x: np.full_like(
            x, x.flat[-1]
        ),
        "The same number stands everywhere in yours: the first of the right ones.": lambda x: np.full_like(
            x, x.flat[0]
        ),
        "Only the last number is right, the others are 0: is the array made anew in the loop?": lambda x: (
            np.where(np.arange(x.size).reshape(x.shape) == x.size - 1, x, 0)
        ),
        "Only the first number is right, the others are still 0: is return inside the loop?": lambda x: (
            np.where(np.arange(x.size).reshape(x.shape) == 0, x, 0)
        ),
    }
    return _first_change(changes, yours, right)


def _scale(yours, right, cases, takes):
    """A factor or a difference that all numbers share."""
    if not _same_shapes(yours, right):
        return None
    mine, theirs = (np.concatenate([each.ravel() for each in results]) for results in (yours, right))
    if mine.size < 3 or np.ptp(theirs) == 0 or not np.isfinite([mine, theirs]).all():
        return None
    largest = np.abs(theirs).argmax()
    factor = mine[largest] / theirs[largest]
    if factor != 0 and _allclose(mine, factor * theirs):
        times = f"{factor:.4g}" if abs(factor) >= 1 else f"1/{1 / factor:.4g}"
        return f"All of yours are {times.replace('-', '−')} times the right numbers."
    difference = mine[largest] - theirs[largest]
    if _allclose(mine, theirs + difference):
        more = "larger" if difference > 0 else "smaller"
        return f"All of yours are {more} than the right numbers by {abs(difference):.4g}."
    return None


def _where(yours, right, cases, takes):
    """A property of the arguments that goes with every wrong call, and with no right one."""
    wrong = [not same(mine, theirs) for mine, theirs in zip(yours, right, strict=True)]
    if len(wrong) < 6 or sum(wrong) < 2 or wrong.count(False) < 2:
        return None
    properties = {
        "some number is negative": lambda a: a.size and (a < 0).any(),
        "some number is no whole one": lambda a: a.size and (a != np.round(a)).any(),
        "an array is not square": lambda a: a.ndim > 1 and a.shape[-1] != a.shape[-2],
        "some number is 0": lambda a: a.size and (a == 0).any(),
        "two numbers are equal": lambda a: a.ndim > 0 and np.unique(a).size < a.size,
        "some number is larger than 255": lambda a: a.size and (a > 255).any(),
        "some number is larger than 1": lambda a: a.size and (a > 1).any(),
        "a number lies far from 0": lambda a: a.size and (np.abs(a) > 100).any(),
        "an array has only one number in a row": lambda a: a.ndim > 0 and 1 in a.shape,
    }
    for sentence, has in properties.items():
        shown = [any(has(one) for one in _arrays(case)) for case in cases]
        if shown == wrong:
            return f"Your function is right except where {sentence}."
    return None


def _arrays(case):
    for value in case:
        try:
            array = np.asarray(value)
            if array.dtype != bool:  # True and False are no numbers
                yield array.astype(float)
        except (TypeError, ValueError):
            continue


def _edges(yours, right, cases, takes):
    """The inside is right and the edges are not."""
    if not _same_shapes(yours, right) or any(mine.ndim < 2 or min(mine.shape[-2:]) < 1 for mine in yours):
        return None
    edges = [np.ones(mine.shape, dtype=bool) for mine in yours]
    for edge in edges:
        edge[..., 1:-1, 1:-1] = False
    wrong = [~np.isclose(mine, theirs) for mine, theirs in zip(yours, right, strict=True)]
    if not any((~edge).any() for edge in edges):
        return None
    if not any((each & ~edge).any() for each, edge in zip(wrong, edges, strict=True)):
        return "The inside is right, the numbers along the edges are not."
    return None
