"""Backward passes, against plain references, finite differences, small cases by hand and their own laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import ops
from tests.helpers import reference
from tests.helpers.reference import (
    all_of,
    assert_close,
    batched,
    numeric_gradient,
    pooled,
    single,
    transposed,
)

few = settings(max_examples=60)


def gradient_for(data, out):
    """Draw a gradient with respect to a result."""
    return data.draw(reference.arrays(out.shape, out.dtype))


# --- Against plain references -------------------------------------------------------------------------------


@few
@given(batched(), st.data())
def test_each_place_of_a_convolution_stamps_on_pixels_and_weights(case, data):
    (x, weight, bias), options = case
    grad_out = gradient_for(data, ops.conv2d(x, weight, bias, **options))
    expected = reference.conv2d_backward(grad_out, x, weight, **options)
    result = ops.conv2d_backward(grad_out, x, weight, bias, **options)
    for name, actual, wanted in zip(("x", "weight", "bias"), result, expected, strict=True):
        if name == "bias" and bias is None:
            assert actual is None
        else:
            assert_close(actual, wanted, x.dtype)


@few
@given(single(), st.booleans(), st.data())
def test_one_image_too(case, normalize, data):
    image, kernel, options = case
    grad_out = gradient_for(data, ops.correlate2d(image, kernel, **options))
    expected = reference.correlate2d_backward(grad_out, image, kernel, **options)
    result = ops.correlate2d_backward(grad_out, image, kernel, **options, normalize=normalize)
    for actual, wanted in zip(result, expected, strict=True):
        assert_close(actual, wanted / kernel.size if normalize else wanted, image.dtype)


@given(pooled(), st.data())
def test_max_pooling_sends_the_gradient_to_the_first_largest(case, data):
    x, window, options = case
    grad_out = gradient_for(data, ops.max_pool2d(x, window, **options))
    expected = reference.max_pool2d_backward(grad_out, x, window, **options)
    assert_close(ops.max_pool2d_backward(grad_out, x, window, **options), expected, x.dtype)


@given(pooled(dilated=False), st.booleans(), st.data())
def test_average_pooling_shares_the_gradient(case, count_include_pad, data):
    x, window, options = case
    options |= {"count_include_pad": count_include_pad}
    grad_out = gradient_for(data, ops.avg_pool2d(x, window, **options))
    expected = reference.avg_pool2d_backward(grad_out, x, window, **options)
    assert_close(ops.avg_pool2d_backward(grad_out, x, window, **options), expected, x.dtype)


def test_the_blocks_of_a_large_image_fit_together():
    rng = np.random.default_rng(0)
    x, weight = rng.integers(-5, 6, (1, 1, 1200, 150)), rng.integers(-5, 6, (3, 1, 2, 3))
    options = {"stride": (2, 1), "padding": ((1, 2), (3, 0)), "dilation": (1, 2)}
    grad_out = rng.integers(-5, 6, ops.conv2d(x, weight, **options).shape)
    parts = [ops.correlate2d_backward(grad_out[0, f], x[0, 0], weight[f, 0], **options) for f in range(3)]
    grad_x, grad_weight, _ = ops.conv2d_backward(grad_out, x, weight, **options)
    assert_close(grad_x[0, 0], sum(grad_image for grad_image, _ in parts))
    assert_close(grad_weight[:, 0], [grad_kernel for _, grad_kernel in parts])


# --- Adjointness: for a linear f, ⟨f(x), g⟩ = ⟨x, backward(g)⟩ ----------------------------------------------


def assert_adjoint(x, grad_x, out, g):
    """Raise unless ``x`` meets ``grad_x`` as ``out`` meets ``g``, up to the rounding of their products."""
    pairs = [[np.asarray(array, float).ravel() for array in pair] for pair in ((x, grad_x), (out, g))]
    inner = [a @ b for a, b in pairs]
    size = sum(np.abs(a) @ np.abs(b) for a, b in pairs)
    assert inner[0] == pytest.approx(inner[1], rel=0, abs=64 * np.finfo(x.dtype).eps * size)


def assert_adjoint_in_x_and_in_weight(function, backward, case, data):
    (x, weight, bias), options = case
    out = function(x, weight, **options)
    g = gradient_for(data, out)
    grad_x, grad_weight, grad_bias = backward(g, x, weight, bias, **options)
    assert_adjoint(x, grad_x, out, g)
    assert_adjoint(weight, grad_weight, out, g)
    assert (grad_x.shape, grad_weight.shape) == (x.shape, weight.shape)
    if bias is None:
        assert grad_bias is None
    else:
        assert_adjoint(bias, grad_bias, np.broadcast_to(bias[:, None, None], g.shape), g)


@few
@given(batched(), st.data())
def test_convolution_and_its_backward_pass_are_adjoint_in_x_and_in_weight(case, data):
    assert_adjoint_in_x_and_in_weight(ops.conv2d, ops.conv2d_backward, case, data)


@few
@given(pooled(dilated=False), st.data())
def test_averages_are_adjoint(case, data):
    x, window, options = case
    for function, backward, arguments, keywords in [
        (ops.avg_pool2d, ops.avg_pool2d_backward, (window,), options),
        (ops.adaptive_avg_pool2d, ops.adaptive_avg_pool2d_backward, (1,), {}),
    ]:
        out = function(x, *arguments, **keywords)
        g = gradient_for(data, out)
        assert_adjoint(x, backward(g, x, *arguments, **keywords), out, g)


@few
@given(transposed(), st.data())
def test_transposed_convolution_and_its_backward_pass_are_adjoint_in_x_and_in_weight(case, data):
    assert_adjoint_in_x_and_in_weight(ops.conv_transpose2d, ops.conv_transpose2d_backward, case, data)


@few
@given(batched(), st.data())
def test_convolution_and_transposed_convolution_are_adjoint(case, data):
    (x, weight, _), options = case
    (sides, both) = (
        reference.ends(options["padding"], weight.shape[2:], options["dilation"]),
        reference.both,
    )
    if any(before != after for before, after in sides):
        return  # a transposed one cuts as much from either end
    out = ops.conv2d(x, weight, **options)
    g = gradient_for(data, out)
    options |= {"padding": tuple(before for before, _ in sides)}
    places = zip(out.shape[2:], both(options["stride"]), sides, both(options["dilation"]), strict=True)
    made = [
        (count - 1) * stride + dilation * (size - 1) + 1 - 2 * before
        for (count, stride, (before, _), dilation), size in zip(places, weight.shape[2:], strict=True)
    ]
    missed = [large - small for large, small in zip(x.shape[2:], made, strict=True)]
    # Rows at the end that no place of a large stride reaches are those that output_padding gives back.
    assert all(0 <= rows < stride for rows, stride in zip(missed, both(options["stride"]), strict=True))
    assert_adjoint(x, ops.conv_transpose2d(g, weight, **options, output_padding=tuple(missed)), out, g)


@given(reference.arrays((4, 3)), reference.arrays((2, 3)), reference.arrays(2), reference.arrays((4, 2)))
def test_dense_is_adjoint(x, weight, bias, g):
    grad_x, grad_weight, grad_bias = ops.dense_backward(g, x, weight, bias)
    linear = ops.dense(x, weight)
    assert_adjoint(x, grad_x, linear, g)
    assert_adjoint(weight, grad_weight, linear, g)
    assert_close(grad_bias, [sum(g[:, 0]), sum(g[:, 1])])
    assert ops.dense_backward(g, x, weight)[2] is None


# --- Finite differences -------------------------------------------------------------------------------------

SHAPES = {"x": (3, 4), "weight": (4,), "bias": (4,)}
OPTIONS = {
    ops.leaky_relu: {"negative_slope": 0.3},
    ops.softmax: {"axis": 0},
    ops.log_softmax: {"axis": 0},
    ops.batch_norm: {"mean": [1, 2, 3, 4], "var": [1, 2, 3, 4], "eps": 0.5},
    ops.batch_norm_training: {"eps": 0.5},
}
RUNNING = {"running_mean": np.zeros(4), "running_var": np.ones(4)}


@pytest.mark.parametrize(
    ("function", "backward", "names"),
    [
        (ops.relu, ops.relu_backward, "x"),
        (ops.leaky_relu, ops.leaky_relu_backward, "x"),
        (ops.sigmoid, ops.sigmoid_backward, "x"),
        (ops.tanh, ops.tanh_backward, "x"),
        (ops.softmax, ops.softmax_backward, "x"),
        (ops.batch_norm, ops.batch_norm_backward, "x weight bias"),
        (ops.batch_norm_training, ops.batch_norm_training_backward, "x weight bias"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("image", [(), (2, 3)])
def test_gradients_are_slopes(function, backward, names, seed, image):
    rng = np.random.default_rng(seed)
    names, options = names.split(), OPTIONS.get(function, {})
    arrays = {name: rng.normal(size=SHAPES[name]) for name in names}
    arrays["x"] = rng.normal(size=(3, 4, *image))
    arrays["x"] += 0.1 * np.sign(arrays["x"])  # away from the kink at 0
    running = RUNNING if function is ops.batch_norm_training else {}
    grad_out = rng.normal(size=arrays["x"].shape)
    gradients = all_of(backward(grad_out, **arrays, **options))
    assert len(gradients) == len(names)
    for name, gradient in zip(names, gradients, strict=True):

        def loss(array, name=name):
            return np.sum(grad_out * all_of(function(**arrays | {name: array}, **options, **running))[0])

        np.testing.assert_allclose(gradient, numeric_gradient(loss, arrays[name]), rtol=1e-6, atol=1e-8)


@settings(max_examples=20)
@given(transposed(), st.integers(0, 2**32 - 1))
def test_gradients_of_a_transposed_convolution_are_slopes(case, seed):
    (x, weight, _), options = case
    rng = np.random.default_rng(seed)
    bias = rng.normal(size=weight.shape[1] * options["groups"])
    arrays = {"x": x.astype(float), "weight": weight.astype(float), "bias": bias}
    grad_out = rng.normal(size=ops.conv_transpose2d(**arrays, **options).shape)
    gradients = ops.conv_transpose2d_backward(grad_out, **arrays, **options)
    for name, gradient in zip(arrays, gradients, strict=True):

        def loss(array, name=name):
            return np.sum(grad_out * ops.conv_transpose2d(**arrays | {name: array}, **options))

        slopes = numeric_gradient(loss, arrays[name], step=2**-10)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-8, atol=1e-8)


@few
@given(reference.sliding_windows(pooling=True), st.integers(0, 2**32 - 1))
def test_max_pooling_without_ties_has_slopes(case, seed):
    size, window, options = case
    rng = np.random.default_rng(seed)
    x = rng.permutation(np.prod(size)).reshape(size) / 8
    out = ops.max_pool2d(x, window, **options)
    grad_out = rng.integers(-5, 6, out.shape)
    seen = np.isfinite(out)  # some windows may meet padding only

    def loss(x):
        return np.sum(grad_out[seen] * ops.max_pool2d(x, window, **options)[seen])

    gradient = ops.max_pool2d_backward(grad_out, x, window, **options)
    np.testing.assert_allclose(gradient, numeric_gradient(loss, x, step=2**-6), atol=1e-9)


# --- Small cases to check by hand ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([[5, 5], [5, 5]], [[1, 0], [0, 0]]),
        ([[1, 5], [5, 5]], [[0, 1], [0, 0]]),  # row by row: above right comes before below left
        ([[1, 2], [5, 5]], [[0, 0], [1, 0]]),
        ([[1, 5], [2, 5]], [[0, 1], [0, 0]]),
        ([[-np.inf] * 2] * 2, [[1, 0], [0, 0]]),
        ([[np.nan, 9], [np.nan, 7]], [[0, 0], [1, 0]]),
        ([[3, np.nan], [9, 7]], [[0, 1], [0, 0]]),
    ],
)
def test_ties_go_to_the_first_and_nan_wins(x, expected):
    assert_close(ops.max_pool2d_backward([[1]], x, 2), expected)


def test_a_window_of_minus_infinity_sends_its_gradient_to_data_not_to_padding():
    assert_close(ops.max_pool2d_backward([[1]], [[-np.inf]], (1, 2), padding=(0, 1)), [[1]])


def test_the_gradient_of_a_window_over_padding_only_goes_nowhere():
    gradient = ops.max_pool2d_backward([[3]], [[5, 1, 1, 7]], (1, 2), padding=(0, 1), dilation=(1, 5))
    assert_close(gradient, [[0, 0, 0, 0]])


def test_overlapping_windows_add_up():
    assert_close(ops.max_pool2d_backward([[1, 10, 100]], [[1, 7, 3, 9]], (1, 2), stride=1), [[0, 11, 0, 100]])


def test_the_kinks_at_zero_have_pytorchs_slopes():
    assert_close(ops.relu_backward([1, 1], [0, -0.0]), [0, 0])
    assert_close(ops.leaky_relu_backward([1], [0], 0.25), [0.25])


def test_relu_stops_even_an_infinite_gradient():
    assert_close(ops.relu_backward([np.inf, np.inf], [-1, 1]), [0, np.inf])


def test_slopes_far_out_do_not_round_to_nothing():
    assert ops.sigmoid_backward(1.0, 40.0) == pytest.approx(np.exp(-40), rel=1e-12, abs=0)
    assert ops.sigmoid_backward(1.0, -40.0) == pytest.approx(np.exp(-40), rel=1e-12, abs=0)


# --- Batch normalization and dropout ------------------------------------------------------------------------


def test_running_statistics_move_by_the_momentum_and_with_the_unbiased_variance():
    x = np.array([[1, 0], [2, 4], [6, 2]], np.float32)
    before = {"running_mean": np.array([10, 20.0]), "running_var": np.array([1, 2.0])}
    _, mean, var = ops.batch_norm_training(x, [1, 1], [0, 0], **before, momentum=0.25)
    assert_close(mean, [0.75 * 10 + 0.25 * 3, 0.75 * 20 + 0.25 * 2])
    assert_close(var, [0.75 * 1 + 0.25 * 7, 0.75 * 2 + 0.25 * 4])  # 14 / (3 − 1), 8 / (3 − 1)


@given(reference.arrays((4, 3, 2, 2)), reference.arrays(3), reference.arrays(3))
def test_training_normalizes_by_the_batch(x, weight, bias):
    statistics = {"mean": x.mean((0, 2, 3)), "var": x.var((0, 2, 3))}
    running = {"running_mean": np.zeros(3), "running_var": np.ones(3)}
    out, *_ = ops.batch_norm_training(x, weight, bias, **running)
    assert_close(out, ops.batch_norm(x, weight, bias, **statistics))


def test_dropout_silences_the_share_it_is_told_and_keeps_the_expected_sum():
    x = np.full((200, 500), 3.0)
    out, mask = ops.dropout(x, 0.3, np.random.default_rng(0))
    assert mask.mean() == pytest.approx(0.7, abs=0.01)
    assert_close(np.unique(out), [0, 3 / 0.7])
    np.testing.assert_array_equal(out != 0, mask)
    assert out.mean() == pytest.approx(3, abs=0.05)
    assert_close(ops.dropout_backward(x, mask, 0.3), out)


def test_dropout_draws_anew_each_time_and_repeats_with_the_seed():
    rng = np.random.default_rng(5)
    masks = [ops.dropout(np.ones(100), 0.5, rng)[1] for _ in range(2)]
    assert (masks[0] != masks[1]).any()
    np.testing.assert_array_equal(ops.dropout(np.ones(100), 0.5, np.random.default_rng(5))[1], masks[0])
    assert ops.dropout(np.ones(100), 0, rng)[1].all()
