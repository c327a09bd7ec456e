"""Activations: one number in, one number out, cell by cell; softmax looks along an axis."""

import numpy as np

from cnnlab.ops.arguments import float_arrays, integer


def relu(x):
    """Keep what is positive, put 0 for the rest: ``max(0, x)``, any shape.

    Examples
    --------
    >>> relu([-2, 0, 3])
    array([0., 0., 3.])
    """
    (x,) = float_arrays("relu", x=x)
    return np.maximum(x, 0)


def leaky_relu(x, negative_slope=0.01):
    """Keep what is positive, shrink the rest: ``x`` if ``x > 0``, else ``negative_slope · x``, any shape.

    Examples
    --------
    >>> leaky_relu([-2, 0, 3], 0.1)
    array([-0.2,  0. ,  3. ])
    """
    (x,) = float_arrays("leaky_relu", x=x)
    (slope,) = float_arrays("leaky_relu", negative_slope=negative_slope)
    if slope.ndim:
        raise ValueError(f"leaky_relu: negative_slope must be one number, got shape {slope.shape}")
    return x * np.where(x > 0, x.dtype.type(1), x.dtype.type(slope))


def sigmoid(x):
    """Squash to (0, 1): ``1 / (1 + exp(−x))``, any shape, without overflow at ±1000.

    Examples
    --------
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    (x,) = float_arrays("sigmoid", x=x)
    z = np.exp(-np.abs(x))  # at most 1; for a negative x, 1 / (1 + exp(−x)) is z / (z + 1)
    return np.where(x >= 0, 1, z) / (1 + z)


def tanh(x):
    """Squash to (−1, 1): the hyperbolic tangent, any shape.

    Examples
    --------
    >>> tanh([-1000, 0, 1000])
    array([-1.,  0.,  1.])
    """
    (x,) = float_arrays("tanh", x=x)
    return np.tanh(x)


def softmax(x, axis=-1):
    """Turn scores into positive numbers that sum to 1 along ``axis``: ``exp(x) / Σ exp(x)``.

    The largest score is subtracted first, which changes nothing in the quotient and keeps ``exp`` finite.

    Parameters
    ----------
    x : array_like
        Scores (logits), any shape of at least one axis.
    axis : int
        The axis along which the results sum to 1.

    Returns
    -------
    numpy.ndarray
        Same shape as ``x``, each number between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        For anything but real numbers, and for an axis that ``x`` does not have.

    Examples
    --------
    >>> softmax([1000, 1000])
    array([0.5, 0.5])
    """
    shifted = _less_largest("softmax", x, axis)
    np.exp(shifted, out=shifted)
    shifted /= shifted.sum(axis=axis, keepdims=True)
    return shifted


def log_softmax(x, axis=-1):
    """Compute the logarithm of ``softmax`` without ever taking the logarithm of a rounded 0.

    ``x − max − log Σ exp(x − max)``. Parameters and errors are those of ``softmax``.

    Examples
    --------
    >>> log_softmax([0, -1000])
    array([    0., -1000.])
    """
    shifted = _less_largest("log_softmax", x, axis)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _less_largest(function, x, axis):
    (x,) = float_arrays(function, x=x)
    axis = integer(function, "axis", axis, -x.ndim)
    if axis >= x.ndim:
        raise ValueError(f"{function}: axis must be less than {x.ndim} for shape {x.shape}, got {axis}")
    return x - x.max(axis=axis, keepdims=True)
