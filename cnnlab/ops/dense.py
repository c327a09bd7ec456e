"""Dense (fully connected) layers: every output listens to every input."""

from cnnlab.ops.arguments import check_rank, check_shape, float_array, float_arrays, integer


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
    check_rank("dense", "x", x, (1, 2), "(in,) or (N, in)")
    check_rank("dense", "weight", weight, (2,), "(out, in)")
    if x.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"dense: x has {x.shape[-1]} inputs, weight expects {weight.shape[1]} (shape {weight.shape})"
        )
    out = x @ weight.T
    if bias is not None:
        check_shape("dense", "bias", bias, (len(weight),), "one for each output")
        out += bias
    return out


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
    x = float_array("flatten", "x", x)
    start_dim = integer("flatten", "start_dim", start_dim, 0)
    if start_dim >= x.ndim:
        raise ValueError(
            f"flatten: start_dim must be less than {x.ndim} for shape {x.shape}, got {start_dim}"
        )
    return x.reshape(*x.shape[:start_dim], -1)
