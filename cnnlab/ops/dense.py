"""Dense (fully connected) layers: every output listens to every input."""

import math

import numpy as np

from cnnlab.checks import check_grad_out, check_rank, check_shape, float_arrays, integer


def dense(x, weight, bias=None):
    """Multiply by a matrix and add a bias: ``x @ weight.T + bias``.

    Parameters
    ----------
    x : array_like, shape (in,) or (N, in)
        One vector, or one for each row of a batch.
    weight : array_like, shape (out, in)
        Row ``k`` holds the weights of output ``k``.
    bias : array_like, shape (out,), optional

    Returns
    -------
    numpy.ndarray, shape (out,) or (N, out)

    Raises
    ------
    TypeError, ValueError
        For arrays of the wrong rank, shape or type.

    Examples
    --------
    >>> dense([1, 2, 3], [[1, 0, 0], [1, 1, 1]], bias=[0.5, 0])
    array([1.5, 6. ])
    """
    x, weight, bias = float_arrays("dense", optional=("bias",), x=x, weight=weight, bias=bias)
    _check_dense("dense", x, weight, bias)
    out = x @ weight.T
    if bias is not None:
        out += bias
    return out


def dense_backward(grad_out, x, weight, bias=None):
    """Return the gradients of ``dense``: ``grad_out @ weight``, ``grad_out.T @ x`` and ``grad_out`` summed.

    Parameters
    ----------
    grad_out : array_like, shape (out,) or (N, out)
        Gradient with respect to the result.
    x, weight, bias
        As in ``dense``.

    Returns
    -------
    grad_x, grad_weight, grad_bias : numpy.ndarray
        Gradients with respect to the three, of their shapes, summed over the batch for ``weight`` and
        ``bias``; ``grad_bias`` is ``None`` if ``bias`` is.

    Raises
    ------
    TypeError, ValueError
        As ``dense``, and for a ``grad_out`` of another shape than its result.

    Examples
    --------
    >>> grad_x, grad_weight, grad_bias = dense_backward([1, 10], [1, 2, 3], [[1, 0, 0], [1, 1, 1]], [0, 0])
    >>> grad_x
    array([11., 10., 10.])
    >>> grad_weight
    array([[ 1.,  2.,  3.],
           [10., 20., 30.]])
    >>> grad_bias
    array([ 1., 10.])
    """
    where = "dense_backward"
    arrays = float_arrays(where, optional=("bias",), grad_out=grad_out, x=x, weight=weight, bias=bias)
    grad_out, x, weight, bias = arrays
    _check_dense(where, x, weight, bias)
    check_grad_out(where, grad_out, (*x.shape[:-1], len(weight)))
    of_each = np.atleast_2d(grad_out)
    grad_bias = None if bias is None else of_each.sum(axis=0)
    return grad_out @ weight, of_each.T @ np.atleast_2d(x), grad_bias


def _check_dense(function, x, weight, bias):
    check_rank(function, "x", x, (1, 2), "(in,) or (N, in)")
    check_rank(function, "weight", weight, (2,), "(out, in)")
    if x.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"{function}: x has {x.shape[-1]} inputs, weight expects {weight.shape[1]} (shape {weight.shape})"
        )
    if bias is not None:
        check_shape(function, "bias", bias, (len(weight),), "one for each output")


def flatten(x, start_dim=1):
    """Put all axes from ``start_dim`` on in one list, row by row; the first axis (the batch) stays.

    Parameters
    ----------
    x : array_like, shape (N, …)
        Flattened image by image: channel by channel, row by row.
    start_dim : int
        The first axis to flatten; 0 flattens everything.

    Returns
    -------
    numpy.ndarray, shape (N, everything else)
        Like ``reshape``, it may share memory with ``x``.

    Raises
    ------
    TypeError, ValueError
        For anything but real numbers, and for an axis that ``x`` does not have.

    Examples
    --------
    >>> flatten([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    array([[1., 2., 3., 4.],
           [5., 6., 7., 8.]])
    """
    (x,) = float_arrays("flatten", x=x)
    return x.reshape(*x.shape[: _start_dim("flatten", x, start_dim)], -1)


def flatten_backward(grad_out, x, start_dim=1):
    """Give the gradient the shape that ``x`` had: every number goes back to where it came from.

    Parameters
    ----------
    grad_out : array_like
        Gradient with respect to the result of ``flatten(x, start_dim)``.
    x, start_dim
        As in ``flatten``; of ``x``, only the shape matters.

    Returns
    -------
    numpy.ndarray
        Of ``x``'s shape. Like ``reshape``, it may share memory with ``grad_out``.

    Raises
    ------
    TypeError, ValueError
        As ``flatten``, and for a ``grad_out`` of another shape than its result.

    Examples
    --------
    >>> flatten_backward([[1, 2, 3, 4]], [[[0, 0], [0, 0]]])
    array([[[1., 2.],
            [3., 4.]]])
    """
    where = "flatten_backward"
    grad_out, x = float_arrays(where, grad_out=grad_out, x=x)
    kept = x.shape[: _start_dim(where, x, start_dim)]
    check_grad_out(where, grad_out, (*kept, x.size // math.prod(kept)))
    return grad_out.reshape(x.shape)


def _start_dim(function, x, start_dim):
    start_dim = integer(function, "start_dim", start_dim, 0)
    if start_dim >= x.ndim:
        raise ValueError(
            f"{function}: start_dim must be less than {x.ndim} for shape {x.shape}, got {start_dim}"
        )
    return start_dim
