"""Batch normalization: while training by the batch's own statistics, afterwards by remembered ones.

Source of the formulas: S. Ioffe and C. Szegedy, "Batch Normalization" (2015), algorithm 1 and section 3; the
running statistics are those of ``torch.nn.BatchNorm2d``.
"""

import numpy as np

from cnnlab.checks import check_grad_out, check_rank, check_shape, float_arrays, number


def batch_norm(x, weight, bias, *, mean, var, eps=1e-5):
    """Shift and scale each channel by given statistics, then by learned numbers.

    ``(x − mean) / √(var + eps) · weight + bias``, channel by channel: what is done once training is over.

    Parameters
    ----------
    x : array_like, shape (N, C) or (N, C, H, W)
    weight, bias : array_like, shape (C,)
        The learned scale and shift.
    mean, var : array_like, shape (C,)
        The statistics to normalize by; variances are not negative.
    eps : float
        Keeps the divisor above 0.

    Returns
    -------
    numpy.ndarray
        Same shape as ``x``.

    Raises
    ------
    TypeError, ValueError
        For arrays of the wrong rank, shape or type, and for a divisor that is not above 0.

    Examples
    --------
    >>> batch_norm([[1.0, 10.0]], [1, 2], [0, 1], mean=[0, 8], var=[1, 4], eps=0)
    array([[1., 3.]])
    """
    where = "batch_norm"
    x, weight, bias, mean, var = float_arrays(where, x=x, weight=weight, bias=bias, mean=mean, var=var)
    eps = _check(where, x, eps, weight=weight, bias=bias, mean=mean, var=var)
    normalized, _ = _normalize(where, x, mean, var, eps)
    return normalized * _along_channels(weight, x) + _along_channels(bias, x)


def batch_norm_backward(grad_out, x, weight, bias, *, mean, var, eps=1e-5):
    """Return how the loss changes with each number, scale and shift of ``batch_norm``.

    ``mean`` and ``var`` are given, so they do not move with ``x``; they get no gradient.

    Parameters
    ----------
    grad_out : array_like, shape (N, C) or (N, C, H, W)
        Gradient with respect to the result of ``batch_norm``.
    x, weight, bias, mean, var, eps
        As in ``batch_norm``.

    Returns
    -------
    grad_x, grad_weight, grad_bias : numpy.ndarray
        Of the shapes of ``x``, ``weight`` and ``bias``.

    Raises
    ------
    TypeError, ValueError
        As ``batch_norm``, and for a ``grad_out`` of another shape than ``x``.

    Examples
    --------
    >>> batch_norm_backward([[1.0], [2.0]], [[5.0], [9.0]], [6], [0], mean=[5], var=[4], eps=0)
    (array([[3.],
           [6.]]), array([4.]), array([3.]))
    """
    where = "batch_norm_backward"
    grad_out, x, weight, bias, mean, var = float_arrays(
        where, grad_out=grad_out, x=x, weight=weight, bias=bias, mean=mean, var=var
    )
    eps = _check(where, x, eps, weight=weight, bias=bias, mean=mean, var=var)
    check_grad_out(where, grad_out, x.shape)
    normalized, std = _normalize(where, x, mean, var, eps)
    axes = _all_but_channels(x)
    grad_normalized = grad_out * _along_channels(weight, x)
    return grad_normalized / std, (grad_out * normalized).sum(axes), grad_out.sum(axes)


def batch_norm_training(x, weight, bias, *, running_mean, running_var, momentum=0.1, eps=1e-5):
    """Shift and scale each channel by the batch's own statistics, and remember them for later.

    ``(x − mean) / √(var + eps) · weight + bias`` with ``mean`` and ``var`` over the batch and all pixels. The
    running statistics move towards these by the share ``momentum``:
    ``running ← (1 − momentum) · running + momentum · batch``, where the batch's variance counts times
    ``n / (n − 1)``, as an estimate for all images must.

    Parameters
    ----------
    x : array_like, shape (N, C) or (N, C, H, W)
        At least two numbers in each channel.
    weight, bias : array_like, shape (C,)
        The learned scale and shift.
    running_mean, running_var : array_like, shape (C,)
        What ``batch_norm`` will be given as ``mean`` and ``var``; zeros and ones at the start.
    momentum : float
        Between 0 (remember nothing new) and 1 (nothing old).
    eps : float
        Keeps the divisor above 0.

    Returns
    -------
    out : numpy.ndarray
        Same shape as ``x``.
    running_mean, running_var : numpy.ndarray, shape (C,)
        The moved statistics, as new arrays.

    Raises
    ------
    TypeError, ValueError
        As ``batch_norm``, for a channel of one number, and for a ``momentum`` out of range.

    Examples
    --------
    >>> out, mean, var = batch_norm_training(
    ...     [[1.0], [5.0]], [1], [0], running_mean=[0], running_var=[1], momentum=0.5, eps=0
    ... )
    >>> out.ravel(), mean, var
    (array([-1.,  1.]), array([1.5]), array([4.5]))
    """
    where = "batch_norm_training"
    x, weight, bias, running_mean, running_var = float_arrays(
        where, x=x, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var
    )
    eps = _check(where, x, eps, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    momentum = number(where, "momentum", momentum, 0)
    if momentum > 1:
        raise ValueError(f"{where}: momentum must be at most 1, got {momentum}")
    mean, var, count = _batch_statistics(where, x)
    normalized, _ = _normalize(where, x, mean, var, eps)
    return (
        normalized * _along_channels(weight, x) + _along_channels(bias, x),
        (1 - momentum) * running_mean + momentum * mean,
        (1 - momentum) * running_var + momentum * (count / (count - 1)) * var,
    )


def batch_norm_training_backward(grad_out, x, weight, bias, *, eps=1e-5):
    """Return how the loss changes with each number, scale and shift of ``batch_norm_training``.

    Each number of a channel also moves the channel's mean and variance, so ``grad_x`` is what is left of the
    direct gradient once its mean, and its share along the normalized ``x``, are taken out:

    ``grad_x = weight / √(var + eps) · (grad_out − mean(grad_out) − z · mean(grad_out · z))`` with
    ``z = (x − mean) / √(var + eps)``.

    Parameters
    ----------
    grad_out : array_like, shape (N, C) or (N, C, H, W)
        Gradient with respect to ``out``; the running statistics take no part in the loss.
    x, weight, bias, eps
        As in ``batch_norm_training``.

    Returns
    -------
    grad_x, grad_weight, grad_bias : numpy.ndarray
        Of the shapes of ``x``, ``weight`` and ``bias``.

    Raises
    ------
    TypeError, ValueError
        As ``batch_norm_training``, and for a ``grad_out`` of another shape than ``x``.

    Examples
    --------
    >>> grad_x, grad_weight, grad_bias = batch_norm_training_backward(
    ...     [[3.0], [0.0], [0.0]], [[-3.0], [0.0], [3.0]], [6], [0], eps=3
    ... )
    >>> grad_x.round(2).ravel(), grad_weight, grad_bias
    (array([ 2., -2.,  0.]), array([-3.]), array([3.]))
    """
    where = "batch_norm_training_backward"
    grad_out, x, weight, bias = float_arrays(where, grad_out=grad_out, x=x, weight=weight, bias=bias)
    eps = _check(where, x, eps, weight=weight, bias=bias)
    check_grad_out(where, grad_out, x.shape)
    mean, var, count = _batch_statistics(where, x)
    z, std = _normalize(where, x, mean, var, eps)
    axes = _all_but_channels(x)
    grad_weight, grad_bias = (grad_out * z).sum(axes), grad_out.sum(axes)
    centered = grad_out - _along_channels(grad_bias / count, x) - z * _along_channels(grad_weight / count, x)
    return _along_channels(weight, x) / std * centered, grad_weight, grad_bias


def _check(function, x, eps, **of_each_channel):
    check_rank(function, "x", x, (2, 4), "(N, C) or (N, C, H, W)")
    for name, array in of_each_channel.items():
        check_shape(function, name, array, (x.shape[1],), "one for each channel")
    return number(function, "eps", eps, 0)


def _normalize(function, x, mean, var, eps):
    """Return ``x`` shifted and scaled by the statistics, and by what it was divided."""
    if (var < 0).any() or (var + eps <= 0).any():
        raise ValueError(
            f"{function}: var + eps must be above 0, got a smallest var of {var.min()} and eps {eps}"
        )
    std = np.sqrt(_along_channels(var, x) + x.dtype.type(eps))
    return (x - _along_channels(mean, x)) / std, std


def _batch_statistics(function, x):
    axes = _all_but_channels(x)
    count = x.size // x.shape[1]
    if count < 2:
        raise ValueError(
            f"{function}: x must have at least two numbers in each channel to have a variance, "
            f"got shape {x.shape}"
        )
    return x.mean(axes), x.var(axes), count


def _all_but_channels(x):
    return tuple(axis for axis in range(x.ndim) if axis != 1)


def _along_channels(array, x):
    return array.reshape(1, -1, *(1,) * (x.ndim - 2))
