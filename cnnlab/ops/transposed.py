"""Transposed convolution: each number stamps a kernel onto a larger map, and what overlaps adds up.

Lesson 10 meets it as the backward pass of a convolution, lesson 19 as a layer that makes maps larger. Source
of the formulas: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016),
section 4, and the reference of ``torch.nn.ConvTranspose2d``.
"""

from cnnlab.checks import check_grad_out, check_rank, check_shape, float_arrays, integer
from cnnlab.ops.convolution import stamp_kernels, stamp_patches, sum_at_places
from cnnlab.ops.geometry import transposed_windows


def conv_transpose2d(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """Stamp kernels onto larger maps: each number of ``x`` times its kernel, ``stride`` apart, added up.

    ``out[n, f, i·stride + m·dilation − padding, …] = bias[f] + Σ x[n, c, i, j] · weight[c, f, m, n]``, where
    the sum runs over all channels ``c``, pixels and weights that meet there.

    It is the backward pass of a ``conv2d`` from the larger maps to the smaller ones, with the same weight and
    options: as matrices, the one is the other's transpose. It does not undo that convolution.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        The images.
    weight : array_like, shape (C, F // groups, KH, KW)
        One kernel for each channel and each map it is stamped on.
    bias : array_like, shape (F,), optional
        Added to each map.
    stride, dilation : int or (rows, columns)
        Distance between two stamps; distance between two neighboring weights.
    padding : int or (rows, columns)
        Pixels cut off at each end: the padding of the convolution that is transposed.
    output_padding : int or (rows, columns)
        Pixels more at the end of each axis; smaller than ``stride`` or ``dilation``. A convolution with a
        stride makes the same small map of several sizes: this says which of them to go back to.
    groups : int
        Channels and maps are split into this many groups that do not see each other.

    Returns
    -------
    numpy.ndarray, shape (N, F, OH, OW)
        ``OH = (H − 1)·stride − 2·padding + dilation·(KH − 1) + output_padding + 1``.

    Raises
    ------
    TypeError, ValueError
        For arrays of the wrong rank, shape or type, and options out of range.

    Examples
    --------
    >>> conv_transpose2d([[[[1, 10, 100]]]], [[[[1, 2, 3]]]], stride=2)
    array([[[[  1.,   2.,  13.,  20., 130., 200., 300.]]]])
    """
    x, weight, bias, groups, places = _arguments(
        "conv_transpose2d", x, weight, bias, stride, padding, output_padding, groups, dilation
    )
    out = stamp_kernels(x, weight, groups, places)
    return out if bias is None else out + bias[:, None, None]


def conv_transpose2d_backward(
    grad_out, x, weight, bias=None, *, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Return how the loss changes with each pixel, weight and bias of ``conv_transpose2d``.

    The gradient of a pixel is what its kernel finds where it was stamped: an ordinary convolution of
    ``grad_out``. The gradient of the weights is that of this convolution, ``x`` and ``grad_out`` exchanged.

    ``grad_x[n, c, i, j] = Σ_f Σₘ Σₙ grad_out[n, f, i·stride + m·dilation − padding, …] · weight[c, f, m, n]``

    Parameters
    ----------
    grad_out : array_like, shape (N, F, OH, OW)
        Gradient with respect to the result of ``conv_transpose2d``.
    x, weight, bias, stride, padding, output_padding, groups, dilation
        As in ``conv_transpose2d``.

    Returns
    -------
    grad_x, grad_weight, grad_bias : numpy.ndarray
        Gradients with respect to the three, of their shapes; ``grad_bias`` is ``None`` if ``bias`` is.

    Raises
    ------
    TypeError, ValueError
        As ``conv_transpose2d``, and for a ``grad_out`` of another shape than its result.

    Examples
    --------
    >>> grad_out, x, weight = [[[[1, 0, 2, 0, 5]]]], [[[[1, 10]]]], [[[[1, 2, 3]]]]
    >>> grad_x, grad_weight, _ = conv_transpose2d_backward(grad_out, x, weight, stride=2)
    >>> grad_x
    array([[[[ 7., 17.]]]])
    >>> grad_weight
    array([[[[21.,  0., 52.]]]])
    """
    where = "conv_transpose2d_backward"
    x, weight, bias, groups, places = _arguments(
        where, x, weight, bias, stride, padding, output_padding, groups, dilation
    )
    arrays = float_arrays(where, optional=("bias",), grad_out=grad_out, x=x, weight=weight, bias=bias)
    grad_out, x, weight, bias = arrays
    check_grad_out(where, grad_out, (len(x), weight.shape[1] * groups, *places.size))
    grad_x = sum_at_places(grad_out, weight, groups, places)
    grad_weight = stamp_patches(x, grad_out, weight.shape, groups, places)
    grad_bias = None if bias is None else grad_out.sum(axis=(0, 2, 3))
    return grad_x, grad_weight, grad_bias


def _arguments(function, x, weight, bias, stride, padding, output_padding, groups, dilation):
    x, weight, bias = float_arrays(function, optional=("bias",), x=x, weight=weight, bias=bias)
    check_rank(function, "x", x, (4,), "(N, C, H, W)")
    check_rank(function, "weight", weight, (4,), "(C, F // groups, KH, KW)")
    groups = integer(function, "groups", groups, 1)
    if x.shape[1] % groups:
        raise ValueError(
            f"{function}: groups must divide channels, got groups {groups} for {x.shape[1]} channels"
        )
    if len(weight) != x.shape[1]:
        raise ValueError(
            f"{function}: x has {x.shape[1]} channels, weight expects {len(weight)} (shape {weight.shape})"
        )
    if bias is not None:
        check_shape(function, "bias", bias, (weight.shape[1] * groups,), "one for each map that is made")
    places = transposed_windows(
        function,
        "x",
        x.shape[2:],
        weight.shape[2:],
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
    )
    return x, weight, bias, groups, places
