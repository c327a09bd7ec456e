"""The losses of one unit."""

import numpy as np

from cnnlab import ops


def unit_losses(z, target, factor=0.5):
    """Return the losses of a sigmoid unit and their slopes in ``z``: first cross-entropy, then squared error.

    Parameters
    ----------
    z : array_like, shape (N,)
        Logits.
    target : 0 or 1
    factor : float
        What the squared error is multiplied by.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray), each of shape (2, N)

    Examples
    --------
    >>> loss, slope = unit_losses([0.0], 1)
    >>> loss.ravel().round(3), slope.ravel().round(3)
    (array([0.693, 0.125]), array([-0.5  , -0.125]))
    """
    z = np.asarray(z, dtype=float)
    p = ops.sigmoid(z)
    # −ln p for a target of 1, −ln(1 − p) for 0; both without e to a large power.
    loss = np.array([np.logaddexp(0, -z if target else z), factor * (p - target) ** 2])
    return loss, np.array([p - target, 2 * factor * (p - target) * p * (1 - p)])
