"""Gradients by experiment: nudge each number of an array up and down, and see how the loss changes.

The two-sided quotient ``(f(x + ε) − f(x − ε)) / 2ε`` misses the derivative by about ``ε²·f′′′/6``
(truncation: a smaller ε helps) and by about ``u·|f| / ε`` (round-off, with ``u`` the spacing of the floating
numbers at 1: a smaller ε hurts). They meet near ``ε = u^(1/3)``, 6e-6 for float64. Source: W. Press et al.,
"Numerical Recipes", section 5.7.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.checks import check_shape, float_array, float_arrays, number

EPSILON = np.finfo(np.float64).eps ** (1 / 3)


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """An analytic gradient beside the numeric one; all arrays have the shape of ``x``.

    Attributes
    ----------
    analytic, numeric : numpy.ndarray
        The gradient that was claimed, and the one that was measured.
    relative_error : numpy.ndarray
        ``|analytic − numeric| / max(|analytic|, |numeric|, floor)`` for each number, where ``floor`` is a
        thousandth of the largest measured, and at least 1e-8: what is tiny is not held to its last digit.
    tolerance : float
        The largest relative error that passes.
    """

    analytic: np.ndarray
    numeric: np.ndarray
    relative_error: np.ndarray
    tolerance: float

    @property
    def max_error(self):
        """The largest relative error."""
        return float(self.relative_error.max())

    @property
    def worst(self):
        """The index of the largest relative error."""
        index = np.unravel_index(np.argmax(self.relative_error), self.relative_error.shape)
        return tuple(map(int, index))

    @property
    def ok(self):
        """Whether every number agrees; one that is not a number never does."""
        return bool((self.relative_error <= self.tolerance).all())

    def __bool__(self):
        return self.ok

    def __repr__(self):
        count = self.analytic.size
        if self.ok:
            return (
                f"gradient agrees: {count} of {count} numbers, largest relative error {self.max_error:.1e} "
                f"(tolerance {self.tolerance:.0e})"
            )
        wrong = count - int((self.relative_error <= self.tolerance).sum())
        return (
            f"gradient differs: {wrong} of {count} numbers, worst at {list(self.worst)}: "
            f"analytic {self.analytic[self.worst]:.6g}, numeric {self.numeric[self.worst]:.6g}, "
            f"relative error {self.max_error:.1e}"
        )


def numeric_gradient(f, x, *, epsilon=EPSILON):
    """Measure the gradient of ``f`` at ``x`` by nudging one number after the other.

    Parameters
    ----------
    f : callable
        Takes an array of ``x``'s shape and returns one number, the loss.
    x : array_like
        Where to measure; worked on in float64.
    epsilon : float
        How far to nudge.

    Returns
    -------
    numpy.ndarray
        Of ``x``'s shape, float64.

    Raises
    ------
    TypeError, ValueError
        For an ``x`` that is not made of real numbers, an ``f`` that does not return one number, an
        ``epsilon`` that is not above 0.

    Examples
    --------
    >>> numeric_gradient(lambda x: (x**2).sum(), [1.0, 3.0]).round(6)
    array([2., 6.])
    """
    where = "numeric_gradient"
    x = float_array(where, "x", x).astype(np.float64)  # a copy: f may keep or change what it is given
    epsilon = number(where, "epsilon", epsilon, 0)
    if epsilon == 0:
        raise ValueError(f"{where}: epsilon must be above 0, got 0.0")
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += epsilon
        down[index] -= epsilon
        # The numbers next to x[index] that floating point has are not exactly ε away.
        moved = up[index] - down[index]
        gradient[index] = (number(where, "f(x)", f(up)) - number(where, "f(x)", f(down))) / moved
    return gradient


def gradcheck(f, x, gradient, *, epsilon=EPSILON, tolerance=1e-5):
    """Compare a gradient that somebody derived with one that is measured.

    Parameters
    ----------
    f : callable
        Takes an array of ``x``'s shape and returns one number, the loss.
    x : array_like
        Where to compare.
    gradient : array_like or callable
        The claimed gradient at ``x``, of its shape, or a function of ``x`` that returns it.
    epsilon : float
        How far to nudge each number.
    tolerance : float
        The largest relative error that passes. A kink (the 0 of ReLU, a tie in a maximum) nearer than
        ``epsilon`` fails rightly: there is no slope.

    Returns
    -------
    GradientCheck
        True in an ``if`` when everything agrees.

    Raises
    ------
    TypeError, ValueError
        As ``numeric_gradient``, and for a gradient of another shape than ``x``.

    Examples
    --------
    >>> def f(x):
    ...     return (x**3).sum()
    >>> gradcheck(f, [1.0, 2.0], lambda x: 3 * x**2).ok
    True
    >>> gradcheck(f, [1.0, 2.0], [3.0, 4.0])
    gradient differs: 1 of 2 numbers, worst at [1]: analytic 4, numeric 12, relative error 6.7e-01
    """
    where = "gradcheck"
    x = float_array(where, "x", x).astype(np.float64)
    (analytic,) = float_arrays(where, gradient=gradient(x.copy()) if callable(gradient) else gradient)
    check_shape(where, "gradient", analytic, x.shape, "that of x")
    tolerance = number(where, "tolerance", tolerance, 0)
    analytic = analytic.astype(np.float64)
    numeric = numeric_gradient(f, x, epsilon=epsilon)
    return GradientCheck(analytic, numeric, _relative_error(analytic, numeric), tolerance)


def _relative_error(analytic, numeric):
    difference = np.abs(analytic - numeric)
    size = np.maximum(np.abs(analytic), np.abs(numeric))
    size = np.maximum(size, max(np.abs(numeric).max() / 1000, 1e-8))
    agrees_with_nothing = np.full(difference.shape, np.inf)
    return np.divide(difference, size, out=agrees_with_nothing, where=np.isfinite(analytic))


@dataclass(frozen=True, repr=False)
class EpsilonSweep:
    """The largest relative error for each ε.

    Attributes
    ----------
    epsilons, errors : numpy.ndarray
        How far was nudged, and how far the measured gradient was off.
    """

    epsilons: np.ndarray
    errors: np.ndarray

    @property
    def best(self):
        """The ε of the smallest error."""
        return float(self.epsilons[np.nanargmin(self.errors)])

    def __repr__(self):
        lines = [
            f"{epsilon:8.0e}  {error:8.1e}" for epsilon, error in zip(self.epsilons, self.errors, strict=True)
        ]
        return "\n".join(["       ε     error", *lines])


def epsilon_sweep(f, x, gradient, *, epsilons=None):
    """Measure the gradient with one ε after the other: truncation at one end, round-off at the other.

    Parameters
    ----------
    f, x, gradient
        As in ``gradcheck``; the gradient is taken for right.
    epsilons : array_like, optional
        1, 1/10, … down to 1e-12 unless given.

    Returns
    -------
    EpsilonSweep

    Raises
    ------
    TypeError, ValueError
        As ``gradcheck``.

    Examples
    --------
    >>> epsilon_sweep(np.exp, 0.0, np.exp, epsilons=[1e-1, 1e-2, 1e-5, 1e-12])  # doctest: +ELLIPSIS
           ε     error
       1e-01   1.7e-03
       1e-02   1.7e-05
       1e-05   ...
       1e-12   ...
    """
    epsilons = (
        10.0 ** -np.arange(13) if epsilons is None else float_array("epsilon_sweep", "epsilons", epsilons)
    )
    errors = [gradcheck(f, x, gradient, epsilon=epsilon).max_error for epsilon in epsilons.ravel()]
    return EpsilonSweep(epsilons.ravel().astype(np.float64), np.array(errors))
