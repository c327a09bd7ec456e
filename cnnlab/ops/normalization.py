"""Batch normalization, as it is used once training is over."""

import numpy as np

from cnnlab.ops.arguments import check_rank, check_shape, float_arrays


def batch_norm(x, weight, bias, *, mean, var, eps=1e-5):
    """Shift and scale each channel by given statistics, then by learned numbers.

    ``(x − mean) / √(var + eps) · weight + bias``, channel by channel. Source of the formula: S. Ioffe and
    C. Szegedy, "Batch Normalization" (2015), algorithm 1.

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
    check_rank(where, "x", x, (2, 4), "(N, C) or (N, C, H, W)")
    channels = x.shape[1]
    for name, array in (("weight", weight), ("bias", bias), ("mean", mean), ("var", var)):
        check_shape(where, name, array, (channels,), "one for each channel")
    (eps,) = float_arrays(where, eps=eps)
    if eps.ndim or not eps >= 0:
        raise ValueError(f"{where}: eps must be one number of at least 0, got {eps}")
    if (var < 0).any() or (var + eps <= 0).any():
        raise ValueError(
            f"{where}: var + eps must be above 0, got a smallest var of {var.min()} and eps {eps}"
        )
    along_channels = (1, channels) + (1,) * (x.ndim - 2)
    weight, bias, mean, var = (array.reshape(along_channels) for array in (weight, bias, mean, var))
    return (x - mean) / np.sqrt(var + x.dtype.type(eps)) * weight + bias
