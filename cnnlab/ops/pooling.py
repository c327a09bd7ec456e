"""Pooling: one number for each window, its largest or its mean. Acts on the last two axes."""

import numpy as np

from cnnlab.checks import check_grad_out, check_rank, float_arrays, pair
from cnnlab.ops.geometry import windows

LAYOUT = "(H, W), (C, H, W) or (N, C, H, W)"


def max_pool2d(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Keep the largest number of each window.

    Parameters
    ----------
    x : array_like, shape (H, W), (C, H, W) or (N, C, H, W)
        The maps.
    kernel_size : int or (rows, columns)
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
    x, places = _pool_arguments("max_pool2d", x, kernel_size, stride, padding, dilation, ceil_mode)
    padded = places.pad(x, -np.inf)
    out = np.full(x.shape[:-2] + places.output, -np.inf, x.dtype)
    for m, n in np.ndindex(places.kernel):
        np.maximum(out, places.tap(padded, m, n), out=out)
    return out


def max_pool2d_backward(grad_out, x, kernel_size, *, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Send each window's gradient to the cell that won: the others could grow a little unnoticed.

    Parameters
    ----------
    grad_out : array_like
        Gradient with respect to the result of ``max_pool2d``.
    x, kernel_size, stride, padding, dilation, ceil_mode
        As in ``max_pool2d``.

    Returns
    -------
    numpy.ndarray
        Gradient with respect to ``x``, of its shape. Where windows overlap, a cell gets the sum. Of equal
        numbers the first one wins, row by row; NaN beats every number, and of several the last one wins
        (both as in PyTorch). The gradient of a window that meets padding only goes nowhere.

    Raises
    ------
    TypeError, ValueError
        As ``max_pool2d``, and for a ``grad_out`` of another shape than its result.

    Examples
    --------
    >>> max_pool2d_backward([[10]], [[1, 5], [5, 0]], 2)
    array([[ 0., 10.],
           [ 0.,  0.]])
    """
    where = "max_pool2d_backward"
    x, places = _pool_arguments(where, x, kernel_size, stride, padding, dilation, ceil_mode)
    grad_out, x = float_arrays(where, grad_out=grad_out, x=x)
    check_grad_out(where, grad_out, x.shape[:-2] + places.output)
    padded, inside = places.pad(x, -np.inf), places.pad(np.ones_like(x, bool), False)
    largest = np.full(grad_out.shape, -np.inf, x.dtype)
    winner = np.full(grad_out.shape, -1)
    for number, (m, n) in enumerate(np.ndindex(places.kernel)):
        cell = places.tap(padded, m, n)
        # The first cell that is no padding leads even if it holds −∞.
        leads = (cell > largest) | np.isnan(cell) | ((winner < 0) & places.tap(inside, m, n))
        winner[leads] = number
        largest[leads] = cell[leads]
    grad_padded = np.zeros_like(padded)
    for number, (m, n) in enumerate(np.ndindex(places.kernel)):
        to = places.tap(grad_padded, m, n)
        np.add(to, grad_out, out=to, where=winner == number)
    return places.crop(grad_padded)


def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """Take the mean of each window.

    Parameters
    ----------
    x, kernel_size, stride, ceil_mode
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
    x, places = _pool_arguments("avg_pool2d", x, kernel_size, stride, padding, 1, ceil_mode)
    padded = places.pad(x, 0)
    out = np.zeros(x.shape[:-2] + places.output, x.dtype)
    for m, n in np.ndindex(places.kernel):
        out += places.tap(padded, m, n)
    out /= cells_counted(places, count_include_pad)
    return out


def avg_pool2d_backward(
    grad_out, x, kernel_size, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """Share each window's gradient equally among its cells; where windows overlap, a cell gets the sum.

    Parameters
    ----------
    grad_out : array_like
        Gradient with respect to the result of ``avg_pool2d``.
    x, kernel_size, stride, padding, ceil_mode, count_include_pad
        As in ``avg_pool2d``; of ``x``, only the shape matters.

    Returns
    -------
    numpy.ndarray
        Gradient with respect to ``x``, of its shape.

    Raises
    ------
    TypeError, ValueError
        As ``avg_pool2d``, and for a ``grad_out`` of another shape than its result.

    Examples
    --------
    >>> avg_pool2d_backward([[10, 40]], [[0, 0, 0]], (1, 2), stride=1)
    array([[ 5., 25., 20.]])
    """
    where = "avg_pool2d_backward"
    x, places = _pool_arguments(where, x, kernel_size, stride, padding, 1, ceil_mode)
    grad_out, x = float_arrays(where, grad_out=grad_out, x=x)
    check_grad_out(where, grad_out, x.shape[:-2] + places.output)
    share = grad_out / cells_counted(places, count_include_pad).astype(x.dtype)
    grad_padded = np.zeros_like(places.pad(x, 0))
    for m, n in np.ndindex(places.kernel):
        to = places.tap(grad_padded, m, n)
        to += share
    return places.crop(grad_padded)


def adaptive_avg_pool2d(x, output_size):
    """Take the mean of each whole map ("global average pooling"): one number for it, whatever its size.

    Parameters
    ----------
    x : array_like, shape (H, W), (C, H, W) or (N, C, H, W)
    output_size : 1 or (1, 1)
        Rows and columns of the result. PyTorch also takes more than one.

    Returns
    -------
    numpy.ndarray
        ``x``'s shape with the last two axes shrunk to 1.

    Raises
    ------
    TypeError, ValueError
        For arrays of the wrong rank or type, and for another size.

    Examples
    --------
    >>> adaptive_avg_pool2d([[[1, 2], [3, 6]], [[0, 0], [0, 1]]], 1).ravel()
    array([3.  , 0.25])
    """
    x = _map_and_size("adaptive_avg_pool2d", x, output_size)
    return x.mean(axis=(-2, -1), keepdims=True)


def adaptive_avg_pool2d_backward(grad_out, x, output_size):
    """Share each map's gradient equally among its cells.

    Parameters
    ----------
    grad_out : array_like, shape (1, 1), (C, 1, 1) or (N, C, 1, 1)
        Gradient with respect to the result of ``adaptive_avg_pool2d``.
    x, output_size
        As in ``adaptive_avg_pool2d``; of ``x``, only the shape matters.

    Returns
    -------
    numpy.ndarray
        Gradient with respect to ``x``, of its shape.

    Raises
    ------
    TypeError, ValueError
        As ``adaptive_avg_pool2d``, and for a ``grad_out`` of another shape than its result.

    Examples
    --------
    >>> adaptive_avg_pool2d_backward([[8]], [[1, 2], [3, 6]], 1)
    array([[2., 2.],
           [2., 2.]])
    """
    where = "adaptive_avg_pool2d_backward"
    _map_and_size(where, x, output_size)
    grad_out, x = float_arrays(where, grad_out=grad_out, x=x)
    check_grad_out(where, grad_out, (*x.shape[:-2], 1, 1))
    return np.broadcast_to(grad_out / (x.shape[-2] * x.shape[-1]), x.shape).copy()


def _map_and_size(function, x, output_size):
    (x,) = float_arrays(function, x=x)
    check_rank(function, "x", x, (2, 3, 4), LAYOUT)
    size = pair(function, "output_size", output_size, 1)
    if size != (1, 1):
        raise ValueError(f"{function}: output_size must be 1, got {output_size!r}")
    return x


def _pool_arguments(function, x, kernel_size, stride, padding, dilation, ceil_mode):
    (x,) = float_arrays(function, x=x)
    check_rank(function, "x", x, (2, 3, 4), LAYOUT)
    return x, pooling_windows(function, x.shape[-2:], kernel_size, stride, padding, dilation, ceil_mode)


def pooling_windows(function, shape, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Check the options of a pooling and return its ``Windows`` over maps of ``shape`` (H, W)."""
    kernel_size = pair(function, "kernel_size", kernel_size, 1)
    places = windows(
        function,
        "x",
        shape,
        kernel_size,
        stride=kernel_size if stride is None else stride,
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
    return places


def cells_counted(places, count_include_pad):
    """Return by what each window's sum is divided, shape ``places.output``."""
    counts = []
    for axis in (0, 1):
        (before, after), size = places.padding[axis], places.size[axis]
        start = np.arange(places.output[axis]) * places.stride[axis] - before
        stop = np.minimum(start + places.kernel[axis], size + after)
        if not count_include_pad:
            start, stop = np.maximum(start, 0), np.minimum(stop, size)
        counts.append(stop - start)
    return np.outer(*counts)
