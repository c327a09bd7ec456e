"""Checks of what callers pass in: one clear error that names the argument, what was expected, what came."""

import operator

import numpy as np


def float_array(function, name, value):
    """Return ``value`` as an array of a floating dtype (integers and booleans become float64).

    Raises ``TypeError`` for anything that is not made of real numbers, ``ValueError`` for rows of unequal
    length and for arrays without elements.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{function}: {name} must be a rectangular array of numbers, got rows of unequal length"
        ) from None
    if array.dtype.kind not in "buif":
        kind = type(value).__name__ if array.dtype == object else f"dtype {array.dtype}"
        raise TypeError(f"{function}: {name} must be an array of real numbers, got {kind}")
    if array.size == 0:
        raise ValueError(f"{function}: {name} must not be empty, got shape {array.shape}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def float_arrays(function, *, optional=(), **arrays):
    """Return the named arrays in one common floating dtype, in order; ``None`` stays if ``optional``.

    Only the arrays that came in as floating numbers decide the dtype: float32 pixels stay float32 when the
    kernel is a list of integers.
    """
    checked = {
        name: None if value is None and name in optional else float_array(function, name, value)
        for name, value in arrays.items()
    }
    came_as = {name: getattr(value, "dtype", None) for name, value in arrays.items()}
    deciding = [dtype for dtype in came_as.values() if dtype is not None and dtype.kind == "f"]
    dtype = np.result_type(*deciding) if deciding else np.float64
    return [None if array is None else array.astype(dtype, copy=False) for array in checked.values()]


def check_rank(function, name, array, ranks, layout):
    """Raise ``ValueError`` unless ``array.ndim`` is one of ``ranks``; ``layout`` names the axes expected."""
    if array.ndim not in ranks:
        raise ValueError(f"{function}: {name} must have shape {layout}, got shape {array.shape}")


def check_shape(function, name, array, shape, why):
    """Raise ``ValueError`` unless ``array`` has exactly ``shape``; ``why`` says where that comes from."""
    if array.shape != shape:
        raise ValueError(f"{function}: {name} must have shape {shape} ({why}), got shape {array.shape}")


def check_grad_out(function, grad_out, shape):
    """Raise ``ValueError`` unless ``grad_out`` has the shape of what the forward pass returns."""
    check_shape(function, "grad_out", grad_out, shape, "that of the forward pass's result")


def number(function, name, value, minimum=-np.inf, below=np.inf):
    """Return ``value`` as a finite ``float`` with ``minimum ≤ value < below``."""
    array = float_array(function, name, value)
    if array.ndim:
        raise ValueError(f"{function}: {name} must be one number, got shape {array.shape}")
    if not (minimum <= array < below and np.isfinite(array)):
        wanted = "finite" if minimum == -np.inf else f"at least {minimum}"
        wanted += f" and below {below}" if below < np.inf else ""
        raise ValueError(f"{function}: {name} must be {wanted}, got {array}")
    return float(array)


def generator(function, rng):
    """Return ``rng`` if it is a ``numpy.random.Generator``; there is no global one to fall back on."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{function}: rng must be a numpy.random.Generator, such as np.random.default_rng(0), "
            f"got {type(rng).__name__}"
        )
    return rng


def integer(function, name, value, minimum):
    """Return ``value`` as an ``int`` of at least ``minimum``."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{function}: {name} must be an integer, got {value!r}") from None
    if number < minimum:
        raise ValueError(f"{function}: {name} must be at least {minimum}, got {number}")
    return number


def pair(function, name, value, minimum):
    """Return ``value``, one integer or one for each of the two axes, as ``(rows, columns)``."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ValueError(
                f"{function}: {name} must be an integer or a pair (rows, columns), got {value!r}"
            )
        return tuple(integer(function, name, item, minimum) for item in value)
    return (integer(function, name, value, minimum),) * 2
