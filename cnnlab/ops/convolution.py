"""Convolution: the taught operation on one image, the batched one, the plain loops, and the matrix.

What neural networks call convolution is *cross-correlation*: the kernel is laid on the image as it is.
Mathematical convolution turns the kernel by 180° first (``convolve2d``).
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnlab.checks import check_grad_out, check_rank, check_shape, float_arrays, integer
from cnnlab.ops.geometry import windows

# Rows of the output are worked on in blocks of about this many bytes, so that intermediate results stay in
# the processor's cache and a large image needs little memory beyond its result.
BLOCK_BYTES = 1 << 20


def correlate2d(image, kernel, *, stride=1, padding=0, dilation=1, normalize=False):
    """Slide ``kernel`` over ``image``; at each place multiply pixel by weight and add the products up.

    ``out[i, j] = Σₘ Σₙ image[i·stride + m·dilation − top, j·stride + n·dilation − left] · kernel[m, n]``

    Parameters
    ----------
    image : array_like, shape (H, W)
        One image of one channel, any real numbers.
    kernel : array_like, shape (KH, KW)
        The weights, laid on the image as they are (cross-correlation).
    stride, dilation : int or (rows, columns)
        Distance between two places of the kernel; distance between two neighboring weights.
    padding : int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid"
        Zeros added around the image.
    normalize : bool
        Divide each sum by the number of weights (the worked example's fourth step).

    Returns
    -------
    numpy.ndarray, shape (OH, OW)
        The feature map; see ``conv_output_size`` for its size.

    Raises
    ------
    TypeError, ValueError
        For anything that is not a matrix of real numbers, options out of range, a kernel that does not fit.

    Examples
    --------
    >>> image = [[4, 3, 2, 1, 0]] * 3
    >>> correlate2d(image, [[1, 0, -1]] * 3)
    array([[6., 6., 6.]])
    """
    return _slide("correlate2d", image, kernel, stride, padding, dilation, normalize)


def correlate2d_backward(grad_out, image, kernel, *, stride=1, padding=0, dilation=1, normalize=False):
    """Return how the loss changes with each pixel and with each weight of ``correlate2d``.

    At every place ``(i, j)`` of the kernel, ``grad_out[i, j]`` stamps twice: times the patch under the kernel
    onto ``grad_kernel``, and times the kernel onto ``grad_image`` where that patch lies. For it was these
    pixels times these weights that made ``out[i, j]``.

    ``grad_kernel[m, n] = Σᵢ Σⱼ grad_out[i, j] · image[i·stride + m·dilation − top, …]``

    Parameters
    ----------
    grad_out : array_like, shape (OH, OW)
        Gradient with respect to the feature map.
    image, kernel, stride, padding, dilation, normalize
        As in ``correlate2d``.

    Returns
    -------
    grad_image, grad_kernel : numpy.ndarray, shapes (H, W) and (KH, KW)

    Raises
    ------
    TypeError, ValueError
        As ``correlate2d``, and for a ``grad_out`` of another shape than its result.

    Examples
    --------
    >>> grad_image, grad_kernel = correlate2d_backward([[1, 10]], [[4, 3, 2]], [[5, 7]])
    >>> grad_image
    array([[ 5., 57., 70.]])
    >>> grad_kernel
    array([[34., 23.]])
    """
    where = "correlate2d_backward"
    image, kernel = _image_and_kernel(where, image, kernel)
    grad_out, image, kernel = float_arrays(where, grad_out=grad_out, image=image, kernel=kernel)
    places = windows(
        where, "image", image.shape, kernel.shape, stride=stride, padding=padding, dilation=dilation
    )
    check_grad_out(where, grad_out, places.output)
    if normalize:
        grad_out = grad_out / kernel.size
    padded = places.pad(image, 0)
    grad_padded, grad_kernel = np.zeros_like(padded), np.empty_like(kernel)
    for m, n in np.ndindex(kernel.shape):  # weight by weight, all places at once
        grad_kernel[m, n] = (grad_out * places.tap(padded, m, n)).sum()
        to = places.tap(grad_padded, m, n)
        to += grad_out * kernel[m, n]
    return places.crop(grad_padded), grad_kernel


def convolve2d(image, kernel, *, stride=1, padding=0, dilation=1, normalize=False):
    """Convolve in the mathematical sense: turn ``kernel`` by 180°, then slide it as ``correlate2d`` does.

    ``out[i, j] = Σₘ Σₙ image[i·stride + m·dilation − top, …] · kernel[KH − 1 − m, KW − 1 − n]``. Parameters,
    result and errors are those of ``correlate2d``.

    Examples
    --------
    >>> convolve2d([[0, 0, 1, 0, 0]], [[1, 2, 3]])
    array([[1., 2., 3.]])
    >>> correlate2d([[0, 0, 1, 0, 0]], [[1, 2, 3]])
    array([[3., 2., 1.]])
    """
    image, kernel = _image_and_kernel("convolve2d", image, kernel)
    return _slide("convolve2d", image, kernel[::-1, ::-1], stride, padding, dilation, normalize)


def _image_and_kernel(function, image, kernel):
    image, kernel = float_arrays(function, image=image, kernel=kernel)
    check_rank(function, "image", image, (2,), "(H, W)")
    check_rank(function, "kernel", kernel, (2,), "(KH, KW)")
    return image, kernel


def _slide(function, image, kernel, stride, padding, dilation, normalize):
    image, kernel = _image_and_kernel(function, image, kernel)
    places = windows(
        function, "image", image.shape, kernel.shape, stride=stride, padding=padding, dilation=dilation
    )
    padded = places.pad(image, 0)
    out = np.empty(places.output, image.dtype)
    strip = min(max(1, BLOCK_BYTES // (kernel.size * out[0].nbytes)), len(out))
    # seen[i, k] is row i of the strip as weight k sees it, so each row of sums is one vector times a matrix.
    seen = np.empty((strip, kernel.size, places.output[1]), image.dtype)
    for top in range(0, len(out), strip):
        rows = slice(top, min(top + strip, len(out)))
        for k, (m, n) in enumerate(np.ndindex(kernel.shape)):
            seen[: rows.stop - top, k] = places.tap(padded, m, n, rows)
        np.matmul(kernel.ravel(), seen[: rows.stop - top], out=out[rows])
    if normalize:
        out /= kernel.size
    return out


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlate a batch of images with a bank of filters; each filter sees all channels of its group.

    ``out[n, f, i, j] = bias[f] + Σ_c Σₘ Σₙ x[n, c, i·stride + m·dilation − top, …] · weight[f, c, m, n]``

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        The images.
    weight : array_like, shape (F, C // groups, KH, KW)
        One kernel for each filter and each channel it sees.
    bias : array_like, shape (F,), optional
        Added to each filter's map.
    stride, dilation : int or (rows, columns)
        Distance between two places of the kernel; distance between two neighboring weights.
    padding : int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid"
        Zeros added around each image.
    groups : int
        Channels and filters are split into this many groups that do not see each other
        (``groups=C``: depthwise).

    Returns
    -------
    numpy.ndarray, shape (N, F, OH, OW)

    Raises
    ------
    TypeError, ValueError
        For arrays of the wrong rank, shape or type, options out of range, a kernel that does not fit.

    Examples
    --------
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> conv2d(x, np.ones((1, 1, 3, 3)), bias=[0.5])
    array([[[[45.5, 54.5],
             [81.5, 90.5]]]])
    """
    x, weight, bias, groups, places = _conv2d_arguments(
        "conv2d", x, weight, bias, stride, padding, dilation, groups
    )
    out = sum_at_places(x, weight, groups, places)
    if bias is not None:
        out += bias[:, None, None]
    return out


def conv2d_backward(grad_out, x, weight, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Return how the loss changes with each pixel, weight and bias of ``conv2d``.

    The two stamps of ``correlate2d_backward``, for all images, channels and filters at once: kernel position
    by kernel position, two matrix products.

    ``grad_weight[f, c, m, n] = Σₙ Σᵢ Σⱼ grad_out[n, f, i, j] · x[n, c, i·stride + m·dilation − top, …]``

    ``grad_bias[f] = Σₙ Σᵢ Σⱼ grad_out[n, f, i, j]``

    Parameters
    ----------
    grad_out : array_like, shape (N, F, OH, OW)
        Gradient with respect to the result of ``conv2d``.
    x, weight, bias, stride, padding, dilation, groups
        As in ``conv2d``.

    Returns
    -------
    grad_x, grad_weight, grad_bias : numpy.ndarray
        Gradients with respect to the three, of their shapes; ``grad_bias`` is ``None`` if ``bias`` is.

    Raises
    ------
    TypeError, ValueError
        As ``conv2d``, and for a ``grad_out`` of another shape than its result.

    Examples
    --------
    >>> x, weight = [[[[4, 3, 2]]]], [[[[5, 7]]]]
    >>> grad_x, grad_weight, grad_bias = conv2d_backward([[[[1, 10]]]], x, weight, bias=[0])
    >>> grad_x
    array([[[[ 5., 57., 70.]]]])
    >>> grad_weight
    array([[[[34., 23.]]]])
    >>> grad_bias
    array([11.])
    """
    where = "conv2d_backward"
    x, weight, bias, groups, places = _conv2d_arguments(
        where, x, weight, bias, stride, padding, dilation, groups
    )
    arrays = float_arrays(where, optional=("bias",), grad_out=grad_out, x=x, weight=weight, bias=bias)
    grad_out, x, weight, bias = arrays
    check_grad_out(where, grad_out, (len(x), len(weight), *places.output))
    grad_x = stamp_kernels(grad_out, weight, groups, places)
    grad_weight = stamp_patches(grad_out, x, weight.shape, groups, places)
    grad_bias = None if bias is None else grad_out.sum(axis=(0, 2, 3))
    return grad_x, grad_weight, grad_bias


def conv2d_loops(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Compute ``conv2d`` with plain loops, one product at a time: slow, and easy to check by eye.

    Parameters, result and errors are those of ``conv2d``.

    Examples
    --------
    >>> conv2d_loops([[[[1, 2], [3, 4]]]], [[[[1, 0], [0, -1]]]])
    array([[[[-3.]]]])
    """
    x, weight, bias, groups, places = _conv2d_arguments(
        "conv2d_loops", x, weight, bias, stride, padding, dilation, groups
    )
    images, _, height, width = x.shape
    filters, channels, kernel_height, kernel_width = weight.shape
    (top, _), (left, _) = places.padding
    out = np.zeros((images, filters, *places.output), x.dtype)
    for image in range(images):
        for f in range(filters):
            first = f // (filters // groups) * channels  # the first channel of this filter's group
            for i in range(places.output[0]):
                for j in range(places.output[1]):
                    total = 0 if bias is None else bias[f]
                    for c in range(channels):
                        for m in range(kernel_height):
                            for n in range(kernel_width):
                                row = i * places.stride[0] + m * places.dilation[0] - top
                                column = j * places.stride[1] + n * places.dilation[1] - left
                                if 0 <= row < height and 0 <= column < width:  # padding is zero
                                    total += x[image, first + c, row, column] * weight[f, c, m, n]
                    out[image, f, i, j] = total
    return out


def conv2d_as_matrix(weight, input_shape, *, stride=1, padding=0, dilation=1, groups=1):
    """Write a convolution as one matrix: ``matrix @ x.ravel()`` is the feature map, raveled.

    Parameters
    ----------
    weight : array_like, shape (KH, KW) or (F, C // groups, KH, KW)
        One kernel, or a bank of filters.
    input_shape : (H, W) for one kernel, (C, H, W) for a bank
        The shape of one image.
    stride, padding, dilation, groups
        As in ``conv2d``.

    Returns
    -------
    numpy.ndarray, shape (F·OH·OW, C·H·W)
        Row ``(f, i, j)`` holds the weights of place ``(i, j)`` where the pixels they meet stand, zeros
        elsewhere.

    Raises
    ------
    TypeError, ValueError
        As ``conv2d``, and for an ``input_shape`` that does not suit ``weight``.

    Examples
    --------
    >>> conv2d_as_matrix([[1, -1]], (1, 4))
    array([[ 1., -1.,  0.,  0.],
           [ 0.,  1., -1.,  0.],
           [ 0.,  0.,  1., -1.]])
    """
    where = "conv2d_as_matrix"
    (weight,) = float_arrays(where, weight=weight)
    check_rank(where, "weight", weight, (2, 4), "(KH, KW) or (F, C // groups, KH, KW)")
    axes = "(H, W)" if weight.ndim == 2 else "(C, H, W)"
    try:
        shape = tuple(integer(where, "input_shape", size, 1) for size in input_shape)
    except TypeError:
        raise TypeError(f"{where}: input_shape must be {axes}, got {input_shape!r}") from None
    if len(shape) != len(axes.split(",")):
        raise ValueError(f"{where}: input_shape must be {axes} for this weight, got {input_shape!r}")
    if weight.ndim == 2:
        weight, shape = weight[None, None], (1, *shape)
    # Number the pixels 1, 2, 3, … and look up which one each weight meets (0: padding).
    numbers = np.arange(1, np.prod(shape) + 1, dtype=np.float64).reshape(1, *shape)
    *_, groups, places = _conv2d_arguments(
        where, numbers, weight, None, stride, padding, dilation, groups, x_name="input_shape"
    )
    padded = places.pad(numbers, 0)[0].astype(int)
    filters, channels = weight.shape[:2]
    matrix = np.zeros((filters, *places.output, numbers.size + 1), weight.dtype)
    i, j = np.indices(places.output)
    for f, c, m, n in np.ndindex(weight.shape):
        first = f // (filters // groups) * channels
        matrix[f, i, j, places.tap(padded[first + c], m, n)] = weight[f, c, m, n]
    return matrix[..., 1:].reshape(-1, numbers.size)


# --- The three sums, each linear in two arrays: a convolution, and its gradients, of which one is transposed


def sum_at_places(x, weight, groups, places):
    """Return what the filters find at all places over ``x``, (N, F, OH, OW): ``conv2d`` without its bias."""
    (sh, sw), (dh, dw), (height, width) = places.stride, places.dilation, places.output
    # patches[n, c, i, j] is the patch under the kernel at place (i, j): a view, nothing is copied yet.
    patches = sliding_window_view(places.pad(x, 0), places.extent, axis=(2, 3))
    patches = patches[:, :, ::sh, ::sw, ::dh, ::dw][:, :, :height, :width]
    out = np.empty((len(x), len(weight), height, width), x.dtype)
    for seen, mine in _by_group(x.shape[1], len(weight), groups):
        for rows in _blocks(height, len(x) * width * weight[0].nbytes):
            sums = np.tensordot(patches[:, seen, rows], weight[mine], axes=((1, 4, 5), (1, 2, 3)))
            out[:, mine, rows] = np.moveaxis(sums, 3, 1)
    return out


def stamp_kernels(numbers, weight, groups, places):
    """Stamp the kernels, times the ``numbers`` (N, F, OH, OW), where they stand; return what adds up.

    That is the gradient of ``conv2d`` with respect to its images, for ``numbers`` the gradient with respect
    to its result, and it is ``conv_transpose2d``, for ``numbers`` its images: (N, C, H, W).
    """
    stamped = places.pad(np.zeros((len(numbers), weight.shape[1] * groups, *places.size), numbers.dtype), 0)
    one_row = numbers[:, :, 0].nbytes + stamped[:, :, 0].nbytes
    for seen, mine in _by_group(stamped.shape[1], len(weight), groups):
        for rows in _blocks(places.output[0], one_row):
            for m, n in np.ndindex(places.kernel):  # weight by weight, all places at once
                stamp = np.tensordot(numbers[:, mine, rows], weight[mine, :, m, n], axes=((1,), (0,)))
                to = places.tap(stamped[:, seen], m, n, rows)
                to += np.moveaxis(stamp, 3, 1)
    return places.crop(stamped)


def stamp_patches(numbers, x, shape, groups, places):
    """Stamp the patches of ``x``, times the ``numbers`` (N, F, OH, OW), on one another; return what adds up.

    That is the gradient with respect to weights of ``shape`` (F, C // groups, KH, KW).
    """
    padded, total = places.pad(x, 0), np.zeros(shape, x.dtype)
    one_row = numbers[:, :, 0].nbytes + padded[:, :, 0].nbytes
    for seen, mine in _by_group(x.shape[1], shape[0], groups):
        for rows in _blocks(places.output[0], one_row):
            for m, n in np.ndindex(places.kernel):
                patch = places.tap(padded[:, seen], m, n, rows)
                total[mine, :, m, n] += np.tensordot(
                    numbers[:, mine, rows], patch, axes=((0, 2, 3), (0, 2, 3))
                )
    return total


def _by_group(channels, filters, groups):
    """Yield which channels each group sees, and which filters are its own."""
    channels, filters = channels // groups, filters // groups
    for group in range(groups):
        yield (
            slice(group * channels, (group + 1) * channels),
            slice(group * filters, (group + 1) * filters),
        )


def _blocks(height, one_row):
    """Yield rows of places, as many at a time as ``BLOCK_BYTES`` hold."""
    block = max(1, BLOCK_BYTES // one_row)
    for top in range(0, height, block):
        yield slice(top, top + block)


def _conv2d_arguments(function, x, weight, bias, stride, padding, dilation, groups, x_name="x"):
    x, weight, bias = float_arrays(function, optional=("bias",), x=x, weight=weight, bias=bias)
    check_rank(function, "x", x, (4,), "(N, C, H, W)")
    check_rank(function, "weight", weight, (4,), "(F, C // groups, KH, KW)")
    groups = integer(function, "groups", groups, 1)
    channels, filters = x.shape[1], len(weight)
    if channels % groups or filters % groups:
        raise ValueError(
            f"{function}: groups must divide channels and filters, "
            f"got groups {groups} for {channels} channels and {filters} filters"
        )
    if weight.shape[1] * groups != channels:
        in_groups = f" × {groups} groups" if groups > 1 else ""
        raise ValueError(
            f"{function}: {x_name} has {channels} channels, weight expects {weight.shape[1]}{in_groups} "
            f"(shape {weight.shape})"
        )
    if bias is not None:
        check_shape(function, "bias", bias, (filters,), "one for each filter")
    places = windows(
        function, x_name, x.shape[2:], weight.shape[2:], stride=stride, padding=padding, dilation=dilation
    )
    return x, weight, bias, groups, places
