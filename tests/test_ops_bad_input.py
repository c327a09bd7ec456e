"""What every function takes: lists, integers, either precision. What it refuses, and that it says why."""

import itertools
import re

import numpy as np
import pytest

from cnnlab import ops
from tests.helpers.reference import CALLS, all_of, assert_close

VALID = {function: arrays | others for function, arrays, others in CALLS}
VALID[ops.conv_output_size] = {"size": 9, "kernel_size": 3}

ARRAYS = [(function, name) for function, arrays, _ in CALLS for name in arrays]
FORWARD_CONVOLUTIONS = [
    ops.correlate2d,
    ops.convolve2d,
    ops.conv2d,
    ops.conv2d_loops,
    ops.conv2d_as_matrix,
]
CONVOLUTIONS = [
    *FORWARD_CONVOLUTIONS,
    ops.correlate2d_backward,
    ops.conv2d_backward,
]
TRANSPOSED = [ops.conv_transpose2d, ops.conv_transpose2d_backward]
POOLINGS = [ops.max_pool2d, ops.avg_pool2d, ops.max_pool2d_backward, ops.avg_pool2d_backward]

EVERY_CALL = pytest.mark.parametrize(
    ("function", "arrays", "others"), [pytest.param(*call, id=call[0].__name__) for call in CALLS]
)


# --- Taken --------------------------------------------------------------------------------------------------


def test_every_public_function_is_called_here():
    assert {function.__name__ for function in VALID} == set(ops.__all__)


def assert_same(results, expected, dtype):
    for result, wanted in zip(all_of(results), all_of(expected), strict=True):
        if wanted.dtype == bool:
            np.testing.assert_array_equal(result, wanted, strict=True)
        else:
            assert_close(result, wanted, dtype)


@EVERY_CALL
@pytest.mark.parametrize(
    "convert",
    [
        np.ndarray.tolist,
        lambda array: array.astype(int),
        lambda array: array.astype(np.int8).tolist(),
        lambda array: array.astype(np.int8),
    ],
    ids=["lists of floats", "integers", "lists of integers", "small integers"],
)
def test_lists_and_integers_give_float64(function, arrays, others, convert):
    assert_same(
        function(**{name: convert(array) for name, array in arrays.items()}, **others),
        function(**arrays, **others),
        np.float64,
    )


@EVERY_CALL
def test_float32_stays_float32(function, arrays, others):
    assert_same(
        function(**{name: array.astype(np.float32) for name, array in arrays.items()}, **others),
        function(**arrays, **others),
        np.float32,
    )


def test_float64_widens_float32_but_integers_do_not():
    image = np.ones((3, 3), np.float32)
    assert_close(ops.correlate2d(image, [[1, 2]]), np.full((3, 2), 3), np.float32)
    assert_close(ops.correlate2d(np.ones((3, 3), int), image), [[9]], np.float32)
    assert_close(ops.correlate2d(image, np.ones((3, 3))), [[9]], np.float64)


@pytest.mark.parametrize("two", [2, np.int64(2), np.array(2), (2, 2), [2, 2], np.array([2, 2])])
def test_options_may_be_any_kind_of_integers(two):
    image, kernel = np.eye(9), [[1, 2], [3, 4]]
    expected = ops.correlate2d(image, kernel, stride=2, padding=2, dilation=2)
    assert_close(ops.correlate2d(image, kernel, stride=two, padding=two, dilation=two), expected)
    assert_close(ops.max_pool2d(image, two), ops.max_pool2d(image, 2))


@pytest.mark.parametrize("spelling", [tuple, list, np.array])
def test_padding_may_be_any_kind_of_pair_of_pairs(spelling):
    expected = np.pad(np.eye(3), ((1, 0), (2, 3)))
    assert_close(ops.correlate2d(np.eye(3), [[1]], padding=spelling([(1, 0), (2, 3)])), expected)


# --- Refused ------------------------------------------------------------------------------------------------


def assert_refused(function, changes, error, names, came):
    """Raise unless changing a valid call raises exactly ``error``, with the argument's name and what came."""
    message = rf"^{function.__name__}: (.*\W)?{re.escape(names)}\W(.*[ (])?{re.escape(came)}"
    with pytest.raises(error, match=message) as raised:
        function(**VALID[function] | changes)
    assert raised.type is error


@pytest.mark.parametrize(("function", "name"), ARRAYS)
@pytest.mark.parametrize(
    ("value", "error", "came"),
    [
        ("nine", TypeError, "dtype <U4"),
        (["1", "2"], TypeError, "dtype <U1"),
        (object(), TypeError, "object"),
        ({"a": 1}, TypeError, "dict"),
        ([1, None], TypeError, "list"),
        ([1j, 2], TypeError, "dtype complex128"),
        (np.array(["2020-01-01"], "M8[D]"), TypeError, "dtype datetime64[D]"),
        ([[1, 2], [3]], ValueError, "rows of unequal length"),
        ([], ValueError, "shape (0,)"),
        (np.ones((2, 0, 3)), ValueError, "shape (2, 0, 3)"),
    ],
)
def test_what_is_not_an_array_of_real_numbers(function, name, value, error, came):
    assert_refused(function, {name: value}, error, name, came)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        *[case for case in ARRAYS if case[1] != "bias" or "batch_norm" in case[0].__name__],
        (ops.leaky_relu, "negative_slope"),
        (ops.batch_norm, "eps"),
        (ops.batch_norm_training, "momentum"),
        (ops.dropout, "p"),
        (ops.dropout, "rng"),
    ],
)
def test_nothing_at_all(function, name):
    assert_refused(function, {name: None}, TypeError, name, "NoneType")


@pytest.mark.parametrize(
    ("function", "name", "shape"),
    [
        (ops.correlate2d, "image", (9,)),
        (ops.correlate2d, "kernel", ()),
        (ops.convolve2d, "image", (1, 1, 9, 9)),
        (ops.convolve2d, "kernel", (1, 3, 3)),
        (ops.conv2d, "x", (9, 9)),
        (ops.conv2d, "weight", (3, 3)),
        (ops.conv2d, "bias", ()),
        (ops.conv2d, "bias", (1,)),
        (ops.conv2d_loops, "x", (4, 9, 9)),
        (ops.conv2d_loops, "weight", (6, 2, 3)),
        (ops.conv2d_loops, "bias", (6, 1)),
        (ops.conv2d_as_matrix, "weight", (3,)),
        (ops.conv2d_as_matrix, "weight", (2, 3, 3)),
        (ops.conv_transpose2d, "x", (9, 9)),
        (ops.conv_transpose2d, "weight", (6, 2, 3)),
        (ops.conv_transpose2d, "bias", (6,)),
        (ops.conv_transpose2d_backward, "bias", (2,)),
        (ops.max_pool2d, "x", (9,)),
        (ops.avg_pool2d, "x", (1, 1, 1, 9, 9)),
        (ops.adaptive_avg_pool2d, "x", (9,)),
        (ops.leaky_relu, "negative_slope", (1,)),
        (ops.dense, "x", ()),
        (ops.dense, "x", (1, 1, 4)),
        (ops.dense, "weight", (4,)),
        (ops.dense, "bias", (4,)),
        (ops.batch_norm, "x", (3,)),
        (ops.batch_norm, "x", (2, 3, 4)),
        (ops.batch_norm, "weight", (2,)),
        (ops.batch_norm, "bias", ()),
        (ops.batch_norm, "mean", (3, 1)),
        (ops.batch_norm, "var", (1,)),
    ],
)
def test_arrays_of_the_wrong_shape(function, name, shape):
    assert_refused(function, {name: np.ones(shape)}, ValueError, name, f"shape {shape}")


BACKWARD = [call for call in CALLS if "grad_out" in call[1]]


@pytest.mark.parametrize(("function", "arrays"), [call[:2] for call in BACKWARD])
def test_a_gradient_of_another_shape_than_the_forward_result(function, arrays):
    shape = arrays["grad_out"].shape
    for wrong in {(*shape, 1), shape[1:], (shape[0] + 1, *shape[1:]), (*shape[:-1], 1)} - {shape}:
        assert_refused(function, {"grad_out": np.ones(wrong)}, ValueError, "grad_out", f"shape {wrong}")


@pytest.mark.parametrize(
    ("function", "name"),
    [
        *itertools.product(CONVOLUTIONS + TRANSPOSED, ["stride", "dilation"]),
        *itertools.product(POOLINGS, ["stride", "kernel_size"]),
        (ops.max_pool2d, "dilation"),
        (ops.max_pool2d_backward, "dilation"),
    ],
)
@pytest.mark.parametrize(
    ("value", "error", "came"),
    [
        (0, ValueError, "0"),
        (-1, ValueError, "-1"),
        ((1, 0), ValueError, "0"),
        (1.0, TypeError, "1.0"),
        (True, TypeError, "True"),
        ((1, False), TypeError, "False"),
        ("1", TypeError, "'1'"),
        ([1, 1.5], TypeError, "1.5"),
        ((), ValueError, "()"),
        ((1, 1, 1), ValueError, "(1, 1, 1)"),
    ],
)
def test_strides_dilations_and_windows_out_of_range(function, name, value, error, came):
    assert_refused(function, {name: value}, error, name, came)


@pytest.mark.parametrize("function", CONVOLUTIONS + POOLINGS)
@pytest.mark.parametrize(
    ("value", "error", "came"),
    [
        (-1, ValueError, "-1"),
        ((0, -1), ValueError, "-1"),
        (((0, 0), (0, -1)), ValueError, "-1"),
        (1.0, TypeError, "1.0"),
        (True, TypeError, "True"),
        (None, TypeError, "None"),
        ("full", ValueError, "'full'"),
        ("Same", ValueError, "'Same'"),
        ((), ValueError, "()"),
        ((0, 0, 0), ValueError, "(0, 0, 0)"),
        (((0, 0), 0), ValueError, "((0, 0), 0)"),
        (((0, 0), (0,)), ValueError, "(0,)"),
        (((0, 0), (0, 1.0)), TypeError, "1.0"),
        (((0, 0),) * 3, ValueError, "((0, 0), (0, 0), (0, 0))"),
    ],
)
def test_paddings_out_of_range(function, value, error, came):
    assert_refused(function, {"padding": value}, error, "padding", came)


@pytest.mark.parametrize(
    ("function", "name"), [*itertools.product(TRANSPOSED, ["padding", "output_padding"])]
)
@pytest.mark.parametrize(
    ("value", "error", "came"),
    [
        (-1, ValueError, "-1"),
        ((0, -1), ValueError, "-1"),
        (1.0, TypeError, "1.0"),
        (True, TypeError, "True"),
        (None, TypeError, "None"),
        ("same", TypeError, "'same'"),
        ((), ValueError, "()"),
        ((0, 0, 0), ValueError, "(0, 0, 0)"),
        (((0, 0), (0, 0)), TypeError, "(0, 0)"),
    ],
)
def test_what_is_cut_off_and_added_out_of_range(function, name, value, error, came):
    assert_refused(function, {name: value}, error, name, came)


@pytest.mark.parametrize("function", CONVOLUTIONS + POOLINGS)
def test_same_padding_needs_stride_one(function):
    assert_refused(function, {"padding": "same", "stride": (1, 2)}, ValueError, "stride", "2")


@pytest.mark.parametrize(
    ("function", "name"),
    [
        *itertools.product([*FORWARD_CONVOLUTIONS[2:], ops.conv2d_backward, *TRANSPOSED], ["groups"]),
        *itertools.product([ops.conv_output_size], ["size", "kernel_size", "stride", "dilation", "padding"]),
        (ops.softmax, "axis"),
        (ops.softmax_backward, "axis"),
        (ops.log_softmax, "axis"),
        (ops.flatten, "start_dim"),
        (ops.flatten_backward, "start_dim"),
    ],
)
@pytest.mark.parametrize(
    ("value", "error"),
    [(-3, ValueError), (1.0, TypeError), (True, TypeError), (b"1", TypeError), (None, TypeError)],
)
def test_what_is_not_one_integer_in_range(function, name, value, error):
    assert_refused(function, {name: value}, error, name, repr(value))


def ones(*shape):
    return np.ones(shape)


@pytest.mark.parametrize(
    ("function", "changes", "names", "came"),
    [
        # Kernels and windows that do not fit
        (ops.correlate2d, {"kernel": ones(6, 1)}, "image's height", "5"),
        (ops.correlate2d, {"dilation": 3}, "image's height", "5"),
        (ops.convolve2d, {"kernel": ones(1, 9), "padding": 1}, "image's width", "6 + padding 1 + 1"),
        (ops.conv2d, {"weight": ones(6, 2, 6, 1)}, "x's height", "5"),
        (ops.conv2d_loops, {"weight": ones(6, 2, 1, 7)}, "x's width", "6"),
        (ops.conv2d_as_matrix, {"weight": ones(6, 2, 1, 7)}, "input_shape's width", "6"),
        (ops.max_pool2d, {"kernel_size": 6}, "x's height", "5"),
        (ops.max_pool2d, {"kernel_size": (6, 1), "stride": 1, "ceil_mode": True}, "x's height", "5"),
        (ops.avg_pool2d, {"kernel_size": (1, 7)}, "x's width", "6"),
        (
            ops.conv_output_size,
            {"kernel_size": 7, "dilation": 2, "padding": (1, 0)},
            "size",
            "9 + padding 1 + 0",
        ),
        # Channels, filters, inputs
        (ops.conv2d, {"x": ones(1, 2, 5, 6)}, "x has 2 channels", "2 × 2 groups"),
        (ops.conv2d, {"groups": 1}, "x has 4 channels", "2"),
        (ops.conv2d, {"groups": 3}, "groups", "3 for 4 channels"),
        (ops.conv2d_loops, {"weight": ones(3, 2, 3, 2)}, "groups", "2 for 4 channels and 3 filters"),
        (ops.conv2d_loops, {"weight": ones(6, 4, 3, 2)}, "x has 4 channels", "4 × 2 groups"),
        (ops.conv2d_as_matrix, {"input_shape": (6, 5, 6)}, "input_shape has 6 channels", "2 × 2 groups"),
        (ops.conv2d_as_matrix, {"groups": 4}, "groups", "4 for 4 channels and 6 filters"),
        (ops.conv_transpose2d, {"x": ones(2, 4, 3, 4)}, "x has 4 channels", "6"),
        (ops.conv_transpose2d, {"groups": 4}, "groups", "4 for 6 channels"),
        (ops.conv_transpose2d, {"output_padding": 1}, "output_padding", "1 for stride 1 and dilation 1"),
        (
            ops.conv_transpose2d,
            {"stride": (1, 2), "dilation": (3, 1), "output_padding": (2, 2)},
            "output_padding",
            "2 for stride 2 and dilation 1",
        ),
        (ops.conv_transpose2d, {"padding": (3, 0)}, "padding", "5 pixels, less padding 3 + 3"),
        (ops.dense, {"x": ones(3)}, "x has 3 inputs", "4"),
        (ops.dense, {"weight": ones(5, 2)}, "x has 4 inputs", "2"),
        # The shape of a matrix's image
        (ops.conv2d_as_matrix, {"input_shape": (4, 5, 0)}, "input_shape", "0"),
        (ops.conv2d_as_matrix, {"input_shape": (5, 6)}, "input_shape", "(5, 6)"),
        (ops.conv2d_as_matrix, {"input_shape": ()}, "input_shape", "()"),
        (ops.conv2d_as_matrix, {"weight": ones(3, 2)}, "input_shape", "(4, 5, 6)"),
        # Padding of windows, and of one axis
        (ops.max_pool2d, {"padding": 2}, "padding", "2"),
        (ops.avg_pool2d, {"kernel_size": 3, "padding": ((0, 0), (0, 2))}, "padding", "2"),
        (ops.conv_output_size, {"padding": (1, 2, 3)}, "padding", "(1, 2, 3)"),
        (ops.conv_output_size, {"padding": "full"}, "padding", "'full'"),
        (ops.conv_output_size, {"padding": "same", "stride": 2}, "stride", "2"),
        # Axes
        (ops.softmax, {"axis": 2}, "axis", "2"),
        (ops.log_softmax, {"x": 3.0}, "axis", "-1"),
        (ops.flatten, {"start_dim": 3}, "start_dim", "3"),
        (ops.flatten, {"x": [1, 2]}, "start_dim", "1"),
        # Variances
        (ops.batch_norm, {"var": [1, 1, -0.5]}, "var", "-0.5"),
        (ops.batch_norm, {"var": [1, 1, -0.5], "eps": 2}, "var", "-0.5"),
        (ops.batch_norm, {"var": [1, 1, 0], "eps": 0}, "var", "0.0"),
        (ops.batch_norm, {"eps": -1}, "eps", "-1.0"),
        (ops.batch_norm, {"eps": np.nan}, "eps", "nan"),
        (ops.batch_norm, {"eps": [1, 2]}, "eps", "shape (2,)"),
        (ops.batch_norm_backward, {"var": [1, 1, 0], "eps": 0}, "var", "0.0"),
        (ops.batch_norm_training, {"momentum": 1.5}, "momentum", "1.5"),
        (ops.batch_norm_training, {"momentum": -0.5}, "momentum", "-0.5"),
        (ops.batch_norm_training, {"x": ones(1, 3)}, "x", "shape (1, 3)"),
        (ops.batch_norm_training, {"x": ones(2, 3), "eps": 0}, "var", "0.0"),
        (ops.batch_norm_training_backward, {"eps": -1}, "eps", "-1.0"),
        # Chance
        (ops.dropout, {"p": 1}, "p", "1.0"),
        (ops.dropout, {"p": -0.1}, "p", "-0.1"),
        (ops.dropout, {"p": np.nan}, "p", "nan"),
        (ops.dropout_backward, {"p": 1}, "p", "1.0"),
        # Slopes
        (ops.leaky_relu, {"negative_slope": np.nan}, "negative_slope", "nan"),
        (ops.leaky_relu, {"negative_slope": -np.inf}, "negative_slope", "-inf"),
    ],
)
def test_arguments_out_of_range_or_at_odds(function, changes, names, came):
    assert_refused(function, changes, ValueError, names, came)


@pytest.mark.parametrize(
    ("function", "changes", "names", "came"),
    [
        (ops.conv2d_as_matrix, {"input_shape": 30}, "input_shape", "30"),
        (ops.conv2d_as_matrix, {"input_shape": None}, "input_shape", "None"),
        (ops.conv2d_as_matrix, {"input_shape": (4, 5, 6.0)}, "input_shape", "(4, 5, 6.0)"),
        (ops.conv_output_size, {"padding": ((1, 1), (1, 1))}, "padding", "(1, 1)"),
        (ops.leaky_relu, {"negative_slope": "steep"}, "negative_slope", "dtype <U5"),
        (ops.batch_norm, {"eps": 1j}, "eps", "dtype complex128"),
        (ops.dropout, {"rng": 0}, "rng", "int"),
        (ops.dropout, {"rng": np.random}, "rng", "module"),
        (ops.dropout, {"rng": np.random.RandomState(0)}, "rng", "RandomState"),
    ],
)
def test_other_arguments_of_the_wrong_type(function, changes, names, came):
    assert_refused(function, changes, TypeError, names, came)
