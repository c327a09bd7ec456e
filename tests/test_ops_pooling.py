"""Pooling, against SciPy, plain references, published numbers and its own laws."""

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st

from cnnlab import ops
from tests.helpers import reference
from tests.helpers.reference import assert_close, pooled


@st.composite
def centred(draw):
    """A map, an odd window, a stride and a dilation: with half a window of padding, SciPy's filters."""
    size, window = (draw(st.tuples(st.integers(1, most), st.integers(1, most))) for most in (9, 2))
    window = tuple(2 * n + 1 for n in window)
    x = draw(reference.arrays(size)) - draw(st.sampled_from([0, 6]))
    return x, window, draw(reference.one_or_pair(1, 3)), draw(reference.one_or_pair(1, 3))


# --- Against plain references and SciPy ---------------------------------------------------------------------


@given(pooled())
def test_max_pooling_agrees_with_the_reference(case):
    x, window, options = case
    expected = reference.max_pool2d(x, window, **options)
    assert_close(ops.max_pool2d(x, window, **options), expected, x.dtype)


@given(pooled(dilated=False), st.booleans())
def test_average_pooling_agrees_with_the_reference(case, count_include_pad):
    x, window, options = case
    options |= {"count_include_pad": count_include_pad}
    expected = reference.avg_pool2d(x, window, **options)
    assert_close(ops.avg_pool2d(x, window, **options), expected, x.dtype)


@given(centred())
def test_max_pooling_agrees_with_scipy(case):
    x, window, stride, dilation = case
    (sh, sw), (dh, dw) = reference.both(stride), reference.both(dilation)
    extent = reference.extents(window, dilation)
    footprint = np.zeros(extent, bool)
    footprint[::dh, ::dw] = True
    padding = tuple(e // 2 for e in extent)
    expected = scipy.ndimage.maximum_filter(x, footprint=footprint, mode="constant", cval=-np.inf)[::sh, ::sw]
    assert_close(ops.max_pool2d(x, window, stride=stride, padding=padding, dilation=dilation), expected)


@given(centred())
def test_average_pooling_agrees_with_scipy(case):
    x, window, stride, _ = case
    sh, sw = reference.both(stride)
    options = {"stride": stride, "padding": tuple(n // 2 for n in window)}
    means, share_inside = (
        scipy.ndimage.uniform_filter(image, window, mode="constant")[::sh, ::sw]
        for image in (x, np.ones_like(x))
    )
    assert_close(ops.avg_pool2d(x, window, **options), means)
    assert_close(ops.avg_pool2d(x, window, **options, count_include_pad=False), means / share_inside)


# --- Published numbers and small cases to check by hand -----------------------------------------------------


def test_the_worked_example_is_exact():
    maps = ops.relu(reference.NINTHS / 9)
    once = ops.max_pool2d(maps, 2, ceil_mode=True)
    np.testing.assert_array_equal(once, reference.NINTHS_POOLED / 9)
    np.testing.assert_array_equal(ops.max_pool2d(once, 2), reference.NINTHS_POOLED_TWICE / 9)


def test_the_worked_example_without_partial_windows():
    pooled = ops.max_pool2d(reference.NINTHS[0], 2)
    assert_close(pooled, [[9, 3, 5], [3, 9, 3], [5, 3, 9]])


ROW = [[-4, -1, -3, -8, -2]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [-1, -3]),
        ({"ceil_mode": True}, [-1, -3, -2]),
        ({"stride": 1}, [-1, -1, -3, -2]),
        ({"padding": (0, 1)}, [-4, -1, -2]),
        ({"padding": (0, 1), "ceil_mode": True}, [-4, -1, -2]),  # a fourth would start in the padding
        ({"padding": ((0, 0), (0, 1))}, [-1, -3, -2]),
        ({"stride": 1, "padding": "same"}, [-1, -1, -3, -2, -2]),
        ({"stride": 1, "dilation": 3}, [-4, -1]),
    ],
)
def test_max_pooling_of_negative_numbers(options, expected):
    assert_close(ops.max_pool2d(ROW, (1, 2), **options), [expected])


@pytest.mark.parametrize(("count_include_pad", "expected"), [(True, [1, 3, 4 / 2]), (False, [3 / 2, 3, 4])])
def test_what_a_partial_window_lacks_beyond_the_padding_is_not_counted(count_include_pad, expected):
    options = {"stride": 2, "padding": (0, 1), "ceil_mode": True, "count_include_pad": count_include_pad}
    assert_close(ops.avg_pool2d([[1, 2, 3, 4]], (1, 3), **options), [expected])


def test_a_window_over_padding_only_has_no_largest_number():
    assert ops.max_pool2d([[5, 1, 1, 7]], (1, 2), padding=(0, 1), dilation=(1, 5)) == -np.inf


def test_not_a_number_is_not_overlooked():
    pooled = ops.max_pool2d([[1, np.nan, 3, 2], [4, 5, 6, 7]], 2)
    np.testing.assert_array_equal(pooled, [[np.nan, 7]])


# --- Laws ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pool", [ops.max_pool2d, ops.avg_pool2d])
@given(x=reference.arrays((6, 9)))
def test_windows_stand_side_by_side_unless_told_otherwise(pool, x):
    assert_close(pool(x, (2, 3)), pool(x, (2, 3), stride=(2, 3)))


@given(pooled(dilated=False))
def test_global_average_is_one_window_as_large_as_the_map(case):
    x, _, _ = case
    expected = ops.avg_pool2d(x, x.shape[-2:])
    assert_close(ops.adaptive_avg_pool2d(x, 1), expected, x.dtype)
    assert_close(expected, np.mean(x, axis=(-2, -1), keepdims=True, dtype=np.float64), x.dtype)


@given(reference.arrays((7, 8)), reference.arrays(()))
def test_raising_all_numbers_raises_the_result(x, amount):
    for pool in (ops.max_pool2d, ops.avg_pool2d):
        assert_close(pool(x + amount, 3, stride=2), pool(x, 3, stride=2) + amount)
