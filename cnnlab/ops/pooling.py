"""Pooling: one number for each window, its largest or its mean. Acts on the last two axes."""

import numpy as np

from cnnlab.ops.arguments import check_rank, float_arrays, pair
from cnnlab.ops.geometry import windows

LAYOUT = "(H, W), (C, H, W) or (N, C, H, W)"


def max_pool2d(x, window, *, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Keep the largest number of each window.

    Parameters
    ----------
    x : array_like, shape (H, W), (C, H, W) or (N, C, H, W)
        The maps.
    window : int or (rows, columns)
        The window's size.
    stride : int or (rows, columns), optional
        Distance between two windows; the window's size unless given.
    padding : int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid"
        Cells of −∞ around the map (never 0, which would beat every negative number); at most half the window.
    dilation : int or (rows, columns)
        Distance between two cells of a window.
    ceil_mode : bool
        Whether a partial window at the end counts. One that would start in the padding never does.

    Returns
    -------
    numpy.ndarray
        ``x``'s shape with the last two axes shrunk; see ``conv_output_size``. A window that meets padding
        only (possible with dilation) gives −∞, as in PyTorch.

    Raises
    ------
    TypeError, ValueError
        For arrays of the wrong rank or type, options out of range, a window that does not fit.

    Examples
    --------
    >>> x = [[1, 5, 2], [-3, 0, 4], [-7, -8, -9]]
    >>> max_pool2d(x, 2)
    array([[5.]])
    >>> max_pool2d(x, 2, ceil_mode=True)
    array([[ 5.,  4.],
           [-7., -9.]])
    """
    x, places = _pool_arguments("max_pool2d", x, window, stride, padding, dilation, ceil_mode)
    padded = places.pad(x, -np.inf)
    out = np.full(x.shape[:-2] + places.output, -np.inf, x.dtype)
    for m, n in np.ndindex(places.kernel):
        np.maximum(out, places.tap(padded, m, n), out=out)
    return out


def avg_pool2d(x, window, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """Take the mean of each window.

    Parameters
    ----------
    x, window, stride, ceil_mode
        As in ``max_pool2d``.
    padding : int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid"
        Zeros around the map; at most half the window.
    count_include_pad : bool
        Whether the padding's zeros count when the sum is divided. What a partial window lacks beyond the
        padding never counts.

    Returns
    -------
    numpy.ndarray
        ``x``'s shape with the last two axes shrunk.

    Raises
    ------
    TypeError, ValueError
        As ``max_pool2d``.

    Examples
    --------
    >>> avg_pool2d([[1, 2], [3, 6]], 2)
    array([[3.]])
    >>> avg_pool2d([[8.0]], 2, padding=1), avg_pool2d([[8.0]], 2, padding=1, count_include_pad=False)
    (array([[2.]]), array([[8.]]))
    """
    x, places = _pool_arguments("avg_pool2d", x, window, stride, padding, 1, ceil_mode)
    padded = places.pad(x, 0)
    out = np.zeros(x.shape[:-2] + places.output, x.dtype)
    for m, n in np.ndindex(places.kernel):
        out += places.tap(padded, m, n)
    rows, columns = (_cells_counted(places, axis, x.shape[axis - 2], count_include_pad) for axis in (0, 1))
    out /= np.outer(rows, columns)
    return out


def global_avg_pool2d(x):
    """Take the mean of each whole map.

    Parameters
    ----------
    x : array_like, shape (H, W), (C, H, W) or (N, C, H, W)

    Returns
    -------
    numpy.ndarray or scalar
        ``x``'s shape without the last two axes: ``(N, C)`` for a batch.

    Raises
    ------
    TypeError, ValueError
        For arrays of the wrong rank or type.

    Examples
    --------
    >>> global_avg_pool2d([[[1, 2], [3, 6]], [[0, 0], [0, 1]]])
    array([3.  , 0.25])
    """
    (x,) = float_arrays("global_avg_pool2d", x=x)
    check_rank("global_avg_pool2d", "x", x, (2, 3, 4), LAYOUT)
    return x.mean(axis=(-2, -1))


def _pool_arguments(function, x, window, stride, padding, dilation, ceil_mode):
    (x,) = float_arrays(function, x=x)
    check_rank(function, "x", x, (2, 3, 4), LAYOUT)
    window = pair(function, "window", window, 1)
    places = windows(
        function,
        "x",
        x.shape[-2:],
        window,
        stride=window if stride is None else stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )
    for (before, after), extent in zip(places.padding, places.extent, strict=True):
        if max(before, after) > extent // 2:
            raise ValueError(
                f"{function}: padding must be at most half the window ({extent // 2} of {extent}), "
                f"got {max(before, after)}"
            )
    return x, places


def _cells_counted(places, axis, size, count_include_pad):
    """Return by what each window's sum is divided along one axis."""
    before, after = places.padding[axis]
    start = np.arange(places.output[axis]) * places.stride[axis] - before
    stop = np.minimum(start + places.kernel[axis], size + after)
    if not count_include_pad:
        start, stop = np.maximum(start, 0), np.minimum(stop, size)
    return stop - start
