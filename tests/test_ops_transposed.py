"""Transposed convolution, against loops that scatter, published numbers, and convolution itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab import ops
from tests.helpers import reference
from tests.helpers.reference import assert_close, transposed


@given(transposed())
def test_a_batch_agrees_with_loops_that_scatter(case):
    (x, weight, bias), options = case
    expected = reference.conv_transpose2d(x, weight, bias, **options)
    assert_close(ops.conv_transpose2d(x, weight, bias, **options), expected, x.dtype)


@pytest.mark.parametrize(
    ("stride", "padding", "expected"),
    [
        (1, 0, [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
        (2, 0, [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]),
        (1, 1, [[4]]),
    ],
)
def test_the_numbers_of_a_book(stride, padding, expected):
    """A. Zhang et al., "Dive into Deep Learning" (2023), section 14.10, "Transposed Convolution"."""
    numbers = np.array([[[[0.0, 1], [2, 3]]]])
    assert_close(ops.conv_transpose2d(numbers, numbers, stride=stride, padding=padding)[0, 0], expected)


def test_the_sizes_of_pytorchs_reference():
    """The examples of ``torch.nn.ConvTranspose2d``: 50 × 100, and 12 → 6 → 12 by an output size."""
    x, weight = np.zeros((2, 16, 50, 100)), np.zeros((16, 33, 3, 5))
    assert ops.conv_transpose2d(x, weight, stride=(2, 1), padding=(4, 2)).shape == (2, 33, 93, 100)
    assert ops.conv_transpose2d(x, np.zeros((16, 33, 3, 3)), stride=2).shape == (2, 33, 101, 201)
    down = ops.conv2d(np.zeros((1, 16, 12, 12)), np.zeros((16, 16, 3, 3)), stride=2, padding=1)
    assert down.shape == (1, 16, 6, 6)
    for more, size in [(0, 11), (1, 12)]:
        up = ops.conv_transpose2d(down, np.zeros((16, 16, 3, 3)), stride=2, padding=1, output_padding=more)
        assert up.shape == (1, 16, size, size)


def test_its_matrix_is_the_convolutions_turned_over():
    rng = np.random.default_rng(0)
    weight, small = rng.integers(-5, 6, (4, 1, 3, 2)), rng.integers(-5, 6, (1, 4, 3, 4))
    options = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2), "groups": 2}
    matrix = ops.conv2d_as_matrix(weight, (2, 6, 6), **options)
    large = ops.conv_transpose2d(small, weight, output_padding=(1, 0), **options)
    assert_close(large.ravel(), matrix.T @ small.ravel())


@given(st.data())
def test_with_stride_one_it_is_the_full_convolution(data):
    image, kernel = data.draw(reference.arrays((3, 4))), data.draw(reference.arrays((2, 3)))
    full = ops.convolve2d(image, kernel, padding=(1, 2))
    assert_close(ops.conv_transpose2d(image[None, None], kernel[None, None])[0, 0], full)


def test_a_kernel_as_wide_as_the_stride_tiles():
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    tiles = ops.conv_transpose2d(x, np.ones((1, 1, 2, 2)), stride=2)
    assert_close(tiles[0, 0], np.kron(x[0, 0], np.ones((2, 2))))


def test_a_kernel_of_three_with_stride_two_overlaps_in_a_checkerboard():
    stamps = ops.conv_transpose2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3)), stride=2)[0, 0]
    once = np.array([1, 1, 2, 1, 2, 1, 1])
    assert_close(stamps, np.outer(once, once))


def test_what_no_kernel_reaches_is_the_bias():
    out = ops.conv_transpose2d([[[[5, 7]]]], [[[[1]]]], [0.5], stride=(1, 3), output_padding=(0, 2))
    assert_close(out, [[[[5.5, 0.5, 0.5, 7.5, 0.5, 0.5]]]])


def test_the_blocks_of_a_large_image_fit_together():
    rng = np.random.default_rng(0)
    x, weight = rng.integers(-5, 6, (1, 2, 700, 60)), rng.integers(-5, 6, (2, 2, 3, 2))
    whole = ops.conv_transpose2d(x, weight, stride=(2, 3), padding=(1, 0))
    top, bottom = x.copy(), x.copy()
    top[:, :, 321:], bottom[:, :, :321] = 0, 0  # it is linear in x
    parts = [ops.conv_transpose2d(part, weight, stride=(2, 3), padding=(1, 0)) for part in (top, bottom)]
    assert_close(whole, sum(parts))
    assert_close(
        whole[:, :, :41],
        reference.conv_transpose2d(x[:, :, :22], weight, stride=(2, 3), padding=(1, 0))[:, :, :41],
    )
