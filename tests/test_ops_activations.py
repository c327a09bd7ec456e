"""Activations, softmax, dense layers, flattening and batch normalization."""

import math

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from cnnlab import ops
from tests.helpers import reference
from tests.helpers.reference import assert_close


@st.composite
def arrays(draw):
    """Arrays of one to four axes whose numbers reach ±5, ±50 or ±1000."""
    shape, scale = draw(array_shapes(max_dims=4, max_side=5)), draw(st.sampled_from([1, 10, 200]))
    return draw(reference.arrays(shape, draw(reference.dtypes), scale))


@st.composite
def arrays_and_axis(draw):
    x = draw(arrays())
    return x, draw(st.integers(-x.ndim, x.ndim - 1))


# --- Cell by cell -------------------------------------------------------------------------------------------

DEFINITIONS = [
    (ops.relu, lambda v: max(v, 0)),
    (ops.leaky_relu, lambda v: v if v > 0 else 0.01 * v),
    (ops.sigmoid, scipy.special.expit),
    (ops.tanh, math.tanh),
]


@pytest.mark.parametrize(("activation", "definition"), DEFINITIONS)
@given(x=arrays())
def test_an_activation_acts_on_each_cell(activation, definition, x):
    assert_close(activation(x), np.vectorize(definition, otypes=[float])(x), x.dtype)


@pytest.mark.parametrize(("activation", "definition"), DEFINITIONS)
@pytest.mark.parametrize("value", [-2.5, 0, 3])
def test_an_activation_takes_a_single_number(activation, definition, value):
    result = activation(value)
    assert np.ndim(result) == 0
    assert result == pytest.approx(definition(value))


@given(arrays(), st.floats(-2, 2))
def test_leaky_relu_has_the_slope_it_is_given(x, slope):
    assert_close(ops.leaky_relu(x, slope), np.where(x > 0, 1, slope) * x.astype(float), x.dtype)


def test_leaky_relu_touches_nothing_positive():
    assert_close(ops.leaky_relu([-2, 1e308, np.inf], 10), [-20, 1e308, np.inf])
    assert_close(ops.leaky_relu([-2, np.inf], 0), [0, np.inf])


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (ops.relu, [0, np.inf]),
        (ops.leaky_relu, [-np.inf, np.inf]),
        (ops.sigmoid, [0, 1]),
        (ops.tanh, [-1, 1]),
    ],
)
def test_activations_at_infinity(activation, expected):
    assert_close(activation([-np.inf, np.inf]), expected)
    assert np.isnan(activation(np.nan))


# --- Softmax ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@given(arrays_and_axis())
def test_softmax_agrees_with_scipy(name, case):
    x, axis = case
    expected = getattr(scipy.special, name)(x.astype(float), axis=axis)
    assert_close(getattr(ops, name)(x, axis), expected, x.dtype)
    assert_close(getattr(ops, name)(x), getattr(ops, name)(x, axis=x.ndim - 1), x.dtype)


@given(arrays_and_axis(), st.integers(-1000, 1000))
def test_softmax_sums_to_one_and_ignores_a_shift(case, shift):
    x, axis = case
    result = ops.softmax(x, axis)
    assert_close(result.sum(axis), np.ones(np.delete(x.shape, axis)), x.dtype)
    assert ((result >= 0) & (result <= 1)).all()
    assert_close(ops.softmax(x + x.dtype.type(shift), axis), result, x.dtype)


@given(arrays_and_axis())
def test_log_softmax_is_the_logarithm_of_softmax(case):
    x, axis = case
    assert_close(np.exp(ops.log_softmax(x, axis)), ops.softmax(x, axis), x.dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_of_scores_far_apart(dtype):
    scores = np.array([[1000, -1000, 1000], [-1000, -1000, -1000]], dtype)
    assert_close(ops.softmax(scores), [[0.5, 0, 0.5], [1 / 3] * 3], dtype)
    half, third = -np.log(2), -np.log(3)
    assert_close(ops.log_softmax(scores), [[half, half - 2000, half], [third] * 3], dtype)


def test_softmax_by_hand():
    assert_close(ops.softmax(np.log([1, 2, 5])), [1 / 8, 2 / 8, 5 / 8])
    assert_close(ops.softmax(np.log([[1, 3], [3, 1]]), axis=0), [[1 / 4, 3 / 4], [3 / 4, 1 / 4]])


# --- Dense and flatten --------------------------------------------------------------------------------------


@given(st.data(), reference.dtypes, st.integers(1, 6), st.integers(1, 5), st.sampled_from([(), (1,), (4,)]))
def test_dense_adds_up_inputs_times_weights(data, dtype, inputs, outputs, batch):
    x = data.draw(reference.arrays((*batch, inputs), dtype))
    weight = data.draw(reference.arrays((outputs, inputs), dtype))
    bias = data.draw(st.none() | reference.arrays(outputs, dtype))
    expected = np.zeros((*batch, outputs))
    for index in np.ndindex(*batch, outputs):
        *which, k = index
        expected[index] = 0 if bias is None else bias[k]
        for i in range(inputs):
            expected[index] += x[*which, i] * weight[k, i]
    assert_close(ops.dense(x, weight, bias), expected, dtype)


@given(reference.arrays((2, 3, 4, 5)), reference.arrays((6, 3, 4, 5)), reference.arrays(6))
def test_dense_is_a_convolution_with_kernels_as_large_as_the_image(x, weight, bias):
    expected = ops.conv2d(x, weight, bias)[:, :, 0, 0]
    assert_close(ops.dense(ops.flatten(x), ops.flatten(weight), bias), expected)


@given(arrays(), st.data())
def test_flatten_writes_row_after_row(x, data):
    start_dim = data.draw(st.integers(0, x.ndim - 1))
    kept = x.shape[:start_dim]
    expected = np.array([list(x[index].flat) for index in np.ndindex(kept)])
    assert_close(ops.flatten(x, start_dim), expected.reshape(*kept, -1), x.dtype)


def test_flatten_keeps_the_batch_unless_told_otherwise():
    assert ops.flatten(np.ones((2, 3, 4, 5))).shape == (2, 60)
    assert ops.flatten(np.ones((2, 3)), start_dim=0).shape == (6,)


# --- Batch normalization ------------------------------------------------------------------------------------


@st.composite
def normalized(draw):
    """Vectors or images, and four numbers for each channel; no variance is 0."""
    size, channels, dtype = (
        draw(st.sampled_from([(), (3, 4)])),
        draw(st.integers(1, 4)),
        draw(reference.dtypes),
    )
    x = draw(reference.arrays((draw(st.integers(2, 4)), channels, *size), dtype))
    weight, bias, mean, var = (draw(reference.arrays(channels, dtype)) for _ in range(4))
    return x, weight, bias, {"mean": mean, "var": np.abs(var) + dtype(0.25)}


@given(normalized(), st.sampled_from([{}, {"eps": 0}, {"eps": 0.5}]))
def test_batch_norm_normalizes_each_channel(case, eps):
    x, weight, bias, statistics = case
    mean, std = statistics["mean"], np.sqrt(statistics["var"] + eps.get("eps", 1e-5), dtype=float)
    expected = np.empty(x.shape)
    for image, channel in np.ndindex(x.shape[:2]):
        score = (x[image, channel] - mean[channel]) / std[channel]
        expected[image, channel] = score * weight[channel] + bias[channel]
    assert_close(ops.batch_norm(x, weight, bias, **statistics, **eps), expected, x.dtype)


@given(reference.arrays((5, 3, 4, 4)))
def test_batch_norm_by_the_batchs_own_statistics_centres_and_scales(x):
    axes = (0, 2, 3)
    mean, var = x.mean(axes), x.var(axes)
    result = ops.batch_norm(x, np.ones(3), np.zeros(3), mean=mean, var=var, eps=0)
    assert_close(result.mean(axes), np.zeros(3))
    assert_close(result.var(axes), np.ones(3))


def test_batch_norm_by_hand():
    arguments = {"weight": [1, 2], "bias": [0, 1], "mean": [0, 8], "var": [1, 4], "eps": 0}
    assert_close(ops.batch_norm([[1, 10], [-2, 8]], **arguments), [[1, 3], [-2, 1]])
    assert_close(ops.batch_norm([[3]], [1], [0], mean=[1], var=[0], eps=4), [[1]])
