"""Activations: one number in, one number out, cell by cell; softmax looks along an axis.

Each backward function multiplies ``grad_out``, how fast the loss grows with the activation's result, by how
fast that result grows with ``x``: the chain rule, cell by cell. Both arrays have the same shape.
"""

import numpy as np

from cnnlab.checks import check_grad_out, float_arrays, integer, number


def relu(x):
    """Keep what is positive, put 0 for the rest: ``max(0, x)``, any shape.

    Examples
    --------
    >>> relu([-2, 0, 3])
    array([0., 0., 3.])
    """
    (x,) = float_arrays("relu", x=x)
    return np.maximum(x, 0)


def relu_backward(grad_out, x):
    """Let the gradient through where ``x`` is positive: the slope is 1 above 0 and, as in PyTorch, 0 at 0.

    Examples
    --------
    >>> relu_backward([10, 20, 30], [-2, 0, 3])
    array([ 0.,  0., 30.])
    """
    grad_out, x = _grad_out_and_x("relu_backward", grad_out, x)
    return np.where(x > 0, grad_out, grad_out.dtype.type(0))


def leaky_relu(x, negative_slope=0.01):
    """Keep what is positive, shrink the rest: ``x`` if ``x > 0``, else ``negative_slope · x``, any shape.

    Examples
    --------
    >>> leaky_relu([-2, 0, 3], 0.1)
    array([-0.2,  0. ,  3. ])
    """
    (x,) = float_arrays("leaky_relu", x=x)
    return x * _leaky_slope("leaky_relu", x, negative_slope)


def leaky_relu_backward(grad_out, x, negative_slope=0.01):
    """Let the gradient through where ``x`` is positive, and ``negative_slope`` of it elsewhere (at 0 too).

    Examples
    --------
    >>> leaky_relu_backward([10, 20, 30], [-2, 0, 3], 0.1)
    array([ 1.,  2., 30.])
    """
    grad_out, x = _grad_out_and_x("leaky_relu_backward", grad_out, x)
    return grad_out * _leaky_slope("leaky_relu_backward", x, negative_slope)


def _leaky_slope(function, x, negative_slope):
    slope = number(function, "negative_slope", negative_slope)
    return np.where(x > 0, x.dtype.type(1), x.dtype.type(slope))


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


def sigmoid_backward(grad_out, x):
    """Multiply by the slope of the sigmoid, ``s·(1 − s)`` with ``s = sigmoid(x)``: at most 1/4, at 0.

    Examples
    --------
    >>> sigmoid_backward([8, 8], [0, 1000])
    array([2., 0.])
    """
    grad_out, x = _grad_out_and_x("sigmoid_backward", grad_out, x)
    return grad_out * sigmoid(x) * sigmoid(-x)  # 1 − s, without losing digits where s is nearly 1


def tanh(x):
    """Squash to (−1, 1): the hyperbolic tangent, any shape.

    Examples
    --------
    >>> tanh([-1000, 0, 1000])
    array([-1.,  0.,  1.])
    """
    (x,) = float_arrays("tanh", x=x)
    return np.tanh(x)


def tanh_backward(grad_out, x):
    """Multiply by the slope of the hyperbolic tangent, ``1 − tanh(x)²``: at most 1, at 0.

    Examples
    --------
    >>> tanh_backward([8, 8], [0, 1000])
    array([8., 0.])
    """
    grad_out, x = _grad_out_and_x("tanh_backward", grad_out, x)
    return grad_out * (1 - np.tanh(x) ** 2)


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
    return _softmax("softmax", x, axis)


def softmax_backward(grad_out, x, axis=-1):
    """Return the gradient of ``softmax``: ``s · (grad_out − Σ grad_out·s)`` with ``s = softmax(x)``.

    Raising one score lowers all other results, hence the sum along ``axis``.

    Parameters
    ----------
    grad_out : array_like
        Gradient with respect to the result, of ``x``'s shape.
    x, axis
        As in ``softmax``.

    Returns
    -------
    numpy.ndarray
        Gradient with respect to ``x``, of its shape; it sums to 0 along ``axis``.

    Raises
    ------
    TypeError, ValueError
        As ``softmax``, and for a ``grad_out`` of another shape.

    Examples
    --------
    >>> softmax_backward([1, 0], [5, 5])
    array([ 0.25, -0.25])
    """
    grad_out, x = _grad_out_and_x("softmax_backward", grad_out, x)
    s = _softmax("softmax_backward", x, axis)
    return s * (grad_out - (grad_out * s).sum(axis=axis, keepdims=True))


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


def _grad_out_and_x(function, grad_out, x):
    grad_out, x = float_arrays(function, grad_out=grad_out, x=x)
    check_grad_out(function, grad_out, x.shape)
    return grad_out, x


def _softmax(function, x, axis):
    out = _less_largest(function, x, axis)
    np.exp(out, out=out)
    out /= out.sum(axis=axis, keepdims=True)
    return out


def _less_largest(function, x, axis):
    (x,) = float_arrays(function, x=x)
    axis = integer(function, "axis", axis, -x.ndim)
    if axis >= x.ndim:
        raise ValueError(f"{function}: axis must be less than {x.ndim} for shape {x.shape}, got {axis}")
    return x - x.max(axis=axis, keepdims=True)
