"""The gradient checker: passes what is right, fails what is wrong, and shows both errors of a quotient."""

import dataclasses

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.gradcheck import epsilon_sweep, gradcheck, numeric_gradient

X = np.random.default_rng(0).normal(size=(2, 3))


def cubes(x):
    return (x**3).sum()


def test_the_right_gradient_passes_as_array_and_as_function():
    for gradient in (3 * X**2, lambda x: 3 * x**2):
        check = gradcheck(cubes, X, gradient)
        assert check
        assert check.ok
        assert check.max_error < 1e-8
    np.testing.assert_array_equal(check.analytic, 3 * X**2)
    np.testing.assert_allclose(check.numeric, 3 * X**2, rtol=1e-8)


@pytest.mark.parametrize("index", [(0, 0), (1, 2)])
@pytest.mark.parametrize("wrong", [1.001, -1, 0, np.nan, np.inf])
def test_one_wrong_number_fails_and_is_named(index, wrong):
    gradient = 3 * X**2
    gradient[index] *= wrong
    check = gradcheck(cubes, X, gradient)
    assert not check
    assert check.worst == index
    assert repr(check).startswith(f"gradient differs: 1 of 6 numbers, worst at {list(index)}: ")


def test_what_is_tiny_beside_the_rest_is_measured_by_the_rest():
    weights = np.array([1e9, 1.0])
    assert gradcheck(lambda x: weights @ x, [1.0, 1.0], weights).ok
    assert not gradcheck(lambda x: weights @ x, [1.0, 1.0], [1e9, 1e6]).ok


def test_no_gradient_at_all_agrees_with_none():
    check = gradcheck(lambda x: 5.0, X, np.zeros_like(X))
    assert check.ok
    assert check.max_error == 0
    assert repr(check) == "gradient agrees: 6 of 6 numbers, largest relative error 0.0e+00 (tolerance 1e-05)"


def test_a_kink_under_the_nudge_fails():
    def loss(x):
        return ops.relu(x).sum()

    assert not gradcheck(loss, [0.0], lambda x: ops.relu_backward(np.ones(1), x))
    assert gradcheck(loss, [0.1], lambda x: ops.relu_backward(np.ones(1), x))


def test_a_convolution_in_one_line():
    rng = np.random.default_rng(1)
    image, kernel = rng.normal(size=(5, 6)), rng.normal(size=(3, 2))
    ones = np.ones((3, 5))
    grad_image, grad_kernel = ops.correlate2d_backward(ones, image, kernel)
    assert gradcheck(lambda image: ops.correlate2d(image, kernel).sum(), image, grad_image)
    assert gradcheck(lambda kernel: ops.correlate2d(image, kernel).sum(), kernel, grad_kernel)
    assert not gradcheck(lambda kernel: ops.correlate2d(image, kernel).sum(), kernel, grad_kernel[::-1])


def test_truncation_shrinks_with_the_square_of_epsilon_and_round_off_grows():
    sweep = epsilon_sweep(lambda x: np.sin(x).sum(), [0.7, 1.1], np.cos, epsilons=10.0 ** -np.arange(1, 13))
    assert sweep.errors[0] / sweep.errors[1] == pytest.approx(100, rel=0.01)
    assert sweep.errors[1] / sweep.errors[2] == pytest.approx(100, rel=0.01)
    assert 1e-7 < sweep.best < 1e-4
    assert sweep.errors[-1] > 1000 * sweep.errors.min()
    assert len(repr(sweep).splitlines()) == 13


def test_float32_is_measured_in_float64():
    check = gradcheck(cubes, X.astype(np.float32), 3 * X.astype(np.float32) ** 2)
    assert check.numeric.dtype == np.float64
    assert check.ok


def test_nothing_is_changed():
    x = X.copy()

    def greedy(x):
        loss = cubes(x)
        x[:] = 0
        return loss

    np.testing.assert_allclose(numeric_gradient(greedy, x), 3 * X**2, rtol=1e-8)
    np.testing.assert_array_equal(x, X)
    with pytest.raises(dataclasses.FrozenInstanceError):
        gradcheck(cubes, x, 3 * x**2).tolerance = 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((cubes, "x", X), TypeError, "gradcheck: x must be an array of real numbers"),
        ((cubes, X, X[0]), ValueError, r"gradcheck: gradient must have shape \(2, 3\) \(that of x\)"),
        ((lambda x: x, X, X), ValueError, r"numeric_gradient: f\(x\) must be one number, got shape \(2, 3\)"),
        ((lambda x: None, X, X), TypeError, r"numeric_gradient: f\(x\) must be an array of real numbers"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        gradcheck(*arguments)


@pytest.mark.parametrize("epsilon", [0, -1, np.nan])
def test_epsilon_must_be_above_zero(epsilon):
    with pytest.raises(ValueError, match="epsilon must be"):
        gradcheck(cubes, X, 3 * X**2, epsilon=epsilon)
