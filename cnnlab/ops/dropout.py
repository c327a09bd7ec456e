"""Dropout: while training, silence some cells by chance, so that no cell can rely on another."""

from cnnlab.checks import check_shape, float_arrays, generator, number


def dropout(x, p, rng):
    """Set each number to 0 with probability ``p``, and scale the others by ``1 / (1 − p)``.

    The scale keeps the expected sum, so that nothing has to be done once training is over. Source: N.
    Srivastava et al., "Dropout" (2014), in the inverted form of ``torch.nn.Dropout``.

    Parameters
    ----------
    x : array_like
        Any shape.
    p : float
        Probability that a number is silenced: at least 0, below 1.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    out : numpy.ndarray
        Same shape as ``x``.
    mask : numpy.ndarray of bool
        Same shape; true where a number was kept. ``dropout_backward`` needs it.

    Raises
    ------
    TypeError, ValueError
        For anything but real numbers, a ``p`` out of range, an ``rng`` that is none.

    Examples
    --------
    >>> import numpy as np
    >>> dropout([1, 2, 3, 4], 0.5, np.random.default_rng(1))
    (array([2., 4., 0., 8.]), array([ True,  True, False,  True]))
    """
    (x,) = float_arrays("dropout", x=x)
    p = number("dropout", "p", p, 0, below=1)
    mask = generator("dropout", rng).random(x.shape) >= p
    return x * mask / (1 - p), mask


def dropout_backward(grad_out, mask, p):
    """Let the gradient through where a number was kept, scaled as that was: ``grad_out · mask / (1 − p)``.

    Parameters
    ----------
    grad_out : array_like
        Gradient with respect to ``out``.
    mask : array_like of bool
        As ``dropout`` returned it.
    p : float
        As ``dropout`` was given it.

    Returns
    -------
    numpy.ndarray
        Gradient with respect to ``x``, of its shape.

    Raises
    ------
    TypeError, ValueError
        As ``dropout``, and for a ``grad_out`` of another shape than ``mask``.

    Examples
    --------
    >>> dropout_backward([1, 2, 3, 4], [True, True, False, True], 0.5)
    array([2., 4., 0., 8.])
    """
    grad_out, mask = float_arrays("dropout_backward", grad_out=grad_out, mask=mask)
    check_shape("dropout_backward", "grad_out", grad_out, mask.shape, "that of mask")
    return grad_out * mask / (1 - number("dropout_backward", "p", p, 0, below=1))
